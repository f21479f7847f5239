"""Who gets a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sakari_client import phone
from target_sakari.ledger.key import RecipientKind, recipient_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from sakari_client.resources.base import Record
    from target_sakari.outcome import Outcome

_SHOWN_DIGITS = 4
_SAKARI_ID = re.compile(r"[0-9a-fA-F]{24}")


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
        """As people may see it: the id; or the last digits, also of a number given as an id."""
        return _sakari_id(self.value) or self.value[-_SHOWN_DIGITS:]

    @property
    def contact_id(self) -> str | None:
        """The id of the contact, where it is certain."""
        return _sakari_id(self.contact_ids[0]) if len(self.contact_ids) == 1 else None

    @property
    def conversation_id(self) -> str | None:
        """The id of the conversation, where it is known."""
        return _sakari_id(self.value) if self.kind == "conversation" else None

    @property
    def contact(self) -> Record:
        """As a request to send has a contact."""
        if self.kind == "contact":
            return {"id": self.value}
        return {**self.along, "mobile": {"number": self.value, **self.along.get("mobile", {})}}

    def names(self) -> list[tuple[RecipientKind, str]]:
        """All that this one person is known by, the surest first: the number, and ids."""
        found: list[tuple[RecipientKind, str]] = []
        if self.number:
            found.append(("mobile", self.number))
        found.append((self.kind, self.value))
        if self.kind != "conversation" or len(self.contact_ids) == 1:
            found += [("contact", one) for one in self.contact_ids]
        return list(dict.fromkeys(found))

    def hashes(self, account_id: str) -> list[str]:
        """By `key.recipient_of`, of each name."""
        return [recipient_of(account_id, kind, value) for kind, value in self.names()]

    def marks(self) -> Iterator[Hashable]:
        """What it shares with another recipient who may be the same person."""
        yield self.kind, self.value
        yield from (("contact", one) for one in self.contact_ids)
        if self.number:
            yield "mobile", self.number


def _sakari_id(value: str) -> str | None:
    """A value, if it is an id of Sakari's."""
    return value if _SAKARI_ID.fullmatch(value) else None
