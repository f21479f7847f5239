"""How far a run is: a line now and then in the log, or a live bar on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sakari_client.meter import Meter

if TYPE_CHECKING:
    import logging
    from types import TracebackType

    from sakari_client.clock import Clock
    from tap_sakari.live_bar import LiveBar

_LINE_EVERY = 5.0
"""Seconds between two lines in the log, and before the first."""


def has_terminal() -> bool:
    """Whether there is a terminal for a live bar: stderr is one, and stdout is not.

    Records that are written to the terminal too would tear the bar, and the bar them.
    """
    return sys.stderr.isatty() and not sys.stdout.isatty()


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
