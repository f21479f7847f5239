"""Rows of the resources that only the newer documentation has, made up from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_emulator import fixtures, words
from sakari_emulator.generate import API_USER, Maker
from sakari_emulator.rows import Call, Form, Link
from sakari_emulator.times import DAY, SECOND, iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sakari_emulator.rows import Contact


@dataclass
class NewerMaker(Maker):
    """A maker of the same account with a random source of its own.

    So what a seed makes of contacts, messages and the rest does not depend on what is made here.
    """

    def __post_init__(self) -> None:
        """Share users and numbers with the account's other maker, and then part from it."""
        super().__post_init__()
        self.random = random.Random(f"newer {self.seed}")  # noqa: S311 - repeatable on purpose

    def call(self, at: int, contact: Contact | None) -> Call:
        """A voice call."""
        return Call(
            **self._stamp("calls", at, 600 * SECOND, API_USER),
            contact=contact.person() if contact else None,
            phone=self.phones[int(self.random.random() * len(self.phones))],
            direction="inbound" if self.chance(0.4) else "outbound",
            status=self.word(words.CALL_STATUSES),
        )

    def calls(self, count: int, contacts: Sequence[Contact]) -> Iterator[Call]:
        """Calls spread over the year, oldest first."""
        for at in self.times(count):
            yield self.call(at, self.any_of(contacts))

    def link(self, at: int) -> Link:
        """A shortened link that points to a host which cannot exist."""
        row = self._stamp("links", at, 30 * DAY, self.pick(self.users))
        clicks = int(self.random.random() * 500)
        return Link(**row, fields=fixtures.link(self._counters["links"], row["id"], clicks))

    def form(self, at: int) -> Form:
        """A lead form, now and then one that is not active."""
        row = self._stamp("forms", at, 30 * DAY, self.pick(self.users))
        impressions = int(self.random.random() * 2000)
        return Form(
            **row,
            name=f"{words.LIST_NAMES[self._counters['forms'] % len(words.LIST_NAMES)]} form",
            impressions=impressions,
            conversions=impressions // 9,
            active=iso(row["updated"]) if self.chance(0.7) else None,
        )

    def any_of(self, contacts: Sequence[Contact]) -> Contact | None:
        """One of them, if there are any."""
        return contacts[int(self.random.random() * len(contacts))] if contacts else None
