"""A list that changes while it is read: the model against which paging is tested."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import count, cycle
from typing import Any

from sakari_client.paging.ahead import Workers
from sakari_client.paging.page import Page, Row
from sakari_client.paging.stitched import StitchedList

Change = Callable[["MovingList"], None]

ALL_HINTS = [("total", "has_next"), ("total",), ("has_next",), ()]
"""What a server may say of where a list ends."""


def rows_of(size: int) -> list[str]:
    """The ids of so many rows, in the order of their numbers."""
    return [f"row-{number}" for number in range(size)]


def unsorted(size: int) -> list[str]:
    """The same rows in no order, which stays as it is."""
    rows = rows_of(size)
    random.Random(size).shuffle(rows)
    return rows


@dataclass
class MovingList:
    """Rows that tests may change between any two requests.

    Attributes:
        ids: the list as it is now.
        hints: which of `total`, `has_next` the server gives.
        cap: most rows that the server puts into a page.
        changes: what happens before each request, in turn; nothing when used up.
        created: when each row was made, any number; without it, rows have no date.
        step: how much newer the next row is; less than 0 where the newest comes first.
        requests: offsets asked for.
    """

    ids: list[str]
    hints: frozenset[str] = frozenset({"total", "has_next"})
    cap: int = 100
    changes: Iterable[Change | None] = ()
    created: dict[str, float] = field(default_factory=dict)
    step: float = 1.0
    requests: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.always = set(self.ids)
        self.ever = set(self.ids)
        self._new = count()
        self._changes = iter(self.changes)
        self._lock = threading.Lock()

    def insert(self, where: float, rows: int = 1) -> None:
        """Insert new rows at a place between 0 (the beginning) and 1 (the end).

        Their dates lie between those of their neighbours, so that a sorted list stays so.
        """
        place = round(where * len(self.ids))
        new = [f"new-{next(self._new)}" for _ in range(rows)]
        if self.created:
            before = self.created[self.ids[place - 1]] if place else None
            after = self.created[self.ids[place]] if place < len(self.ids) else None
            step = self.step
            if before is None:
                before = (0.0 if after is None else after) - (rows + 1) * step
            elif after is not None:
                step = (after - before) / (rows + 1)
            for number, row_id in enumerate(new, 1):
                self.created[row_id] = before + number * step
        self.ids[place:place] = new
        self.ever.update(new)

    def delete(self, where: float, rows: int = 1) -> None:
        """Delete rows at a place between 0 and 1."""
        place = round(where * max(0, len(self.ids) - rows))
        self.always.difference_update(self.ids[place : place + rows])
        del self.ids[place : place + rows]

    def move(self, where: float, to: float) -> None:
        """Move a row to another place."""
        if self.ids:
            row_id = self.ids.pop(round(where * (len(self.ids) - 1)))
            self.ids.insert(round(to * len(self.ids)), row_id)

    def move_to_front(self, where: float) -> None:
        """Move a row to the beginning, as a list sorted by the latest change does."""
        self.move(where, 0)

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
                [Row({}, row_id, self.date(row_id)) for row_id in ids],
                total=len(self.ids) if "total" in self.hints else None,
                has_next=end < len(self.ids) if "has_next" in self.hints else None,
            )

    def date(self, row_id: str) -> str | None:
        """When a row was made, as text that sorts."""
        return as_text(self.created[row_id]) if row_id in self.created else None

    def listing(self, *, page_size: int = 100, concurrency: int = 1, **more: Any) -> StitchedList:
        """The code under test, about to read this list."""
        return StitchedList(
            "rows", self.fetch, page_size=page_size, concurrency=concurrency, **more
        )

    def read(self, **more: Any) -> list[str]:
        """Read the whole list with the code under test."""
        return [row.id for rows in self.listing(**more).pages() for row in rows]


def as_text(created: float) -> str:
    """A number as text that sorts likewise."""
    return f"{created + 1e6:020.9f}"


class AnyOrder(Workers):
    """Fetches pages only when one is waited for, and in the order that a test chooses."""

    def __init__(self, choices: list[int]) -> None:
        self._choices = cycle(choices or [0])
        self._jobs: list[tuple[Future[Page], Callable[[], Page]]] = []

    def submit(self, fetch: Callable[[], Page], /) -> Future[Page]:
        future = _Waited(self)
        self._jobs.append((future, fetch))
        return future

    def run_until(self, done: Callable[[], bool]) -> None:
        while not done():
            future, fetch = self._jobs.pop(next(self._choices) % len(self._jobs))
            if future.set_running_or_notify_cancel():
                future.set_result(fetch())

    def close(self) -> None:
        self._jobs.clear()


class _Waited(Future[Page]):
    def __init__(self, workers: AnyOrder) -> None:
        super().__init__()
        self._workers = workers

    def result(self, timeout: float | None = None) -> Page:
        self._workers.run_until(self.done)
        return super().result(timeout)
