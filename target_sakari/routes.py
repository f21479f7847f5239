"""Where the records of a stream go, and what is done with them there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

Kind = Literal["contacts", "messages", "templates", "campaigns", "conversations", "webhooks"]
"""What a record becomes in Sakari."""

KINDS: tuple[Kind, ...] = get_args(Kind)
"""All kinds, in the order in which they are written within a batch."""

NAMED: Mapping[str, Kind] = {**{kind: kind for kind in KINDS}, "sends": "messages"}
"""Where streams of these names go, without an entry of `streams`."""

Mode = Literal["upsert", "create", "update", "delete", "mirror"]
"""What is done with a record: see `docs/load-contacts.md`."""

MatchKey = Literal["mobile", "id", "email"]


@dataclass(frozen=True)
class Route:
    """What becomes of the records of one stream: its entry of the setting `streams`, completed.

    Attributes:
        stream: its name as it comes in.
        to: the kind.
        mode: what is done.
        fields: where the record holds what, by the names of Sakari's fields: `{"mobile": "phone"}`.
            Fields that are not here are found by their aliases.
        attributes: names of the record's fields that become a contact's attributes; "all" for
            every field that has no other use.
        match_by: by what a contact is looked for, the surest first.
        tags: whether tags are added to what a contact has, or take the place of it.
        null_clears: whether null clears a field, in place of saying nothing of it.
        delete: whether a record with `_sdc_deleted_at` deletes.
        default_country: of numbers without a country code; ISO 3166, two letters.
        max_delete_percent: of the account's contacts that `mirror` may delete at most.
        send_key: name of the record's field that a send is known by, so that it goes out once.
        allow_history: whether messages that Sakari has sent or received are sent as texts.
        key: the key properties of the stream.
        properties: the names of the stream's fields, by its SCHEMA.
        incremental: whether its SCHEMA says that the tap sends what changed only.
    """

    stream: str
    to: Kind
    mode: Mode = "upsert"
    fields: Mapping[str, str] = field(default_factory=dict)
    attributes: tuple[str, ...] | Literal["all"] = ()
    match_by: tuple[MatchKey, ...] = ("id", "mobile")
    tags: Literal["add", "replace"] = "add"
    null_clears: bool = False
    delete: bool = False
    default_country: str | None = None
    max_delete_percent: float = 10
    send_key: str | None = None
    allow_history: bool = False
    key: tuple[str, ...] = ()
    properties: tuple[str, ...] = ()
    incremental: bool = False


@dataclass(frozen=True)
class Item:
    """One incoming record.

    Attributes:
        position: which of the run, from 0; in the order of arrival.
        route: what is to become of it.
        record: its fields, after stream maps.
        read_at: when the tap read it; None where the tap does not say.
    """

    position: int
    route: Route
    record: Mapping[str, Any] = field(repr=False)
    read_at: dt.datetime | None = None
