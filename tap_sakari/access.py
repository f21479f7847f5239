"""Reading fields of a record, which is a dictionary or an object of a type (typed.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_sakari.conform import utc_milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable

_UTC_MILLISECONDS = len("2024-01-01T00:00:00.000Z")


@dataclass(frozen=True)
class Access:
    """How to look into a record.

    Attributes:
        get: the value of a field; None where it is null or not there, or this is no object.
        moment: a date-time of the record in UTC with milliseconds; None where it is none.
    """

    get: Callable[[Any, str], Any]
    moment: Callable[[Any], str | None]

    def at(self, stamp: Any) -> str | None:
        """When something happened: `created` and `updated` are `{at, by}`, or only the date."""
        return self.moment(stamp if isinstance(stamp, str) else self.get(stamp, "at"))

    def number(self, phone: Any) -> str | None:
        """The number of a phone number, which is an object or only the number."""
        number = phone if isinstance(phone, str) else self.get(phone, "number")
        return number if isinstance(number, str) else None


def _get_item(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


def _get_attribute(value: Any, name: str) -> Any:
    # What is not set is false.
    return getattr(value, name, None) or None


def _typed_moment(text: Any) -> str | None:
    # The type has looked at the text already: with this length, it is in the one form.
    return text if text is not None and len(text) == _UTC_MILLISECONDS else utc_milliseconds(text)


DICTIONARY = Access(_get_item, utc_milliseconds)
TYPED = Access(_get_attribute, _typed_moment)


def field(record: Any, name: str) -> Any:
    """A field at the top of a record of either kind; None where it is null or not there."""
    return (DICTIONARY if isinstance(record, dict) else TYPED).get(record, name)
