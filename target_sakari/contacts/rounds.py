"""Records of one contact, one after the other; those of different contacts, together."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence


def rounds(marks: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    """Sort records into rounds: each holds at most one record of a contact, in their order.

    Args:
        marks: of each record, what it is known by. Records that share a mark are of one contact,
            also by way of others.

    Returns:
        The places of the records, round by round.
    """
    parents: dict[Hashable, Hashable] = {}

    def root(mark: Hashable) -> Hashable:
        while (parent := parents.setdefault(mark, mark)) != mark:
            parents[mark] = parents[parent]
            mark = parent
        return mark

    first: list[Hashable] = []
    for place, own in enumerate(marks):
        alone: Hashable = ("place", place)
        for mark in own:
            parents[root(mark)] = root(alone)
        first.append(alone)
    came: defaultdict[Hashable, int] = defaultdict(int)
    sorted_: list[list[int]] = []
    for place, alone in enumerate(first):
        contact = root(alone)
        if came[contact] == len(sorted_):
            sorted_.append([])
        sorted_[came[contact]].append(place)
        came[contact] += 1
    return sorted_
