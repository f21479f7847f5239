"""A record on its way into Sakari."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_sakari.contacts.decide import Decision
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import Item


@dataclass(frozen=True)
class Job:
    """A record that is to be written.

    Attributes:
        item: the record as it came.
        wanted: what it mentions.
        decision: what is to be done.
    """

    item: Item
    wanted: ContactInput
    decision: Decision
