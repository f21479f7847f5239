"""How far a long load is: a line in the log now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_client.meter import Meter, spell_duration

if TYPE_CHECKING:
    import logging

    from sakari_client.clock import Clock

_LINE_EVERY = 10.0
"""Seconds between two lines, and before the first."""


class Progress:
    """Says how many of the records read are done, and how fast that goes."""

    def __init__(self, logger: logging.Logger, clock: Clock) -> None:
        self._logger = logger
        self._meter = Meter("records", clock)
        self._next_line = clock.monotonic() + _LINE_EVERY

    def advance(self, done: int, read: int) -> None:
        """Take note of the records that have an outcome, and of those that were read."""
        now = self._meter.note(done, read)
        if now < self._next_line:
            return
        self._next_line = now + _LINE_EVERY
        standing = self._meter.standing()
        rate = standing.rate or 0
        decimals = 1 if rate < 10 else 0  # noqa: PLR2004
        line = f"{done:,} of {read:,} records read are done, {rate:,.{decimals}f} records/s"
        if standing.seconds_left is not None:
            line += f", about {spell_duration(standing.seconds_left)} left of this batch"
        self._logger.info("%s", line)
