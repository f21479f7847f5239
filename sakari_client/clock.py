"""Time, sleep and chance, passed in so that tests need neither waiting nor patching."""

from __future__ import annotations

import random as _random
import time as _time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Clock:
    """The outside world's time and chance.

    Attributes:
        time: seconds since the epoch.
        monotonic: seconds since some start; never goes back.
        sleep: waits for so many seconds.
        random: a number from 0 up to, not including, 1.
    """

    time: Callable[[], float] = _time.time
    monotonic: Callable[[], float] = _time.monotonic
    sleep: Callable[[float], None] = _time.sleep
    random: Callable[[], float] = _random.Random().random  # noqa: S311 - no secret is made of it


_NAP = 0.2
"""Seconds that a sleep goes on at most once it is to end."""


def wakeful(clock: Clock, stopping: Callable[[], bool]) -> Clock:
    """A clock whose sleeps end as soon as `stopping` says so; it is asked from any thread."""

    def sleep(seconds: float) -> None:
        left = seconds
        while left > 0 and not stopping():
            nap = min(left, _NAP)
            clock.sleep(nap)
            left -= nap

    return replace(clock, sleep=sleep)
