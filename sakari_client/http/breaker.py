"""A circuit breaker: after several requests failed for good, the next of the kind fail at once."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_client.errors import CircuitOpenError

if TYPE_CHECKING:
    from sakari_client.clock import Clock


@dataclass
class _Circuit:
    """How the latest requests of one operation ended."""

    failed: int = 0
    trial_from: float = 0.0


class CircuitBreaker:
    """Counts whole requests, retries included, that ended in a failure of server or network.

    After `failures` of them in a row the circuit is open: for `cooldown` seconds every request
    fails at once with `CircuitOpenError`, instead of each waiting through its own retries. Then
    one request is let through to try; its outcome closes the circuit or opens it again.

    Each operation has a circuit of its own: where one endpoint is ill, the others may be well.
    """

    def __init__(self, failures: int, cooldown: float, clock: Clock) -> None:
        self._limit = failures
        self._cooldown = cooldown
        self._clock = clock
        self._lock = threading.Lock()
        self._circuits: defaultdict[str, _Circuit] = defaultdict(_Circuit)

    def check(self, operation: str) -> None:
        """Let a request pass, or raise.

        Raises:
            CircuitOpenError: the circuit is open.
        """
        with self._lock:
            circuit = self._circuits[operation]
            failed = circuit.failed
            if failed < self._limit:
                return
            now = self._clock.monotonic()
            if now >= circuit.trial_from:
                # This request is the trial; the others go on failing until it is back.
                circuit.trial_from = now + self._cooldown
                return
            remaining = circuit.trial_from - now
        raise CircuitOpenError(
            f"{operation}: not tried, since the last {failed} of its requests all failed; "
            f"the next try is allowed in {remaining:.0f} s. Look at the errors before this one.",
            operation=operation,
        )

    def record(self, operation: str, *, failed: bool) -> None:
        """Take note of how a request ended."""
        with self._lock:
            circuit = self._circuits[operation]
            if not failed:
                circuit.failed = 0
                return
            circuit.failed += 1
            if circuit.failed >= self._limit:
                circuit.trial_from = self._clock.monotonic() + self._cooldown
