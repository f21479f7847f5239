"""The pipe between tap and target, with a hand on it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.crash.kill import Kill, Strike

_PIPE_BYTES = 4096
_TIME_TO_BLOCK = 0.02


@dataclass
class Passed:
    """What the target was given."""

    size: int = 0
    lines: int = 0
    states: int = 0

    def add(self, output: bytes) -> None:
        """Count a line, or the beginning of one."""
        self.size += len(output)
        self.lines += output.endswith(b"\n")
        self.states += output.startswith(b'{"type":"STATE"') and output.endswith(b"\n")

    def reached(self, kill: Kill) -> bool:
        """Whether it is time to strike."""
        counts = {
            "line": self.lines, "state": self.states, "byte": self.size, "flow": self.size,
        }  # fmt: skip
        return counts[kill.moment] >= kill.number


class Relay(threading.Thread):
    """Hands the tap's output on to the target, and strikes when enough has gone through."""

    def __init__(self, source: int, sink: int, kill: Kill, strike: Strike) -> None:
        """Prepare; `source` and `sink` are closed at the end.

        The pipe is made as small as can be, so that the tap is never far ahead of the count.
        """
        super().__init__(name="relay", daemon=True)
        fcntl.fcntl(source, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._source = source
        self._sink = sink
        self._kill = kill
        self._strike = strike
        self.passed = Passed()

    def run(self) -> None:
        """Hand on until the tap has ended, or the target has."""
        with (
            contextlib.suppress(BrokenPipeError),
            os.fdopen(self._source, "rb", _PIPE_BYTES) as source,
            os.fdopen(self._sink, "wb", _PIPE_BYTES) as sink,
        ):
            for line in source:
                part = line
                if self._kill.moment == "byte":
                    part = line[: self._kill.number - self.passed.size]
                sink.write(part)
                self.passed.add(part)
                if self.passed.reached(self._kill):
                    break
            else:
                return
            sink.flush()
            if self._kill.signal == signal.SIGTERM:
                time.sleep(_TIME_TO_BLOCK)  # the tap shall be writing into the full pipe
            self._strike()
            if self._kill.moment == "flow" or self._kill.signal != signal.SIGKILL:
                shutil.copyfileobj(source, sink)
