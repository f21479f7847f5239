"""Hashes that tell sends, contents and recipients apart, without telling what they are.

Two values share a hash only if they are the same: what is hashed is JSON, in which nothing can be
moved from one field into the next. Numbers are the same whatever way they are written.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

RecipientKind = Literal["mobile", "contact", "conversation"]


def key_of(
    account_id: str, stream: str, fields: Mapping[str, Any], recipient: str | None = None
) -> str:
    """The key of a send.

    Args:
        account_id: of the Sakari account.
        stream: the record's stream.
        fields: what tells the record from others of its stream: its key properties, or the field
            that the stream's `send_key` names.
        recipient: where the record names several: what this one is known by, kind and value.
    """
    return _hash("send", account_id, stream, fields, recipient)


def content_of(text: str, message_type: str, media: Sequence[str] = ()) -> str:
    """The hash of what is sent: the text before Sakari fills it in, SMS or MMS, the media."""
    return _hash("content", text, message_type, media)


def manner_of(phone_number_group: str | None, conversation_strategy: str | None) -> str:
    """The hash of how it is sent: what is mended of that is asked for again, as the same send."""
    return _hash("manner", phone_number_group, conversation_strategy)


def recipient_of(account_id: str, kind: RecipientKind, value: str) -> str:
    """The hash of who gets it.

    Args:
        account_id: of the Sakari account.
        kind: what the recipient is known by.
        value: the number in E.164, or the id.
    """
    return _hash("recipient", account_id, kind, value)


def _hash(*parts: Any) -> str:
    written = json.dumps([_plain(part) for part in parts], separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()


def _plain(value: Any) -> Any:
    """A value as JSON that no other value has."""
    match value:
        case None | bool() | str():
            return value
        case int() | float() | Decimal():
            return {"number": _number(value)}
        case dt.date() | dt.time():
            return {"time": value.isoformat()}
        case Mapping():
            return {"object": sorted((name, _plain(part)) for name, part in value.items())}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            raise TypeError(f"{type(value).__name__} is no value of a record")


def _number(value: float | Decimal) -> str:
    """A number in the one way: `5`, `5.0` and `5e0` are `5e0`. Nothing is rounded."""
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    sign, digits, exponent = exact.as_tuple()
    if not isinstance(exponent, int):
        return str(exact)  # not a number, or infinite
    written = "".join(map(str, digits))
    kept = written.rstrip("0")
    if not kept:
        return "0"
    return f"{'-' if sign else ''}{kept}e{exponent + len(written) - len(kept)}"
