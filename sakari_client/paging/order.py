"""What a list is sorted by, as far as it has been read: the API neither says nor can be asked."""

from __future__ import annotations

import itertools
import operator
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.paging.page import Row

_NEWEST_FIRST, _OLDEST_FIRST = "newest first", "oldest first"
_BY_ID, _BY_ID_FALLING = "by id", "by id, falling"

_ENOUGH_PAIRS = 16
"""Neighbours that must stand in an order before it counts as proven: fewer may do so by chance."""

_ENOUGH_TIES = 8
"""Neighbours that were created together and must stand in the order of their ids, likewise."""

_ENOUGH_IDS = 1_000
"""Neighbours that must stand in the order of their ids before that is taken to hold for rows that
were created together too, though hardly any were seen: where times rise with ids, an order of
creation alone looks like one of ids until such rows come."""

_PAGE_ENDS = 64
"""Last rows of pages that are remembered: as many as pages may be read out of turn."""


def together(rows: list[Row]) -> int:
    """How many rows at the end were created at the same moment."""
    return next(
        (number for number, row in enumerate(rows[::-1]) if row.created != rows[-1].created),
        len(rows),
    )


class Order:
    """The orders that no page has disproved yet.

    Pages overlap by a row at least, so a list whose pages are each in order is in that order as a
    whole. Rows that were created together may stand in any order among each other, and in another
    one at each request, unless enough of them stand in the order of their ids and none does not:
    then the list is sorted by both. Otherwise `overlap` says how many rows to ask for again.
    """

    def __init__(self) -> None:
        self._possible = {_NEWEST_FIRST, _OLDEST_FIRST, _BY_ID, _BY_ID_FALLING}
        self._ties = {_BY_ID, _BY_ID_FALLING}
        self._tied_pairs = 0
        self._tied_across_pages = False
        self._page_ends: deque[tuple[str | None, str]] = deque(maxlen=_PAGE_ENDS)
        self._pairs = 0

    def watch(self, rows: list[Row], *, backwards: bool = False) -> None:
        """Take note of some rows that follow each other in the list.

        Args:
            rows: in the order in which they are read.
            backwards: whether that is the list's order in reverse.
        """
        trusted = self._tied_keep_places
        if trusted and not self._tied_across_pages:
            ends = dict(self._page_ends)
            self._tied_across_pages = any(
                row.id != ends[row.created] for row in rows if row.created in ends
            )
        self._page_ends += [(row.created, row.id) for row in rows[-1:]]
        listed = rows[::-1] if backwards else rows
        self._watch_dates(listed)
        self._watch_ids(listed)
        self._pairs += max(0, len(rows) - 1)
        if trusted and not self._tied_keep_places and self._tied_across_pages:
            # Pages were joined as if these rows kept their places.
            self.disprove()

    def _watch_dates(self, rows: list[Row]) -> None:
        dates = [row.created or "" for row in rows]
        for order, follows in ((_NEWEST_FIRST, operator.ge), (_OLDEST_FIRST, operator.le)):
            if order in self._possible and not ("" not in dates and _all(follows, dates)):
                self._possible.discard(order)
        if self._ties and len(set(dates)) < len(dates):
            self._watch_ties(rows, dates)

    def _watch_ties(self, rows: list[Row], dates: list[str]) -> None:
        tied = map(operator.eq, dates, dates[1:])
        for one, other in itertools.compress(itertools.pairwise(rows), tied):
            if one.id != other.id:
                self._tied_pairs += 1
                rises = _id_key(one) < _id_key(other)
                self._ties.discard(_BY_ID_FALLING if rises else _BY_ID)

    def _watch_ids(self, rows: list[Row]) -> None:
        for order, follows in ((_BY_ID, operator.lt), (_BY_ID_FALLING, operator.gt)):
            if order in self._possible and not _all(follows, [_id_key(row) for row in rows]):
                self._possible.discard(order)

    def overlap(self, alike: int, page_size: int) -> int:
        """How many of the rows read last must be asked for again, so that none can be missed.

        That is one, unless some that were created together may change places: then it is all of
        those, and one more that was not, which shows where they begin. Where they are too many for
        that, the list counts as unsorted from now on.

        Args:
            alike: how many of the rows read last were created together.
            page_size: rows of a full page.
        """
        if self._tied_keep_places or not self.by_creation:
            return 1
        if 2 * alike >= page_size:
            self.disprove()
            return 1
        return alike + 1

    @property
    def _tied_keep_places(self) -> bool:
        """Whether rows that were created together stand in the order of their ids."""
        by_id = not self._possible.isdisjoint({_BY_ID, _BY_ID_FALLING})
        seen = bool(self._ties) and self._tied_pairs >= _ENOUGH_TIES
        return seen or (by_id and self._pairs >= _ENOUGH_IDS)

    def disprove(self) -> None:
        """Count the list as not sorted by creation."""
        self._possible -= {_NEWEST_FIRST, _OLDEST_FIRST}

    @property
    def newest_first(self) -> bool:
        """Whether each row was created after the next one, or together with it."""
        return self._proves(_NEWEST_FIRST)

    @property
    def oldest_first(self) -> bool:
        """Whether each row was created before the next one, or together with it."""
        return self._proves(_OLDEST_FIRST)

    @property
    def by_creation(self) -> bool:
        """Whether no row has yet stood out of the order of creation, one way or the other."""
        return not self._possible.isdisjoint({_NEWEST_FIRST, _OLDEST_FIRST})

    @property
    def fixed(self) -> bool:
        """Whether rows are sorted by what never changes, so that none can change places.

        But for those that `overlap` takes care of. It is a guess that the next page may disprove:
        a list sorted by the latest change may look so for as long as nothing changes.
        """
        return self._proves(*self._possible)

    def _proves(self, *orders: str) -> bool:
        return self._pairs >= _ENOUGH_PAIRS and not self._possible.isdisjoint(orders)


def _all(follows: Callable[[Any, Any], bool], keys: list[Any]) -> bool:
    return all(map(follows, keys, keys[1:]))


def _id_key(row: Row) -> tuple[int, str]:
    """Sorts numbers as numbers, and ids of one length as text."""
    return len(row.id), row.id
