"""Who gets a text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sakari_client import phone
from target_sakari.sends.key import RecipientKind, recipient_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sakari_client.resources.base import Record
    from target_sakari.outcome import Outcome

_SHOWN_DIGITS = 4


@dataclass(frozen=True)
class Recipient:
    """Somebody who is to get a text.

    Attributes:
        kind: what the record names them by.
        value: the number in E.164, or the id.
        contacts: what Sakari has of them, as far as that was looked up.
        along: what goes along with a number: its country, names, attributes.
        problem: what became of it, where it cannot be sent to.
    """

    kind: RecipientKind
    value: str = field(repr=False)
    contacts: tuple[Record, ...] = field(default=(), repr=False)
    along: Record = field(default_factory=dict, repr=False)
    problem: Outcome | None = None

    @property
    def number(self) -> str | None:
        """The number in E.164; None where it is not known, or not certain."""
        if self.kind == "mobile":
            return self.value
        numbers = {phone.of(one) for one in self.contacts}
        return numbers.pop() if len(numbers) == 1 else None

    @property
    def contact_ids(self) -> tuple[str, ...]:
        """The ids of the contacts who may be meant."""
        ids = [str(one["id"]) for one in self.contacts if one.get("id") is not None]
        return tuple(dict.fromkeys([self.value, *ids] if self.kind == "contact" else ids))

    @property
    def shown(self) -> str:
        """As people may see it: the last digits of a number, or the id."""
        return self.value[-_SHOWN_DIGITS:] if self.kind == "mobile" else self.value

    @property
    def contact(self) -> Record:
        """As a request to send has a contact."""
        if self.kind == "contact":
            return {"id": self.value}
        return {**self.along, "mobile": {"number": self.value, **self.along.get("mobile", {})}}

    def hash(self, account_id: str) -> str:
        """By `key.recipient_of`: of what the record names, whatever more is known at times."""
        return recipient_of(account_id, self.kind, self.value)

    def marks(self) -> Iterator[Hashable]:
        """What it shares with another recipient who may be the same person."""
        yield self.kind, self.value
        yield from (("contact", one) for one in self.contact_ids)
        if self.number:
            yield "mobile", self.number
