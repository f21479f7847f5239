"""Records of one contact that follow each other become one: it is written once, with all they say.

Else two rows that contradict each other would both be written in every run, one after the other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from target_sakari.contacts.job import Wanted
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import Route


def folded(records: Iterable[Wanted]) -> list[tuple[Wanted, ...]]:
    """Records of a contact, in their order, put together where they can be told as one."""
    queue: list[tuple[Wanted, ...]] = []
    for one in records:
        if queue and _may_fold(queue[-1][-1], one):
            queue[-1] = (*queue[-1], one)
        else:
            queue.append((one,))
    return queue


def fold(earlier: ContactInput, later: ContactInput, route: Route) -> ContactInput:
    """What two records say together; where they contradict each other, the later one is right."""
    tags = earlier.tags if later.tags is None else later.tags
    if route.tags == "add" and earlier.tags and later.tags is not None:
        tags = (*earlier.tags, *later.tags)
    return replace(
        later,
        country=later.country or earlier.country,
        fields={**earlier.fields, **later.fields},
        tags=tags,
        attributes={**earlier.attributes, **later.attributes},
    )


def _may_fold(one: Wanted, other: Wanted) -> bool:
    """Whether two records can be told as one.

    Not where one deletes, or only makes new contacts; nor where they find the contact by other
    keys, since the first may change what the second looks for, or by none: then only the number of
    a new one is the same, and the second must be told that it is taken.
    """
    route = one.item.route
    return (
        route == other.item.route
        and route.mode in {"upsert", "mirror", "update"}
        and not (route.delete and (one.input.deleted or other.input.deleted))
        and one.keys == other.keys
        and any(kind in route.match_by for kind, _ in one.keys)
    )
