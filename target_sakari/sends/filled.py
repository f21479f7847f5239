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
    return _comparable(_filled_for(message, text, people)) == _comparable(message.get("message"))


def may_be_made_of(message: Record, text: str, people: Iterable[Record]) -> bool:
    """Whether a message may be a text that Sakari has added to; arguments as of `is_made_of`."""
    whole = _comparable(_filled_for(message, text, people))
    return is_made_of(message, text, people) or (
        bool(whole) and whole in _comparable(message.get("message"))
    )


def _filled_for(message: Record, text: str, people: Iterable[Record]) -> str:
    """A text with what is known of a message's own contact, and then of others."""
    contact = message.get("contact")
    return filled(text, [contact, *people] if isinstance(contact, Mapping) else people)


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
