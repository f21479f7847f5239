"""Writing messages to standard output, each of them whole."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from singer_sdk.contrib.msgspec import MsgSpecWriter

if TYPE_CHECKING:
    from collections.abc import Callable

    from singer_sdk.singerlib.encoding.simple import Message


class NoReaderError(Exception):
    """Nobody reads the output any more."""

    def __init__(self) -> None:
        super().__init__(
            "the target, or whatever reads the output, has ended before everything was written; "
            "its own log says why. The next run begins at the last state that was kept."
        )


class WholeLineWriter(MsgSpecWriter):
    """A writer that a signal does not stop in the middle of a line.

    Writing into a full pipe waits for the target. If a signal's handler raised an error during that
    wait, half a line would be left behind, and the target would fail at it. Where output is not
    buffered (PYTHONUNBUFFERED, as in many containers), any signal cuts a write short, and a line is
    whole only after as many writes as it takes.
    """

    def __init__(self) -> None:
        super().__init__()
        self._writing = False
        self._afterwards: Callable[[], None] | None = None

    def between_lines(self, act: Callable[[], None]) -> None:
        """Do something now, or once the line is whole that is just being written."""
        if self._writing:
            self._afterwards = act
        else:
            act()

    def write_message(self, message: Message) -> None:
        """Write a message, then do what had to wait for it.

        Raises:
            NoReaderError: nobody reads the output any more.
        """
        self._writing = True
        try:
            line = self.format_message(message)
            written = sys.stdout.buffer.write(line)
            while written < len(line):
                written += sys.stdout.buffer.write(line[written:])
            sys.stdout.flush()
        except BrokenPipeError:
            _forget_output()
            raise NoReaderError from None
        finally:
            self._writing = False
        act, self._afterwards = self._afterwards, None
        if act:
            act()


def _forget_output() -> None:
    """Keep Python from trying once more, at its end, to write what is left, and complaining."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
