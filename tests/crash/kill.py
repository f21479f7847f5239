"""When a run is interrupted, and how."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.crash.forkserver import Child

Moment = Literal[
    "never", "request", "answer", "failure", "line", "state", "byte", "flow", "instant"
]

BY_OUTPUT = frozenset({"line", "state", "byte", "flow"})
"""Moments that are reckoned by what the tap has written."""


@dataclass(frozen=True)
class Kill:
    """A kill point.

    Attributes:
        moment: what `number` counts.
            never: nobody is struck.
            request: list requests; the victim is dead before the last one is answered.
            answer: list requests; the victim is struck `delay` seconds after the last one.
            failure: list requests; from the last one on, those of its stream fail. Nobody is
                struck.
            line, state, byte: lines, STATE messages, bytes of output; the target gets no more.
            flow: bytes of output; the target still gets what stands in the pipe.
            instant: milliseconds since the run began.
        number: how many of them.
        victim: who is struck; the target only at requests and instants.
        signal: SIGKILL or SIGTERM. After SIGTERM the target gets all that the tap still writes.
        delay: seconds; see `answer`.
    """

    moment: Moment
    number: int
    victim: Literal["tap", "target"] = "tap"
    signal: signal.Signals = signal.SIGKILL
    delay: float = 0


class Strike:
    """Carries a kill out, once; called from any thread.

    Attributes:
        done: whether the victim was alive, and was sent the signal.
    """

    def __init__(self, kill: Kill) -> None:
        self._kill = kill
        self._victim: Future[Child] = Future()
        self._lock = threading.Lock()
        self._over = False
        self.done = False

    def aim(self, *, tap: Child, target: Child) -> None:
        """Say which processes there are."""
        self._victim.set_result(tap if self._kill.victim == "tap" else target)

    def call_off(self) -> None:
        """Strike nobody from now on: the run is over."""
        with self._lock:
            self._over = True

    def __call__(self) -> None:
        """Strike; whom SIGKILL hits is dead when this returns."""
        victim = self._victim.result(10)
        with self._lock:
            if self._over or self.done or victim.has_ended():
                return
            self.done = True
            if self._kill.signal == signal.SIGKILL:
                victim.kill()
            else:
                victim.send(self._kill.signal)
