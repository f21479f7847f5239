"""Events that Sakari posts to a webhook: read, named, and told apart from their repetitions.

Two shapes are accepted. `{accountId, eventType, payload}` is what is really posted (Sakari's help
centre and clients in use); the payload of a message event is a message plus `accountId`, those of
other events are not documented. `{eventId, type, accountId, data}` is that of the OpenAPI document
1.0.1, whose names of types are translated.

Sakari documents no signature, so there is nothing here that proves who posted an event. Compare
`account_id` with your own, keep the webhook's URL secret, and ask the API for what matters.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sakari_client.errors import InvalidEventError
from sakari_client.http.answers import decode

EVENT_TYPES = (
    "contact-created", "contact-updated", "contact-removed",
    "message-received", "message-sent", "message-status",
    "conversation-started", "conversation-closed",
    "contact-opt-out", "contact-opt-in", "list-opt-out", "list-opt-in",
)  # fmt: skip
"""What can be subscribed to by the OpenAPI document 1.0.1 (`POST /webhooks`), and
`conversation-closed`, which only its schema `Webhook` and the hub's list have."""

_ACCOUNT = "account"
"""A type of the documented shape alone: the account's balance changed."""

_TODAYS_NAMES = {"messageStatus": "message-status", "messageIncoming": "message-received"}

Shape = Literal["real", "documented"]
_SHAPES: dict[Shape, tuple[str, str]] = {
    "real": ("eventType", "payload"),
    "documented": ("type", "data"),
}
"""The fields that hold an event's type and its content."""


@dataclass(frozen=True)
class Event:
    """One event.

    Attributes:
        type: one of `EVENT_TYPES`, or `account`; an unknown type as it was sent.
        known: whether the type is one of those.
        account_id: the account that the sender claims it is about.
        payload: the content as sent. Holds personal data, so the event's repr leaves it out.
        key: what to deduplicate by, a SHA-256 in hex: the same for a repetition.
        shape: in which of the two shapes the event came.
    """

    type: str
    known: bool
    account_id: str
    payload: dict[str, Any] = field(repr=False, hash=False)
    key: str
    shape: Shape

    @property
    def message_id(self) -> str | None:
        """The message that a message event is about; None where the event does not say."""
        return _id(self.payload.get("id")) if _is_of_message(self.type) else None

    @property
    def status(self) -> str | None:
        """The status of that message, such as `delivered`."""
        status = self.payload.get("status")
        return status if isinstance(status, str) and _is_of_message(self.type) else None


def parse(body: bytes | str | Mapping[str, Any]) -> Event:
    """Read what was posted to a webhook: the body of the request, or the object in it.

    Nothing is checked but the shape: see above on who may have posted it.

    Raises:
        InvalidEventError: this is no event.
    """
    document = _read(body)
    for shape, (type_field, payload_field) in _SHAPES.items():
        if type_field in document and payload_field in document:
            return _event(document, shape, type_field, payload_field)
    raise InvalidEventError("body", "has neither eventType and payload nor type and data")


def _read(body: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """The object that was posted. One that was decoded already goes the same way as text."""
    try:
        text = json.dumps(dict(body)) if isinstance(body, Mapping) else body
        document = decode(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text)
    except (TypeError, ValueError, RecursionError):
        raise InvalidEventError("body", "is not JSON") from None
    if not isinstance(document, dict):
        raise InvalidEventError("body", "is not an object")
    return document


def _event(document: dict[str, Any], shape: Shape, type_field: str, payload_field: str) -> Event:
    account_id = _text(document, "accountId")
    sent_type = _text(document, type_field)
    kind = _TODAYS_NAMES.get(sent_type, sent_type)
    payload = document[payload_field]
    if not isinstance(payload, dict):
        raise InvalidEventError(payload_field, "is not an object")
    return Event(
        type=kind,
        known=kind in EVENT_TYPES or kind == _ACCOUNT,
        account_id=account_id,
        payload=payload,
        key=_key(account_id, *_identity(_id(document.get("eventId")), kind, payload)),
        shape=shape,
    )


def _text(document: dict[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidEventError(name, "is missing or not text")
    return value


def _key(*identity: Any) -> str:
    """Hash all of it: an id is as its sender made it, so it may be long, or somebody's number."""
    return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()


def _identity(event_id: str | None, kind: str, payload: dict[str, Any]) -> tuple[Any, ...]:
    """What makes an event this one and no other."""
    if event_id:
        return "event", event_id
    record_id, occasion = _id(payload.get("id")), _occasion(kind, payload)
    if record_id and occasion:
        return "record", kind, record_id, occasion
    return "content", kind, payload


def _occasion(kind: str, payload: dict[str, Any]) -> str | None:
    """What differs between two events of one type about one record."""
    if _is_of_message(kind):
        occasion = payload.get("status")
    elif kind.startswith("list-"):
        return None  # a contact may leave two lists at one moment
    else:
        # A record is created once. Of other events that date would make one of all: a contact
        # who opts out for the second time must not pass for a repetition.
        stamp = payload.get("created" if kind == "contact-created" else "updated")
        occasion = stamp.get("at") if isinstance(stamp, dict) else stamp
    return occasion if isinstance(occasion, str) else None


def _is_of_message(kind: str) -> bool:
    return kind.startswith("message-")


def _id(value: Any) -> str | None:
    """An id as text; some servers count."""
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
