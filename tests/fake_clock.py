"""A clock that tests move by hand: sleeping takes no time."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from sakari_client.clock import Clock


@dataclass
class FakeClock:
    """Time that passes only when somebody sleeps.

    Attributes:
        now: seconds since the epoch, and also the monotonic time.
        sleeps: how long each sleep was.
        chance: what `random` gives.
    """

    now: float = 1_700_000_000.0
    chance: float = 1.0
    sleeps: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(
            time=lambda: self.now,
            monotonic=lambda: self.now,
            sleep=self.sleep,
            random=lambda: self.chance,
        )
