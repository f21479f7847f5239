"""How far a run is: a line now and then in the log, or a live bar on a terminal."""

from __future__ import annotations

import sys
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging
    from types import TracebackType

    from sakari_client.clock import Clock
    from tap_sakari.live_bar import LiveBar

_LINE_EVERY = 5.0
"""Seconds between two lines in the log, and before the first."""

_WINDOW = 30.0
"""Seconds over which the rate is taken. A pause that the server asks for may last longer."""

_SAMPLE_EVERY = 1.0

_LONGEST = 100 * 24 * 3600.0
"""Seconds; a longer time left says that the total or the rate is none to go by."""


def has_terminal() -> bool:
    """Whether there is a terminal for a live bar: stderr is one, and stdout is not.

    Records that are written to the terminal too would tear the bar, and the bar them.
    """
    return sys.stderr.isatty() and not sys.stdout.isatty()


@dataclass(frozen=True)
class Standing:
    """How far the reading of a stream is; as text, what a line in the log says.

    Attributes:
        rows: rows read so far.
        total: rows to read; None where that is unknown, or wrong as more were read.
        rate: rows per second; None before any time has passed.
    """

    rows: int
    total: int | None
    rate: float | None

    @property
    def percent(self) -> int | None:
        """Percent read, rounded; 100 only when all rows are. None without a total."""
        if self.total is None:
            return None
        if self.rows == self.total:
            return 100
        return min(99, (200 * self.rows + self.total) // (2 * self.total))

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all rows are read; None where there is nothing to tell them by."""
        if self.total is None or not self.rate or self.rows == self.total:
            return None
        rows_left = self.total - self.rows
        return rows_left / self.rate if rows_left <= self.rate * _LONGEST else None

    def __str__(self) -> str:
        if self.total is None:
            return self.in_brief()
        return f"{self.rows:,} of {self.total:,} rows ({self.percent} %){self._pace()}"

    def in_brief(self) -> str:
        """The same, for a line that has little room."""
        if self.total is None:
            return f"{self.rows:,} rows{self._pace()}"
        return f"{self.percent} % of {self.total:,} rows{self._pace()}"

    def _pace(self) -> str:
        if self.rate is None:
            return ""
        pace = f", {self.rate:,.{1 if self.rate < 10 else 0}f} rows/s"  # noqa: PLR2004
        if self.seconds_left is not None:
            pace += f", about {spell_duration(self.seconds_left)} left"
        return pace


def spell_duration(seconds: float) -> str:
    """A duration in its one or two largest units: `50 s`, `3 min`, `2 h 10 min`, `3 d 4 h`."""
    whole = max(1, round(seconds))
    if whole < 60:  # noqa: PLR2004
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 60:  # noqa: PLR2004
        return f"{minutes} min"
    hours = round(minutes / 60)
    if hours < 48:  # noqa: PLR2004
        large, small, units = *divmod(minutes, 60), ("h", "min")
    else:
        large, small, units = *divmod(hours, 24), ("d", "h")
    return f"{large} {units[0]} {small} {units[1]}" if small else f"{large} {units[0]}"


class Meter:
    """Counts the rows of one stream, and tells their rate."""

    def __init__(self, stream: str, clock: Clock) -> None:
        self.stream = stream
        self._monotonic = clock.monotonic
        self._count: tuple[int, int | None] = (0, None)
        self._samples = deque([(self._monotonic(), 0)])

    def note(self, rows: int, total: int | None) -> float:
        """Take note of the rows read so far and of their total; return the time, in seconds."""
        now = self._monotonic()
        self._count = (rows, total)
        samples = self._samples
        if now - samples[-1][0] >= _SAMPLE_EVERY:
            samples.append((now, rows))
            # The oldest that stays is as old as the window, or older after a pause.
            while samples[1][0] <= now - _WINDOW:
                samples.popleft()
        return now

    def standing(self) -> Standing:
        """How far the stream is now; may be called from any thread."""
        rows, total = self._count
        since, rows_then = self._samples[0]
        elapsed = self._monotonic() - since
        rows = max(0, rows)
        return Standing(
            rows=rows,
            total=total if total and total >= rows else None,
            rate=max(0.0, (rows - rows_then) / elapsed) if elapsed > 0 else None,
        )


class Progress:
    """Shows how far a run is, a stream at a time.

    In the log that is a line every few seconds for a stream that takes as long as that. On a
    terminal it is a live bar instead, unless the terminal cannot show one (`TERM=dumb`). Use it as
    a context manager, or call `close`: a terminal is then as it was before, whatever happened.
    """

    def __init__(self, logger: logging.Logger, clock: Clock, *, terminal: bool) -> None:
        """Make one for a run.

        Args:
            logger: where the lines go.
            clock: tells the time.
            terminal: whether to show a live bar; see `has_terminal`.
        """
        self._logger = logger
        self._clock = clock
        self._bar = _live_bar() if terminal else None
        self._meter: Meter | None = None
        self._next_line = 0.0

    def begin(self, stream: str) -> None:
        """Begin with a stream; ends the one before."""
        self.end()
        self._meter = Meter(stream, self._clock)
        self._next_line = self._clock.monotonic() + _LINE_EVERY
        if self._bar is not None:
            self._bar.start(self._meter)

    def advance(self, rows_read: int, total: int | None) -> None:
        """Take note of how far the stream is. Costs next to nothing: call it after every page.

        Args:
            rows_read: rows of the stream read so far, not only those of the page.
            total: rows that the stream has, where the server says so. It may change.
        """
        if self._meter is None:
            return
        now = self._meter.note(rows_read, total)
        if self._bar is None and now >= self._next_line:
            self._next_line = now + _LINE_EVERY
            self._logger.info("%s: %s", self._meter.stream, self._meter.standing())

    def end(self) -> None:
        """End the stream, if there is one."""
        self._meter = None
        if self._bar is not None:
            self._bar.stop()

    def close(self) -> None:
        """End the run; harmless when called again."""
        self.end()

    def __enter__(self) -> Progress:  # noqa: PYI034 - Self needs Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _live_bar() -> LiveBar | None:
    # Only here, as it brings rich, which costs memory and a tenth of a second.
    from tap_sakari.live_bar import make_live_bar  # noqa: PLC0415

    return make_live_bar()
