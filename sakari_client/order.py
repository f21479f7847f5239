"""What a list is sorted by, as far as it has been read: the API neither says nor can be asked."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.page import Row

_NEWEST_FIRST, _OLDEST_FIRST = "newest first", "oldest first"

_RULES: dict[str, tuple[Callable[[Row], Any], Callable[[Any, Any], bool]]] = {
    _NEWEST_FIRST: (operator.attrgetter("created"), operator.ge),
    _OLDEST_FIRST: (operator.attrgetter("created"), operator.le),
    "by id": (operator.attrgetter("id"), operator.lt),
    "by id, descending": (operator.attrgetter("id"), operator.gt),
}


_ENOUGH_PAIRS = 16
"""Neighbours that must stand in an order before it counts as proven: fewer may do so by chance."""


class Order:
    """The orders that no page has disproved yet.

    Pages overlap by a row, so a list whose pages are each in order is in that order as a whole.
    """

    def __init__(self) -> None:
        self._possible = dict(_RULES)
        self._pairs = 0

    def watch(self, rows: list[Row]) -> None:
        """Take note of some rows that follow each other in the list."""
        for name, (key, follows) in list(self._possible.items()):
            keys = [key(row) for row in rows]
            if None in keys or not all(map(follows, keys, keys[1:])):
                del self._possible[name]
        self._pairs += max(0, len(rows) - 1)

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
        return _NEWEST_FIRST in self._possible or _OLDEST_FIRST in self._possible

    @property
    def fixed(self) -> bool:
        """Whether rows are sorted by what never changes, so that none can change places."""
        return self._proves(*_RULES)

    def _proves(self, *orders: str) -> bool:
        return self._pairs >= _ENOUGH_PAIRS and any(order in self._possible for order in orders)
