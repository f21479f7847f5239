"""What a contact is to become, by what it is and what is to change."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.errors import InvalidInputError
from sakari_client.resources.merge import merged, without

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sakari_client.resources.base import Record

FACTS = ("verified", "valid", "lineType")
"""What Sakari finds out about a number, in `mobile`."""

_NUMBER = frozenset({"number", "country"})
"""What a number itself is made of, in `mobile`."""

_FIELDS = (
    *("mobile", "firstName", "lastName", "email", "tags", "attributes"),
    *("lists", "optIn", "blocked"),
    *("id", "keyId", "valid", "error", "created", "updated"),
)
"""Fields of a contact, as far as they are documented or were seen."""


def with_changes(current: Record, changes: Mapping[str, Any]) -> Record:
    """What a contact is to become; a new number takes over nothing of the old one's.

    Raises:
        InvalidInputError: a field is none, and nearly named like one.
    """
    for name in changes.keys() - current.keys():
        meant = _meant(name)
        if meant:
            raise InvalidInputError(name, f"is no field of a contact; did you mean {meant}?")
    wanted = merged(current, changes)
    before, after = current.get("mobile"), wanted.get("mobile")
    if isinstance(before, dict) and isinstance(after, dict) and _key(current) != _key(wanted):
        wanted["mobile"] = mobile = _of_new_number(after, changes["mobile"])
        number = phone.number_of(wanted)
        # A number without its country code is one of the same country.
        if "country" not in changes["mobile"] and number and number.lstrip().startswith("+"):
            mobile.pop("country", None)
            country = phone.country_of(number)
            mobile.update({"country": country} if country else {})
    return wanted


def _meant(name: str) -> str | None:
    """The field that is meant by what is nearly its name; None for any other name.

    Fields that are not known here may be new ones of Sakari's.
    """
    if name in _FIELDS:
        return None
    found = difflib.get_close_matches(name, _FIELDS, n=1, cutoff=0.8)
    return found[0] if found else None


def _of_new_number(mobile: Record, changes: Mapping[str, Any]) -> Record:
    """What may stay in `mobile` beside a new number: what is given along with it."""
    given = {name: value for name, value in mobile.items() if name in _NUMBER | changes.keys()}
    return without(given, FACTS)


def _key(contact: Record) -> str | None:
    """A contact's number, the same in any writing of it; as written, where it cannot be one."""
    return phone.of(contact) or phone.number_of(contact)
