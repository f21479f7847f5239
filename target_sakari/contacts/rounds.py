"""Records of one contact, one after the other; those of different contacts, together."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

_Of = TypeVar("_Of")


def by_contact(marks: Sequence[Iterable[Hashable]]) -> list[list[int]]:
    """Sort records by the contacts that they are about.

    Args:
        marks: of each record, what it is known by. Records that share a mark are of one contact,
            also by way of others.

    Returns:
        For each contact, in the order in which they first come, the places of its records.
    """
    parents: dict[Hashable, Hashable] = {}

    def root(mark: Hashable) -> Hashable:
        while (parent := parents.setdefault(mark, mark)) != mark:
            parents[mark] = parents[parent]
            mark = parent
        return mark

    for place, own in enumerate(marks):
        for mark in own:
            parents[root(mark)] = root(("place", place))
    contacts: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place in range(len(marks)):
        contacts[root(("place", place))].append(place)
    return list(contacts.values())


def rounds(queues: Iterable[Sequence[_Of]]) -> Iterator[list[_Of]]:
    """The first of each queue, then the second of each, and so on."""
    waiting = [iter(queue) for queue in queues]
    while together := [one for queue in waiting for one in islice(queue, 1)]:
        yield together
