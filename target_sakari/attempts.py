"""How many requests carried a record."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_client import auth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.http.transport import Try


@dataclass
class Count:
    """A number of requests."""

    requests: int = 0


class Attempts:
    """Counts the requests of each thread: give it to `SakariClient` as `on_try`."""

    def __init__(self) -> None:
        self._here = threading.local()

    def __call__(self, tried: Try) -> None:
        """Count a request of this thread; one for a token carries no record."""
        count: Count | None = getattr(self._here, "count", None)
        if count is not None and tried.operation != auth.OPERATION:
            count.requests += 1

    @contextmanager
    def count(self) -> Iterator[Count]:
        """Count the requests that this thread sends in the block, each try of them."""
        self._here.count = count = Count()
        try:
            yield count
        finally:
            self._here.count = None
