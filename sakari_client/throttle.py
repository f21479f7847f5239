"""The account's request rate, shared by all threads of one client."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.clock import Clock

_SLOWEST = 0.1
"""Requests per second below which a 429 does not slow the client further."""
_SLOW_DOWN = 0.5
"""What a 429 leaves of the rate."""
_SPEED_UP = 0.02
"""What each answer that is no 429 gives back, as a part of the configured rate."""


class Throttle:
    """Spaces requests evenly and slows every thread down after a 429.

    Sakari documents that a limit exists and that going over it answers 429, but neither the
    number nor a header (OpenAPI document, "Throttling / Limits"); so the rate starts at the
    configured one, halves at a 429 and climbs back as requests succeed.
    """

    def __init__(self, requests_per_second: float, clock: Clock) -> None:
        self._ceiling = requests_per_second
        self._rate = requests_per_second
        self._clock = clock
        self._lock = threading.Lock()
        self._next_slot = 0.0
        self._paused_until = 0.0
        self._slowed_at = -1.0

    @property
    def rate(self) -> float:
        """Requests per second allowed now."""
        return self._rate

    def wait(self) -> float:
        """Sleep until this thread's turn; return when it came."""
        turn = -1.0
        # A pause that began while this thread slept sends it to the end of the queue: otherwise
        # all the sleepers would wake together, and be refused together.
        while turn < self._paused_until:
            with self._lock:
                now = self._clock.monotonic()
                turn = max(now, self._next_slot, self._paused_until)
                self._next_slot = turn + 1 / self._rate
            if turn > now:
                self._clock.sleep(turn - now)
        return turn

    def slow_down(self, turn: float, seconds: float) -> None:
        """Pause all threads for so many seconds after a 429, and halve the rate.

        Requests that were under way together are refused together; the rate halves once for
        them.

        Args:
            turn: when the refused request had its turn, as `wait` said.
            seconds: how long nobody sends.
        """
        with self._lock:
            now = self._clock.monotonic()
            if turn > self._slowed_at:
                self._rate = max(min(_SLOWEST, self._ceiling), self._rate * _SLOW_DOWN)
                self._slowed_at = now
            self._paused_until = max(self._paused_until, now + seconds)

    def speed_up(self) -> None:
        """Take note of an answer that was no 429."""
        with self._lock:
            self._rate = min(self._ceiling, self._rate + self._ceiling * _SPEED_UP)
