"""The state of the one account: its rows, its clock, and the ways rows come, change and go."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

from sakari_emulator.agenda import Agenda
from sakari_emulator.company import OPENING_BALANCE
from sakari_emulator.contact_table import ContactTable
from sakari_emulator.generate import Maker, Sizes
from sakari_emulator.generate_newer import NewerMaker
from sakari_emulator.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_emulator.rows import (
        Call,
        Campaign,
        Conversation,
        Form,
        Link,
        Message,
        Row,
        Template,
        Webhook,
    )

NEWER = ("calls", "links", "forms")
"""Those resources that are in the newer documentation, and not in the document of API 1.0.1."""

STREAMS = (
    "contacts", "messages", "templates", "campaigns", "conversations", "webhooks", *NEWER,
)  # fmt: skip
"""The resources that can be listed, by the last part of their path."""

STATUSES = ("new", "validated", "queued", "sent", "delivered", "received", "error", "invalid")
"""The states a message can have (help article 360038858932)."""

EVENT_TYPES = (
    "contact-created", "contact-updated", "contact-removed", "message-received", "message-sent",
    "message-status", "conversation-started", "conversation-closed", "contact-opt-out",
    "contact-opt-in", "list-opt-out", "list-opt-in",
)  # fmt: skip
"""What a webhook can be told of.

Those of the request to subscribe (v1.0.1), and conversation-closed, which is only in v1.0.1's
Webhook and in the hub (help article 15804059182100).
"""


def _nobody(_event_type: str, _row: Row) -> None:
    pass


class Account:
    """All rows, in memory.

    Attributes:
        contacts: And so on: one table per resource.
        maker: Where made-up rows and all ids come from; those of `NEWER` have `newer_maker`.
        balance: Money left.
        clock: Seconds since 1970; rows made while running take their times from it.
        agenda: What will happen by itself.
        closing: Ids of the conversations whose close is on the agenda.
        tell: Called with the type of an event (of EVENT_TYPES) and its row, as it happens.
    """

    def __init__(
        self,
        sizes: Sizes | None = None,
        seed: int = 1,
        clock: Callable[[], float] = time.time,
        tell: Callable[[str, Row], None] = _nobody,
    ) -> None:
        """Make up the rows.

        Args:
            sizes: How many of each resource.
            seed: The same seed and sizes give the same rows.
            clock: Seconds since 1970.
            tell: What to call as things happen; the rows made up here are none of them.
        """
        self.clock = clock
        self.tell = tell
        self.agenda = Agenda()
        self.closing: set[str] = set()
        self.maker = Maker(seed)
        self.newer_maker = NewerMaker(seed)
        self.balance = OPENING_BALANCE
        self.contacts = ContactTable()
        self.messages: Table[Message] = Table()
        self.templates: Table[Template] = Table()
        self.campaigns: Table[Campaign] = Table()
        self.conversations: Table[Conversation] = Table()
        self.webhooks: Table[Webhook] = Table()
        self.calls: Table[Call] = Table()
        self.links: Table[Link] = Table()
        self.forms: Table[Form] = Table()
        self._fill(sizes or Sizes())
        self._watch()

    def _fill(self, sizes: Sizes) -> None:
        make = self.maker
        for at in make.times(sizes.contacts):
            self.contacts.add(make.contact(at))
        for conversation in make.conversations(sizes.conversations, list(self.contacts)):
            self.conversations.add(conversation)
        for message in make.messages(sizes.messages, list(self.conversations)):
            self.messages.add(message)
        for at in make.times(sizes.templates):
            self.templates.add(make.template(at))
        for at in make.times(sizes.campaigns):
            self.campaigns.add(make.campaign(at))
        for at in make.times(sizes.webhooks):
            self.webhooks.add(make.webhook(at))
        self._fill_newer(sizes)

    def _fill_newer(self, sizes: Sizes) -> None:
        make = self.newer_maker
        for call in make.calls(sizes.calls, list(self.contacts)):
            self.calls.add(call)
        for at in make.times(sizes.links):
            self.links.add(make.link(at))
        for at in make.times(sizes.forms):
            self.forms.add(make.form(at))

    def _watch(self) -> None:
        """Tell of the rows that come and go from now on, whoever makes or removes them."""
        self.contacts.added = partial(self.tell, "contact-created")
        self.contacts.removed = partial(self.tell, "contact-removed")
        self.conversations.added = partial(self.tell, "conversation-started")
        self.messages.added = self._tell_of_message

    def _tell_of_message(self, message: Message) -> None:
        self.tell("message-sent" if message.outgoing else "message-received", message)

    def table(self, stream: str) -> Table[Any]:
        """The rows of one of `STREAMS`.

        Raises:
            KeyError: There is no such resource.
        """
        if stream not in STREAMS:
            raise KeyError(stream)
        table: Table[Any] = getattr(self, stream)
        return table

    def now(self) -> int:
        """The clock in milliseconds."""
        return int(self.clock() * 1000)

    def next_moment(self, stream: str) -> int:
        """When a row made now was made: never before the newest row of its resource."""
        return max(self.now(), self.table(stream).newest + 1)

    def touch(self, row: Row, moment: int | None = None) -> None:
        """Set `updated` to the moment, by default now, and later than it was."""
        row.updated = max(self.now() if moment is None else moment, row.updated + 1)

    def insert(self, stream: str, count: int = 1) -> list[str]:
        """Make up rows that are created now; returns their ids."""
        return [self._insert_one(stream).id for _ in range(count)]

    def _insert_one(self, stream: str) -> Row:
        at, make, newer = self.next_moment(stream), self.maker, self.newer_maker
        row: Row
        if stream == "messages":
            row = make.message(at, self._any(self.conversations))
        elif stream == "conversations":
            row = make.conversation(at, self._any(self.contacts))
        elif stream == "calls":
            row = newer.call(at, newer.any_of(self.contacts.ordered("oldest", "")))
        else:
            makers: dict[str, Callable[[int], Row]] = {
                "contacts": make.contact,
                "templates": make.template,
                "campaigns": make.campaign,
                "webhooks": make.webhook,
                "links": newer.link,
                "forms": newer.form,
            }
            row = makers[stream](at)
        self.table(stream).add(row)
        return row

    def _any(self, table: Table[Any]) -> Any:
        rows = table.ordered("oldest", "")
        return rows[self.maker.random.randrange(len(rows))] if rows else None

    def delete(self, stream: str, count: int = 1, where: str = "anywhere") -> list[str]:
        """Remove rows: seeded random ones, the newest ("front") or the oldest ("back")."""
        table = self.table(stream)
        rows = table.ordered("newest", "")
        count = min(count, len(rows))
        if where == "front":
            gone = rows[:count]
        elif where == "back":
            gone = rows[len(rows) - count :]
        else:
            maker = self.newer_maker if stream in NEWER else self.maker
            gone = maker.random.sample(rows, count)
        for row in gone:
            table.remove(row)
        return [row.id for row in gone]

    def set_status(self, message: Message, status: str, moment: int | None = None) -> None:
        """Give a message another status, as a carrier's report does; at that moment, or now."""
        message.status = status
        self.touch(message, moment)
        self.tell("message-status", message)

    def change(self, count: int = 1) -> list[str]:
        """Give that many random messages the status delivered, or sent if they had it."""
        rows = self.messages.ordered("newest", "")
        changed = self.maker.random.sample(rows, min(count, len(rows)))
        for message in changed:
            self.set_status(message, "sent" if message.status == "delivered" else "delivered")
        return [message.id for message in changed]
