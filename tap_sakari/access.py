"""Reading fields of a record, which is a dictionary or an object of a type (typed.py)."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec

from tap_sakari.conform import utc_milliseconds

_UTC_MILLISECONDS = len("2024-01-01T00:00:00.000Z")

Get = Callable[[Any], Any]
"""Gets something out of a record."""


@dataclass(frozen=True)
class Access:
    """How to look into records of a kind.

    Attributes:
        at: makes the function that gets the value at a path such as `conversation.phoneNumber`;
            None where there is none.
        text: makes the function that gets the first of the values at some paths that is a text,
            and not empty; None where none is.
        moment: a date-time of the record in UTC with milliseconds; None where it is none.
    """

    at: Callable[[str], Get]
    text: Callable[..., Callable[[Any], str | None]]
    moment: Callable[[Any], str | None]


def _item_at(path: str) -> Get:
    names = path.split(".")

    def get(record: Any) -> Any:
        for name in names:
            record = record.get(name) if isinstance(record, dict) else None
        return record

    return get


def _item_text(*paths: str) -> Callable[[Any], str | None]:
    ways = [_item_at(path) for path in paths]

    def get_text(record: Any) -> str | None:
        found = (get(record) for get in ways)
        return next((one for one in found if one and isinstance(one, str)), None)

    return get_text


def _attribute_at(path: str) -> Get:
    get_attribute = operator.attrgetter(path)

    def get(record: Any) -> Any:
        try:
            found = get_attribute(record)
        except AttributeError:
            return None
        return None if found is msgspec.UNSET else found

    return get


def _attribute_text(*paths: str) -> Callable[[Any], str | None]:
    get_first = operator.attrgetter(paths[0])
    others = [_attribute_at(path) for path in paths[1:]]

    def get_text(record: Any) -> str | None:
        # Nearly always it is the first; every other call would be felt (docs/performance.md).
        try:
            found = get_first(record)
        except AttributeError:
            found = None
        if found and isinstance(found, str):
            return found
        rest = (get(record) for get in others)
        return next((one for one in rest if one and isinstance(one, str)), None)

    return get_text


def _typed_moment(text: Any) -> str | None:
    # The type has looked at the text already: with this length, it is in the one form.
    return text if text is not None and len(text) == _UTC_MILLISECONDS else utc_milliseconds(text)


DICTIONARY = Access(_item_at, _item_text, utc_milliseconds)
TYPED = Access(_attribute_at, _attribute_text, _typed_moment)


def latest(records: list[Any], name: str) -> Any:
    """The largest value of a field at the top of records of either kind; None if none has it."""
    values = (
        record.get(name) if isinstance(record, dict) else getattr(record, name, None)
        for record in records
    )
    return max(filter(None, values), default=None)
