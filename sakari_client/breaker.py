"""A circuit breaker: after several requests failed for good, the next ones fail at once."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from sakari_client.errors import CircuitOpenError

if TYPE_CHECKING:
    from sakari_client.clock import Clock


class CircuitBreaker:
    """Counts whole requests, retries included, that ended in a failure of server or network.

    After `failures` of them in a row the circuit is open: for `cooldown` seconds every request
    fails at once with `CircuitOpenError`, instead of each waiting through its own retries. Then
    one request is let through to try; its outcome closes the circuit or opens it again.
    """

    def __init__(self, failures: int, cooldown: float, clock: Clock) -> None:
        self._limit = failures
        self._cooldown = cooldown
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._closed_from = 0.0

    def check(self, operation: str) -> None:
        """Let a request pass, or raise.

        Raises:
            CircuitOpenError: the circuit is open.
        """
        with self._lock:
            if self._failed < self._limit:
                return
            now = self._clock.monotonic()
            if now >= self._closed_from:
                # This request is the trial; the others go on failing until it is back.
                self._closed_from = now + self._cooldown
                return
            remaining = self._closed_from - now
        raise CircuitOpenError(
            f"{operation}: not tried, since the last {self._failed} requests all failed; "
            f"the next try is allowed in {remaining:.0f} s. Look at the errors before this one.",
            operation=operation,
        )

    def record(self, *, failed: bool) -> None:
        """Take note of how a request ended."""
        with self._lock:
            if not failed:
                self._failed = 0
                return
            self._failed += 1
            if self._failed >= self._limit:
                self._closed_from = self._clock.monotonic() + self._cooldown
