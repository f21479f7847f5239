"""A text with its placeholders filled in, as Sakari fills them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from target_sakari.guards.plain import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sakari_client.resources.base import Record

_PLACEHOLDER = re.compile(r"\{{2,3}\s*(?:contact\.)?([\w.]+)\s*\}{2,3}")

_CHANGED = re.compile(r"\{{2,3}\s*[\w.]+\s*\}{2,3}|https?://\S+")
"""What Sakari may list otherwise than it was asked for, and than it would be today."""


def is_made_of(message: Record, text: str, people: Iterable[Record]) -> bool:
    """Whether a message certainly is a text.

    Where Sakari lists the template, that is compared. Else the placeholders are filled in; if what
    they stood for has changed since, the message is not known again.

    Args:
        message: as Sakari lists it.
        text: as it was asked for.
        people: what is known of who gets it, the surest first, but for the message's own contact.
    """
    template = message.get("template")
    if isinstance(template, str) and template:
        return _comparable(template) == _comparable(text)
    contact = message.get("contact")
    known = [contact, *people] if isinstance(contact, Mapping) else people
    return _comparable(filled(text, known)) == _comparable(message.get("message"))


def may_be_made_of(message: Record, text: str, people: Iterable[Record]) -> bool:
    """Whether a message may be a text; arguments as of `is_made_of`.

    Sakari may have added to it, have shortened its links, or have filled in other names.
    """
    parts = map(_comparable, _CHANGED.split(text))
    pattern = ".*".join(re.escape(one) for one in parts if one)
    listed = _comparable(message.get("message"))
    return is_made_of(message, text, people) or re.search(pattern, listed) is not None


def filled(text: str, people: Iterable[Mapping[str, Any]]) -> str:
    """A text with what is known of a person; blank where nobody knows it."""
    values: dict[str, Any] = {}
    for one in people:
        attributes = one.get("attributes")
        own = {name: value for name, value in one.items() if _is_shown(value)}
        if isinstance(attributes, Mapping):
            more = {name: value for name, value in attributes.items() if _is_shown(value)}
            own = {**more, **{f"attributes.{name}": value for name, value in more.items()}, **own}
        values = {**own, **values}
    return _PLACEHOLDER.sub(lambda match: str(values.get(match[1], "")), text)


def _is_shown(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _comparable(text: Any) -> str:
    """A text but for its blanks, and what `plain_characters` or Sakari may have made plain."""
    return " ".join(plain(text).split()) if isinstance(text, str) else ""
