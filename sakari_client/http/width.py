"""How many requests are in flight at the same time: as many as it pays to have.

Nothing here waits or reads a clock: times are seconds on some clock that never goes back, and
come in as arguments.
"""

from __future__ import annotations

import math

_START, _START_NEAR, _START_FAR = 2, 1, 8
"""Near the server there is next to nothing to wait for; far away a round trip or two are saved."""
_NEAR, _FAR = 0.01, 0.05
"""Seconds that an answer takes from there, at most and at least."""
_PAYS = 1.25
"""How many times as many answers must come in the same time with twice as many requests."""
_ROUND = 0.1
"""Seconds that a round lasts at least: where answers are quick, a few of them say little."""
_REST = 8
"""Rounds until what did not pay is tried again."""
_SMOOTHING = 8
"""Answers over which the latency is averaged, about."""


class Width:
    """Starts at two, near the server at one and far away at eight, and doubles while that pays.

    A round is over when more than half as many requests as may be in flight began, and were
    answered, at the present width. If clearly more were answered in the same time than at half the
    width, the width doubles again. If not so in two rounds (in the first one new connections are
    made), requests only wait for one another, at the server or at whoever reads the answers: the
    width goes back, and is doubled again some rounds later.

    It is never more than the present rate needs; so it shrinks at once after a 429.

    Attributes:
        now: requests that may be in flight.
    """

    def __init__(self, limit: int) -> None:
        self.now = min(_START, limit)
        self._limit = self._most = limit
        self._before = (self.now, 0.0)
        self._doubted = False
        self._rest = 0
        self._latency = 0.0
        self._began: float | None = None
        self._answers = self._of_this_width = 0

    def answered(self, width: int, seconds: float, now: float) -> None:
        """Take note of an answer.

        Args:
            width: the width when the request began.
            seconds: how long the answer took.
            now: when it came.
        """
        self._latency += (seconds - self._latency) / (_SMOOTHING if self._latency else 1)
        if self._began is None:
            self._began = now - seconds
            if seconds >= _FAR:
                self.now = min(_START_FAR, self._most)
            elif seconds <= _NEAR:
                self.now = _START_NEAR
        self._answers += 1
        self._of_this_width += width == self.now
        elapsed = now - self._began
        if self._of_this_width > self.now // 2 and elapsed >= _ROUND:
            self._end_round(self._answers / elapsed)
            self._began, self._answers, self._of_this_width = now, 0, 0

    def _end_round(self, per_second: float) -> None:
        width, before = self._before
        if self.now > width and per_second < _PAYS * before:
            if self._doubted:
                self.now = width
                self._rest = _REST
            self._doubted = not self._doubted
        elif self._rest:
            self._rest -= 1
        else:
            self._doubted = False
            self._before = (self.now, per_second)
            self.now = min(self._most, 2 * self.now)

    def keep_to(self, rate: float) -> None:
        """Be no wider than so many requests per second need, twice over."""
        needed = math.ceil(2 * rate * self._latency)
        self._most = min(self._limit, max(_START, needed))
        self.now = min(self.now, self._most)
