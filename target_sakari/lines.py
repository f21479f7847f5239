"""The lines of the input, read so that time that passes and signals are noticed meanwhile."""

from __future__ import annotations

import contextlib
import io
import math
import os
import select
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECE = 1 << 18

LONGEST_MB = 64
"""Of a line, in megabytes; an input without any line's end would else fill the memory."""


class LongLineError(Exception):
    """A line is longer than `LONGEST_MB`."""


class Stop:
    """Whether a signal asked the run to end; a signal's handler may set it at any moment.

    Attributes:
        signal: the first one that asked.
    """

    def __init__(self) -> None:
        self.signal: int | None = None
        # Else a read that waits would go on waiting: Python takes it up again after the handler.
        self._wakes, self._waker = os.pipe()

    def ask(self, signum: int) -> None:
        """Ask the run to end."""
        self.signal = signum
        with contextlib.suppress(OSError):
            os.write(self._waker, b"!")

    def asked(self) -> bool:
        """Whether it was asked to."""
        return self.signal is not None

    def fileno(self) -> int:
        """What becomes readable once it was asked."""
        return self._wakes

    def close(self) -> None:
        """Give the descriptors back; harmless when called again."""
        wakes, waker, self._wakes, self._waker = self._wakes, self._waker, -1, -1
        for descriptor in (wakes, waker):
            if descriptor >= 0:
                os.close(descriptor)


def read_lines(
    source: IO[Any], stop: Stop, wait: Callable[[], float | None]
) -> Iterator[bytes | str | None]:
    """The lines until the input ends, or a signal asks to end.

    Args:
        source: the input. What has no descriptor, as a StringIO, is iterated over.
        stop: ends the lines.
        wait: seconds to wait for input; None for ever.

    Yields:
        A line, or None where no input came in time.

    Raises:
        LongLineError: a line is too long to be held.
    """
    descriptor = _descriptor(source)
    lines = iter(source) if descriptor is None else _read(descriptor, stop, wait)
    for line in lines:
        if stop.asked():
            return
        yield line


def _read(descriptor: int, stop: Stop, wait: Callable[[], float | None]) -> Iterator[bytes | None]:
    # Not `selectors`, whose best selector takes no plain files.
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    poll.register(stop, select.POLLIN)
    begun = io.BytesIO()
    while not stop.asked():
        seconds = wait()
        if not poll.poll(None if seconds is None else math.ceil(1000 * seconds)):
            yield None
            continue
        if stop.asked():
            return
        piece = os.read(descriptor, _PIECE)
        if not piece:
            break
        *ended, rest = piece.split(b"\n")
        for line in ended:
            if begun.tell():
                begun.write(line)
                line, begun = begun.getvalue(), io.BytesIO()  # noqa: PLW2901 - it is not copied
            yield line
        begun.write(rest)
        if begun.tell() > LONGEST_MB * 1_000_000:
            raise LongLineError
    if begun.tell():
        yield begun.getvalue()


def _descriptor(source: IO[Any]) -> int | None:
    try:
        return source.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return None
