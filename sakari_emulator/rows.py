"""What the account stores: one small class per resource.

Rows hold facts, not answers: times are milliseconds since 1970, and a number is kept both in
E.164 and as it was typed. `shapes` turns a row into what the API would say. Slots instead of
dictionaries let some 300,000 messages fit in a few hundred megabytes.
"""

from __future__ import annotations

from typing import Any

import msgspec

Json = dict[str, Any]


class Row(msgspec.Struct, kw_only=True):
    """What every resource has.

    Attributes:
        id: 24 hex digits, of which the last six count up within the resource.
        created: Milliseconds since 1970, UTC.
        updated: Likewise, never before `created`.
        created_by: The `by` of `created`.
        updated_by: The `by` of `updated`.
    """

    id: str
    created: int
    updated: int
    created_by: Json
    updated_by: Json


class Mobile(msgspec.Struct, frozen=True):
    """A contact's number; changed by `ContactTable.give`, which finds contacts by it.

    Attributes:
        number: E.164.
        typed: As it was sent, or as a person in that country would write it.
        country: ISO 3166 alpha-2.
        verified: ISO 8601, or None.
        valid: Whether the number can exist.
        line_type: Such as "mobile".
    """

    number: str
    typed: str
    country: str
    verified: str | None = None
    valid: bool = True
    line_type: str | None = None


class Person(msgspec.Struct, frozen=True):
    """A contact as it was when a message or conversation was made."""

    id: str
    first_name: str | None
    last_name: str | None
    email: str | None
    mobile: Mobile | None


class Phone(msgspec.Struct, frozen=True):
    """A number that belongs to the account."""

    id: str
    number: str
    country: str


class Contact(Row, kw_only=True):
    """Contact of sections Contact and ContactRequest, with the newer documented fields.

    `opt_in` and `blocked` are ISO 8601 times; `others` holds activecampaign, hubspot, pipedrive.
    """

    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None
    mobile: Mobile | None = None
    tags: list[Json] = []
    lists: list[Json] = []
    attributes: Json = {}
    opt_in: str | None = None
    blocked: str | None = None
    others: Json = {}
    valid: bool = True
    error: Json | None = None

    def person(self) -> Person:
        """The part of the contact that messages and conversations keep."""
        return Person(self.id, self.first_name, self.last_name, self.email, self.mobile)


class Conversation(Row, kw_only=True):
    """Conversation; `closes` is the time it shuts by itself, or None while it stays open."""

    contact: Person | None
    phone: Phone
    group_id: str | None
    closes: int | None = None
    last_message: Message | None = None
    unread: tuple[str, ...] = ()


class Message(Row, kw_only=True):
    """Message; UNSET stands for a field that is not there, None for null."""

    contact: Person | None
    conversation: Conversation | None
    group_id: str | None
    phone: Phone | None
    job_id: str | None
    type: str
    template: str | None
    text: str
    status: str
    outgoing: bool
    country: str
    segments: int
    price: float | msgspec.UnsetType | None
    read: bool | msgspec.UnsetType
    media: list[Json]
    error: Json | None
    send_at: int | None = None


class Template(Row, kw_only=True):
    """Template; an update can erase its name and text."""

    name: str | None
    type: str
    template: str | None
    media: list[Json]


class Campaign(Row, kw_only=True):
    """Campaign; `fields` holds all but id, created and updated as the API shows them."""

    fields: Json


class Webhook(Row, kw_only=True):
    """Webhook."""

    url: str
    event_types: list[str]


class Call(Row, kw_only=True):
    """Call of the newer documentation."""

    contact: Person | None
    phone: Phone
    direction: str
    status: str


class Link(Row, kw_only=True):
    """Link of the newer documentation; `fields` as of campaigns."""

    fields: Json


class Form(Row, kw_only=True):
    """LeadForm of the newer documentation; `active` is ISO 8601, or None."""

    name: str
    impressions: int
    conversions: int
    active: str | None
