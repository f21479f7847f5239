"""A list that changes while it is read: the model against which paging is tested."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import count

from sakari_client.ahead import Page, Row
from sakari_client.paging import StitchedList

Change = Callable[["MovingList"], None]


@dataclass
class MovingList:
    """Rows that tests may change between any two requests.

    Attributes:
        ids: the list as it is now.
        hints: which of `total`, `has_next` the server gives.
        cap: most rows that the server puts into a page.
        changes: what happens before each request, in turn; nothing when used up.
        requests: offsets asked for.
    """

    ids: list[str]
    hints: frozenset[str] = frozenset({"total", "has_next"})
    cap: int = 100
    changes: Iterable[Change | None] = ()
    requests: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.always = set(self.ids)
        self.ever = set(self.ids)
        self._new = count()
        self._changes = iter(self.changes)
        self._lock = threading.Lock()

    def insert(self, where: float, rows: int = 1) -> None:
        """Insert new rows at a place between 0 (the beginning) and 1 (the end)."""
        place = round(where * len(self.ids))
        new = [f"new-{next(self._new)}" for _ in range(rows)]
        self.ids[place:place] = new
        self.ever.update(new)

    def delete(self, where: float, rows: int = 1) -> None:
        """Delete rows at a place between 0 and 1."""
        place = round(where * max(0, len(self.ids) - rows))
        self.always.difference_update(self.ids[place : place + rows])
        del self.ids[place : place + rows]

    def move_to_front(self, where: float) -> None:
        """Move a row to the beginning, as a list sorted by the latest change does."""
        if self.ids:
            self.ids.insert(0, self.ids.pop(round(where * (len(self.ids) - 1))))

    def fetch(self, offset: int, limit: int) -> Page:
        """Answer a request as the API would."""
        with self._lock:
            self.requests.append(offset)
            change = next(self._changes, None)
            if change:
                change(self)
            ids = self.ids[offset : offset + min(limit, self.cap)]
            end = offset + len(ids)
            return Page(
                offset,
                [{"id": row_id} for row_id in ids],
                total=len(self.ids) if "total" in self.hints else None,
                has_next=end < len(self.ids) if "has_next" in self.hints else None,
            )

    def read(self, *, page_size: int = 100, concurrency: int = 1, paged: bool = True) -> list[str]:
        """Read the whole list with the code under test."""
        listing = StitchedList(
            "rows", self.fetch, _identify, page_size=page_size, concurrency=concurrency, paged=paged
        )
        return [row["id"] for rows in listing.pages() for row in rows]


def _identify(row: Row) -> str:
    return str(row["id"])
