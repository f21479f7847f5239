"""Contacts on their way into Sakari."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_sakari.contacts.decide import Decision
    from target_sakari.contacts.known import Key
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import Item, Route


@dataclass(frozen=True)
class Wanted:
    """A record that can be understood.

    Attributes:
        item: the record as it came.
        input: what it mentions.
        keys: what its contact is looked for by.
    """

    item: Item
    input: ContactInput
    keys: list[Key]


@dataclass(frozen=True)
class Job:
    """A contact that is to be written.

    Attributes:
        records: those that say so, in their order; all of them have its outcome.
        wanted: what they mention together.
        decision: what is to be done.
    """

    records: tuple[Wanted, ...]
    wanted: ContactInput
    decision: Decision

    @property
    def route(self) -> Route:
        """What is done with the records; the same for all."""
        return self.records[0].item.route
