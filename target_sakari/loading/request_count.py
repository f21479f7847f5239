"""Counts HTTP requests, from the client's hook."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.http.transport import Try


class RequestCount:
    """How many requests there were.

    Attributes:
        requests: all of them.
        retries: those that repeated one that had failed.
    """

    def __init__(self) -> None:
        self.requests = 0
        self.retries = 0
        self._lock = threading.Lock()

    def __call__(self, request: Try) -> None:
        """Take note of a request; called from any thread."""
        with self._lock:
            self.requests += 1
            self.retries += request.number > 1
