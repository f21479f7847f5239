"""The rows of one resource, kept in the order they were made."""

from __future__ import annotations

import random
from bisect import bisect_left, insort
from typing import TYPE_CHECKING, Generic, TypeVar

from sakari_emulator.rows import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RowT = TypeVar("RowT", bound=Row)

_HEX_ID_DIGITS = 24
_COUNTER_DIGITS = 6


def number_of(row_id: str) -> int:
    """The integer that stands for an id when ids are integers: its counter."""
    return int(row_id[-_COUNTER_DIGITS:], 16)


def age(row: Row) -> tuple[int, str]:
    """What rows are sorted by, oldest first."""
    return row.created, row.id


def _ignore(_: Row) -> None:
    pass


class Table(Generic[RowT]):
    """Rows by id and by age.

    Attributes:
        added: Called with each row that was added, from the moment on when it is set.
        removed: Likewise with each that was removed.
    """

    def __init__(self) -> None:
        self.added: Callable[[RowT], None] = _ignore
        self.removed: Callable[[RowT], None] = _ignore
        self._rows: list[RowT] = []
        self._by_id: dict[str, RowT] = {}
        self._sorted: dict[str, list[RowT]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[RowT]:
        """Oldest first."""
        return iter(self._rows)

    @property
    def newest(self) -> int:
        """When the newest row was created, in milliseconds; 0 without rows."""
        return self._rows[-1].created if self._rows else 0

    def add(self, row: RowT) -> None:
        """Take in a row; its created and id must not change afterwards."""
        if self._rows and age(row) < age(self._rows[-1]):
            insort(self._rows, row, key=age)
        else:
            self._rows.append(row)
        self._by_id[row.id] = row
        self._sorted.clear()
        self.added(row)

    def remove(self, row: RowT) -> None:
        """Forget a row for good."""
        del self._rows[bisect_left(self._rows, age(row), key=age)]
        del self._by_id[row.id]
        self._sorted.clear()
        self.removed(row)

    def find(self, row_id: str) -> RowT | None:
        """The row with this id, given as 24 hex digits or as its integer."""
        row = self._by_id.get(row_id)
        if row is None and row_id.isdecimal() and len(row_id) < _HEX_ID_DIGITS:
            number = int(row_id)
            return next((row for row in self._rows if number_of(row.id) == number), None)
        return row

    def ordered(self, order: str, seed: str) -> list[RowT]:
        """All rows in one of the orders of the switch `order`; not to be changed.

        Args:
            order: newest, oldest, id, shuffled or random.
            seed: What "random" mixes by; another seed gives another order.
        """
        if order == "random":
            rows = list(self._rows)
            random.Random(seed).shuffle(rows)  # noqa: S311 - repeatable on purpose
            return rows
        if order not in self._sorted:
            self._sorted[order] = self._sort(order)
        return self._sorted[order]

    def _sort(self, order: str) -> list[RowT]:
        if order == "newest":
            return self._rows[::-1]
        if order == "id":
            return sorted(self._rows, key=lambda row: row.id)
        if order == "shuffled":
            # Backwards, an id starts with its counter and random digits: mixed, yet a row
            # keeps its place among the others when rows come and go.
            return sorted(self._rows, key=lambda row: row.id[-7::-1])
        return self._rows[:]
