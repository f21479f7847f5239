"""Rows made up from a seed: the same seed and sizes always give the same rows, byte for byte."""

from __future__ import annotations

import random
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec import UNSET, structs

from sakari_emulator import fixtures, numbers, texts, words
from sakari_emulator.rows import (
    Campaign,
    Contact,
    Conversation,
    Json,
    Message,
    Person,
    Phone,
    Template,
    Webhook,
)
from sakari_emulator.times import DAY, NEWEST, SECOND, YEAR, iso

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

API_USER: Json = {"name": "API Consumer"}
"""Who writes through the API, as real answers of 2018 had it."""
_AUTO_CLOSE = 7 * DAY


@dataclass(frozen=True)
class Sizes:
    """How many rows of each resource to begin with."""

    contacts: int = 100
    messages: int = 500
    templates: int = 20
    campaigns: int = 10
    conversations: int = 60
    webhooks: int = 3
    calls: int = 40
    links: int = 12
    forms: int = 6


@dataclass
class Maker:
    """Makes rows one at a time; every choice comes from its one random source.

    Attributes:
        seed: Two makers of one seed make the same rows, if asked in the same order.
    """

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """Make what all rows share: users, groups, numbers and lists of the account."""
        self.random = random.Random(self.seed)  # noqa: S311 - repeatable on purpose
        self._counters: dict[str, int] = {}
        start = NEWEST - YEAR
        self.users = fixtures.users([self.new_id("users", start) for _ in range(3)])
        self.groups = [self.new_id("groups", start) for _ in range(2)]
        self.lists = fixtures.contact_lists([self.new_id("lists", start) for _ in range(3)])
        self.phones = [Phone(self.new_id("phones", start), *numbers.own(i)) for i in range(4)]

    def new_id(self, kind: str, at: int) -> str:
        """A new id: the day it was made, random digits, and a counter within its kind."""
        count = self._counters[kind] = self._counters.get(kind, 0) + 1
        day = at // DAY * DAY // SECOND
        return f"{day:08x}{self.random.getrandbits(40):010x}{count:06x}"

    def times(self, count: int, newest: int = NEWEST) -> list[int]:
        """That many moments spread over a year, oldest first; the last is `newest`."""
        draw = self.random.random
        moments = sorted(newest - YEAR + int(draw() * YEAR) for _ in range(count - 1))
        return [*moments, newest][:count]

    def chance(self, share: float) -> bool:
        """True in that share of the calls."""
        return self.random.random() < share

    def pick(self, values: Sequence[Json]) -> Json:
        """One of them."""
        return values[int(self.random.random() * len(values))]

    def word(self, values: Sequence[str]) -> str:
        """One of them."""
        return values[int(self.random.random() * len(values))]

    def _stamp(self, kind: str, at: int, later: int, user: Json) -> Json:
        return {
            "id": self.new_id(kind, at),
            "created": at,
            "updated": self._later(at, later),
            "created_by": user,
            "updated_by": user,
        }

    def _later(self, at: int, span: int) -> int:
        """A moment within `span`, but not after the newest one of all unless `at` is."""
        return max(at, min(NEWEST, at + int(self.random.random() * span)))

    def contact(self, at: int) -> Contact:
        """A contact with a number set aside for fiction and an address at example.com."""
        row = self._stamp("contacts", at, 20 * DAY, self.pick(self.users))
        count = self._counters["contacts"]
        # Another seed starts elsewhere among the numbers, so that two accounts look different.
        mobile = numbers.fiction(count - 1 + self.seed * 997)
        mobile = structs.replace(
            mobile,
            line_type="mobile" if mobile.country == "US" else "fixed_line",
            verified=iso(at) if self.chance(0.7) else None,
        )
        first, last = self.word(words.FIRST_NAMES), self.word(words.LAST_NAMES)
        handle = "".join(char for char in f"{first}{count}" if char.isascii()).lower()
        return Contact(
            **row,
            first_name=first,
            last_name=None if self.chance(0.05) else last,
            email=None if self.chance(0.1) else f"{handle}@example.com",
            mobile=mobile,
            tags=self._tags(),
            lists=self._lists(at),
            attributes=self._attributes(),
            opt_in=iso(at) if self.chance(0.6) else None,
            blocked=iso(self._later(at, DAY)) if self.chance(0.03) else None,
            others=self._others() if self.chance(0.2) else {},
            valid=True,
        )

    def _tags(self) -> list[Json]:
        count = int(self.random.random() * 4)
        names = sorted({self.word(words.TAGS) for _ in range(count)})
        return [{"tag": name, "visible": True} for name in names]

    def _lists(self, at: int) -> list[Json]:
        if self.chance(0.5):
            return []
        member = dict(self.pick(self.lists))
        if self.chance(0.8):
            member["optIn"] = iso(at)
        return [member]

    def _attributes(self) -> Json:
        number = int(self.random.random() * 50)
        return {
            "jobTitle": words.JOB_TITLES[number % len(words.JOB_TITLES)],
            "city": words.CITIES[number % len(words.CITIES)],
            "orders": number,
        }

    def _others(self) -> Json:
        number = 1000 + int(self.random.random() * 9000)
        kinds: list[Json] = [
            {"activecampaign": {"id": number}},
            {"hubspot": {"vid": number, "id": number}},
            {"pipedrive": {"id": number}},
        ]
        return self.pick(kinds)

    def conversation(self, at: int, contact: Contact | None) -> Conversation:
        """A conversation without messages yet."""
        phone = self.phones[int(self.random.random() * len(self.phones))]
        row = self._stamp("conversations", at, 0, API_USER)
        return Conversation(
            **row,
            contact=contact.person() if contact else None,
            phone=phone,
            group_id=self.groups[0] if self.chance(0.8) else None,
            unread=(self.pick(self.users)["id"],) if self.chance(0.2) else (),
        )

    def message(
        self, at: int, conversation: Conversation | None, job_id: str | None = None
    ) -> Message:
        """A message, which becomes the last one of its conversation."""
        outgoing = job_id is not None or self.chance(0.75)
        made = self._outgoing(at, conversation, job_id) if outgoing else self._incoming(at)
        message = Message(
            **made,
            contact=conversation.contact if conversation else None,
            conversation=conversation,
            group_id=conversation.group_id if conversation else None,
            # Real lists often lack our own number: it stands on the conversation alone.
            phone=conversation.phone if conversation and self.chance(0.9) else None,
            outgoing=outgoing,
            country=country_of(conversation.contact if conversation else None),
        )
        attach(message)
        return message

    def _outgoing(self, at: int, conversation: Conversation | None, job_id: str | None) -> Json:
        row = self._stamp("messages", at, 9 * SECOND, API_USER)
        if self.chance(0.005):
            row["updated"] = self._later(row["updated"], 6 * DAY)
        template = self.word(words.OUTGOING)
        text = texts.fill(template, conversation.contact if conversation else None)
        parts = texts.segments(text)
        status = _status(self.random.random())
        media = self.pick(fixtures.MEDIA) if self.chance(0.05) else None
        return {
            **row,
            "job_id": job_id or self.new_id("jobs", at),
            "type": "mms" if media else "sms",
            "template": template,
            "text": text,
            "status": status,
            "segments": parts,
            "price": None if self.chance(0.01) else texts.price(parts),
            "read": True,
            "media": [media] if media else [],
            "error": self.pick(words.ERRORS) if status in {"error", "invalid"} else None,
            "send_at": at + 60 * SECOND if self.chance(0.02) else None,
        }

    def _incoming(self, at: int) -> Json:
        row = self._stamp("messages", at, 2 * SECOND, API_USER)
        text = self.word(words.INCOMING)
        media = self.pick(fixtures.MEDIA) if self.chance(0.05) else None
        return {
            **row,
            "job_id": None,
            "type": "mms" if media else "sms",
            "template": None,
            "text": text,
            "status": "received",
            "segments": texts.segments(text),
            "price": UNSET,
            "read": UNSET if self.chance(0.02) else self.chance(0.9),
            "media": [media] if media else [],
            "error": None,
        }

    def template(self, at: int) -> Template:
        """A template, now and then of the kind Web or with a picture."""
        row = self._stamp("templates", at, 90 * DAY, self.pick(self.users))
        number = self._counters["templates"] - 1
        return Template(
            **row,
            name=f"{words.TEMPLATE_NAMES[number % len(words.TEMPLATE_NAMES)]} {number + 1}",
            type="Web" if self.chance(0.1) else "SMS",
            template=words.OUTGOING[number % len(words.OUTGOING)],
            media=[self.pick(fixtures.MEDIA)] if self.chance(0.2) else [],
        )

    def campaign(self, at: int) -> Campaign:
        """A campaign: manual, scheduled or by file upload, some of them run at least once."""
        row = self._stamp("campaigns", at, 30 * DAY, self.pick(self.users))
        job_id = self.new_id("jobs", at) if self.chance(0.7) else None
        fields = fixtures.campaign(self._counters["campaigns"], at, self.groups[0], job_id)
        return Campaign(**row, fields=fields)

    def webhook(self, at: int) -> Webhook:
        """A webhook that points to a host which cannot exist."""
        row = self._stamp("webhooks", at, 0, self.pick(self.users))
        number = self._counters["webhooks"]
        events = list(words.EVENTS[: 1 + number % len(words.EVENTS)])
        return Webhook(
            **row, url=f"https://hooks.example.com/sakari/{number}?k=a%20b", event_types=events
        )

    def conversations(self, count: int, contacts: Sequence[Contact]) -> Iterator[Conversation]:
        """Conversations spread over the year, contact after contact, oldest first."""
        for index, at in enumerate(self.times(count, newest=NEWEST - DAY)):
            # The first one is as old as the oldest message can be.
            start = at if index else NEWEST - YEAR
            contact = contacts[index * len(contacts) // count] if contacts else None
            yield self.conversation(start, contact)

    def messages(self, count: int, conversations: Sequence[Conversation]) -> Iterator[Message]:
        """Messages oldest first; some share a job and so the moment they were made."""
        starts = [conversation.created for conversation in conversations]
        job_id, job_at = None, 0
        for index, at in enumerate(self.times(count)):
            together = job_id is not None and index < count - 1 and self.chance(0.3)
            moment = job_at if together else at
            begun = bisect_right(starts, moment)
            conversation = conversations[int(self.random.random() * begun)] if begun else None
            message = self.message(moment, conversation, job_id if together else None)
            job_id, job_at = message.job_id, moment
            yield message


def _status(draw: float) -> str:
    for status, share in (("delivered", 0.82), ("sent", 0.93), ("queued", 0.95), ("error", 0.985)):
        if draw < share:
            return status
    return "invalid"


def country_of(person: Person | None) -> str:
    """The country a message to this person goes to."""
    return person.mobile.country if person and person.mobile else "US"


def attach(message: Message) -> None:
    """Make the message the last one of its conversation, which it keeps open for a week."""
    conversation = message.conversation
    if conversation is not None:
        conversation.last_message = message
        conversation.updated = max(conversation.updated, message.updated)
        conversation.updated_by = message.updated_by
        conversation.closes = message.created + _AUTO_CLOSE
