"""The ids of the rows that were read, no more of them than memory allows."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

NOWHERE = -1
"""The place of a row that was inserted among those read before it."""


class KnownIds:
    """Remembers the latest ids, at least `limit` of them and at most some twice as many.

    Attributes:
        limit: see above; may be raised or lowered at any time.
        forgot: whether an id was forgotten.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.forgot = False
        self._breaks: list[int] = []
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}

    def __contains__(self, row_id: str) -> bool:
        return row_id in self._young or row_id in self._old

    def place(self, row_id: str) -> int | None:
        """Which of the rows it was, counted from 0, or `NOWHERE`; None if it is not known."""
        found = self._young.get(row_id)
        return self._old.get(row_id) if found is None else found

    def flags(self, row_ids: list[str]) -> list[bool]:
        """Of each of some rows, whether it is known."""
        young, old = self._young, self._old
        if old:
            return [row_id in young or row_id in old for row_id in row_ids]
        return [row_id in young for row_id in row_ids]

    def add(self, row_ids: Iterable[str], places: Iterable[int]) -> None:
        """Remember some rows and their places."""
        if len(self._young) >= self.limit:
            self.forgot |= bool(self._old)
            self._old, self._young = self._young, {}
        self._young.update(zip(row_ids, places, strict=False))

    def break_at(self, place: int) -> None:
        """Take note that rows from this place on may stand anywhere among those before it."""
        if not self._breaks or place > self._breaks[-1]:
            self._breaks.append(place)

    def in_order(self, row_ids: Iterable[str], latest: dict[int, int] | None = None) -> bool:
        """Whether those of some rows that are known stand in the order in which they were read.

        Only rows that were read with no break between them are compared.

        Args:
            row_ids: the rows.
            latest: goes on from call to call: the last place, for each stretch between breaks.
        """
        latest = {} if latest is None else latest
        ordered = True
        for row_id in row_ids:
            place = self.place(row_id)
            if place is not None and place != NOWHERE:
                stretch = bisect.bisect_right(self._breaks, place)
                ordered &= place >= latest.get(stretch, place)
                latest[stretch] = place
        return ordered
