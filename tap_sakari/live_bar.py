"""The live bar on a terminal, by rich. Imported only where there is a terminal."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from typing import TYPE_CHECKING, Any, TextIO, cast

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Column, Table
from rich.text import Text

if TYPE_CHECKING:
    from sakari_client.meter import Meter

_REFRESHES_PER_SECOND = 4
_BAR_WIDTH = 40


def make_live_bar() -> LiveBar | None:
    """A bar on stderr; None where the terminal cannot show one, such as with `TERM=dumb`."""
    console = Console(file=sys.stderr)
    return LiveBar(console) if console.is_interactive else None


class LiveBar:
    """A bar on the last line of the terminal while a stream is read; then the line is cleared.

    While it is there, whatever is written to stderr goes above it, in whole lines: `sys.stderr` and
    the log handlers that hold it write through the console of the bar. Stdout is left alone.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._file = cast("TextIO", console.file)
        self._live: Live | None = None
        self._above = _Above(console, self._file)

    def start(self, meter: Meter) -> None:
        """Show the bar of a stream."""
        self._live = Live(
            console=self._console,
            get_renderable=lambda: _render(meter),
            refresh_per_second=_REFRESHES_PER_SECOND,
            transient=True,
            # Its own way would break log lines at the width of the terminal.
            redirect_stdout=False,
            redirect_stderr=False,
        )
        _redirect(self._file, self._above.as_file)
        with contextlib.suppress(OSError):  # the terminal is gone: no reason to end the run
            self._live.start(refresh=True)

    def stop(self) -> None:
        """Clear the bar and give the terminal back as it was; harmless when called again."""
        if self._live is None:
            return
        try:
            with contextlib.suppress(OSError):
                self._live.stop()
        finally:
            _redirect(self._above.as_file, self._file)
            with contextlib.suppress(OSError):
                self._above.end_line()
                # Once more: a signal may have ended `stop` half-way.
                self._console.show_cursor(show=True)
        self._live = None


def _render(meter: Meter) -> Table:
    """One line: the stream, a bar (which moves to and fro without a total), and the figures."""
    standing = meter.standing()
    figures = Text(standing.in_brief())
    line = Table.grid(
        Column(no_wrap=True), Column(max_width=_BAR_WIDTH), Column(no_wrap=True), padding=(0, 1)
    )
    line.add_row(Text(meter.stream), ProgressBar(standing.total, standing.rows), figures)
    return line


class _Above:
    """Stands in for stderr, and writes whole lines above the bar."""

    def __init__(self, console: Console, file: TextIO) -> None:
        self._console = console
        self._file = file
        self._begun = ""
        # A signal's handler may write in the midst of a write.
        self._lock = threading.RLock()

    @property
    def as_file(self) -> TextIO:
        """Itself: it has all that stderr has."""
        return cast("TextIO", self)

    def write(self, text: str) -> int:
        """Write the lines that end; what is begun waits for its end."""
        with self._lock:
            lines, end, self._begun = (self._begun + text).rpartition("\n")
            if end:
                self._console.out(lines, highlight=False)
        return len(text)

    def flush(self) -> None:
        """Nothing to do: lines are written at once."""

    def end_line(self) -> None:
        """Write what was begun too."""
        with self._lock:
            begun, self._begun = self._begun, ""
            self._file.write(begun)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _redirect(old: TextIO, new: TextIO) -> None:
    """Let `sys.stderr`, and all log handlers that write to it, write elsewhere."""
    if sys.stderr is old:
        sys.stderr = new
    loggers = [logging.getLogger(), *logging.getLogger().manager.loggerDict.values()]
    for logger in loggers:
        for handler in getattr(logger, "handlers", ()):  # placeholders have none
            if isinstance(handler, logging.StreamHandler) and handler.stream is old:
                handler.setStream(new)
