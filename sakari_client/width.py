"""How many requests are in flight at the same time: as many as it pays to have.

Nothing here waits or reads a clock: times are seconds on some clock that never goes back, and
come in as arguments.
"""

from __future__ import annotations

import math

_START = 2
_PAYS = 1.5
"""How many times as long answers may take with twice as many requests in flight."""
_ROUND = 0.1
"""Seconds that a round lasts at least: where answers are quick, a few of them say little."""
_REST = 8
"""Rounds until what did not pay is tried again; that costs nothing but a longer queue."""
_SMOOTHING = 8
"""Answers over which the latency is averaged, about."""


class Width:
    """Starts at two, and doubles while that pays.

    A round is over when more than half as many requests as may be in flight began, and were
    answered, at the present width. If answers take about as long as they did at half the width,
    twice as many come in the same time, and the width doubles again. If they take much longer in
    two rounds (in the first one new connections are made), requests only wait for one another at
    the server: the width goes back, and is doubled again some rounds later.

    It is never more than the present rate needs; so it shrinks at once after a 429.

    Attributes:
        now: requests that may be in flight.
    """

    def __init__(self, limit: int) -> None:
        self.now = min(_START, limit)
        self._limit = self._most = limit
        self._before = (self.now, math.inf)
        self._doubted = False
        self._rest = 0
        self._latency = 0.0
        self._begin(math.inf)

    def _begin(self, now: float, skip: int = 0) -> None:
        """Begin a round, with so many answers that are not looked at."""
        self._began = now
        self._answers = -skip
        self._seconds = 0.0

    def answered(self, width: int, seconds: float, now: float) -> None:
        """Take note of an answer.

        Args:
            width: the width when the request began.
            seconds: how long the answer took.
            now: when it came.
        """
        self._latency += (seconds - self._latency) / (_SMOOTHING if self._latency else 1)
        if width != self.now:
            return
        self._began = min(self._began, now - seconds)
        self._answers += 1
        if self._answers > 0:
            self._seconds += seconds
        if self._answers > width // 2 and now - self._began >= _ROUND:
            self._end_round(self._seconds / self._answers, now)

    def _end_round(self, latency: float, now: float) -> None:
        width, before = self._before
        skip = 0
        if self.now > width and latency > _PAYS * before:
            if self._doubted:
                self.now = width
                self._rest = _REST
            else:
                skip = self.now // 2  # those that began with the ones just answered
            self._doubted = not self._doubted
        elif self._rest:
            self._rest -= 1
        else:
            self._doubted = False
            self._before = (self.now, latency)
            self.now = min(self._most, 2 * self.now)
        self._begin(now, skip)

    def keep_to(self, rate: float) -> None:
        """Be no wider than so many requests per second need, twice over."""
        needed = math.ceil(2 * rate * self._latency)
        self._most = min(self._limit, max(_START, needed))
        self.now = min(self.now, self._most)
