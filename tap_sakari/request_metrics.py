"""Counts of HTTP requests from the client's hook, the SDK's metrics among them."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING, Any

from singer_sdk import metrics

if TYPE_CHECKING:
    import logging

    from sakari_client.http.transport import Try
    from tap_sakari.summary import Tally


class RequestMetrics:
    """Writes a duration for every HTTP request, and counts them by operation and by stream."""

    def __init__(self, logger: logging.Logger) -> None:
        self._tally: Tally | None = None
        self._tallies: dict[str, Tally] = {}
        self._logger = logger
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()

    def count_towards(self, stream: str, tally: Tally) -> None:
        """Count the requests from now on towards a stream.

        Those for another stream's list, under way still as that stream failed, stay with it.
        """
        with self._lock:
            self._tally = self._tallies[f"GET /{stream}"] = tally

    def __call__(self, request: Try) -> None:
        """Take note of a request; called from any thread."""
        succeeded = request.status is not None and request.status < 400  # noqa: PLR2004
        point = metrics.Point(
            "timer",
            metrics.Metric.HTTP_REQUEST_DURATION,
            round(request.seconds, 6),
            {
                metrics.Tag.ENDPOINT: request.operation,
                metrics.Tag.HTTP_STATUS_CODE: request.status,
                metrics.Tag.STATUS: (
                    metrics.Status.SUCCEEDED if succeeded else metrics.Status.FAILED
                ),
            },
        )
        with self._lock:
            metrics.log(self._logger, point)
            self._counts[request.operation] += 1
            tally = self._tallies.get(request.operation, self._tally)
            if tally:
                tally.requests += 1
                tally.retries += request.number > 1

    def write_counts(self, stream: str) -> None:
        """Write how many requests were made since the last call, by operation."""
        with self._lock:
            for operation, count in self._counts.items():
                tags: dict[str, Any] = {metrics.Tag.STREAM: stream, metrics.Tag.ENDPOINT: operation}
                point = metrics.Point("counter", metrics.Metric.HTTP_REQUEST_COUNT, count, tags)
                metrics.log(self._logger, point)
            self._counts.clear()
