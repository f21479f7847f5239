"""Who is to get a text, and what goes along: checked before anything goes out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.errors import InvalidInputError

if TYPE_CHECKING:
    from sakari_client.resources.base import Record


_ONLY_A_NUMBER = re.compile(r"[0-9 +()./-]+")
_NATIONAL = 10
"""Digits that are enough to tell a number by, where two are written without their country."""

_FEWEST = 5
"""Digits of the shortest numbers that texts go to: short codes."""

_BUCKET = 4
"""Digits at the end that all writings of a number have in common."""


def number(text: str, country: str | None = None) -> str | None:
    """A text that is a phone number and nothing else, in E.164; None for any other.

    `phonenumbers` by itself also finds a number among words.
    """
    return phone.e164(text, country) if _ONLY_A_NUMBER.fullmatch(text) else None


def is_text(value: Any) -> bool:
    """Whether a value is text, and not only blanks."""
    return isinstance(value, str) and bool(value.strip())


class People:
    """Contacts, to see whether another one is among them, by id or by number."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._numbers: dict[str, list[_Number]] = defaultdict(list)

    def add(self, contact: Mapping[str, Any]) -> None:
        """Add a contact, as the API has it."""
        if contact.get("id") is not None:
            self._ids.add(str(contact["id"]))
        number = _Number(contact)
        if number.digits:
            self._numbers[number.digits[-_BUCKET:]].append(number)

    def know(self, contact: Mapping[str, Any]) -> bool:
        """Whether there is one of the same id, or the same number however it is written.

        A number without its country is read as one of the other's; ten digits at the end are
        enough to be the same then.
        """
        if contact.get("id") is not None and str(contact["id"]) in self._ids:
            return True
        number = _Number(contact)
        return any(map(number.may_be, self._numbers.get(number.digits[-_BUCKET:], ())))

    def sharing(self) -> int:
        """How many of the contacts have a number that another of them has too."""
        return sum(
            any(other is not one and one.may_be(other) for other in alike)
            for alike in self._numbers.values()
            for one in alike
        )


class _Number:
    """The number of a contact, to be compared with those of others.

    Attributes:
        digits: as written; without zeros at the beginning, which stand for the country, or for the
            way out of one. Empty where there is none.
        readings: all that it may be, in E.164.
        is_open: whether its country is not known.
    """

    def __init__(self, contact: Mapping[str, Any]) -> None:
        self._contact = contact
        self.digits = re.sub(r"[^0-9]", "", phone.number_of(contact) or "").lstrip("0")
        self.readings = phone.readings(contact)
        self.is_open = phone.of(contact) is None

    def may_be(self, other: _Number) -> bool:
        """Whether this is, or may be, the same number as another."""
        if not self.readings.isdisjoint(other.readings):
            return True
        if not (self.is_open or other.is_open):
            return False
        if self.is_open and any(phone.same(self._contact, one) for one in other.readings):
            return True
        if other.is_open and any(phone.same(other._contact, one) for one in self.readings):
            return True
        short, long = sorted((self.digits, other.digits), key=len)
        return short == long or (len(short) >= _NATIONAL and long.endswith(short))


def read_recipients(contacts: Any, conversations: Any) -> list[Record]:
    """Those asked for by name: each `{conversation: id}` or `{contact: {…}}`.

    Raises:
        InvalidInputError: one cannot be a recipient, or is there twice.
    """
    threads = _texts("conversations", conversations)
    for thread in threads:
        _check_id("conversations", thread)
    people = [_contact(one) for one in _listed("contacts", contacts)]
    known = People()
    for one in people:
        if known.know(one):
            raise _twice()
        known.add(one)
    if len(set(threads)) < len(threads):
        raise _twice()
    return [*({"conversation": one} for one in threads), *({"contact": one} for one in people)]


def _twice() -> InvalidInputError:
    return InvalidInputError("contacts, conversations", "name somebody twice.")


def read_filters(filters: Any) -> Record:
    """Filters that Sakari knows, as it would silently ignore another, and text too many.

    Raises:
        InvalidInputError: one is another, or empty, or not what Sakari documents.
    """
    if filters is None:
        return {}
    if not isinstance(filters, Mapping):
        raise InvalidInputError("filters", "must be an object of tags and attributes.")
    if not filters.keys() <= {"tags", "attributes"}:
        raise InvalidInputError("filters", "may only have tags and attributes.")
    read: Record = {}
    if "tags" in filters:
        read["tags"] = _texts("filters.tags", filters["tags"])
    if "attributes" in filters:
        read["attributes"] = _listed("filters.attributes", filters["attributes"])
        if not all(isinstance(one, Mapping) and one for one in read["attributes"]):
            raise InvalidInputError("filters.attributes", "must hold objects that are not empty.")
        if any(map(_says_nothing, (value for one in read["attributes"] for value in one.values()))):
            raise InvalidInputError("filters.attributes", "hold a value that is empty.")
    for name, value in read.items():
        if not value:
            raise InvalidInputError(f"filters.{name}", "must not be empty.")
    return read


def _says_nothing(value: Any) -> bool:
    """Whether a value is none to look for; false and 0 are some."""
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, list):
        return not value or any(map(_says_nothing, value))
    return value is None or value == {}


def read_media(media: Any) -> list[Record]:
    """Media as the API has them: `{url}`.

    Raises:
        InvalidInputError: one is not text, or empty.
    """
    return [{"url": url} for url in _texts("media", media)]


def _listed(name: str, given: Any) -> list[Any]:
    if isinstance(given, str | bytes | Mapping) or not isinstance(given, Iterable):
        raise InvalidInputError(name, "must be a list, also of one.")
    return list(given)


def _texts(name: str, given: Any) -> list[str]:
    texts = _listed(name, given)
    if not all(map(is_text, texts)):
        raise InvalidInputError(name, "must hold only texts that are not empty.")
    return texts


def _contact(asked: Any) -> Record:
    """A contact as the API has it. Of one who is only a number, the number tells the country."""
    if isinstance(asked, Mapping):
        return _checked(dict(asked))
    found = number(asked) if isinstance(asked, str) else None
    if found is None:
        raise InvalidInputError(
            "contacts", "hold a number that cannot be one; give it as +15551234567."
        )
    country = phone.country_of(found)
    return {"mobile": {"number": found, **({"country": country} if country else {})}}


def _checked(contact: Record) -> Record:
    contact_id, mobile = contact.get("id"), contact.get("mobile")
    if contact_id is not None and not is_text(contact_id):
        raise InvalidInputError("contacts", "hold an id that is not text, or empty.")
    if contact_id is not None:
        _check_id("contacts", contact_id)
    if mobile is not None and not isinstance(mobile, Mapping):
        raise InvalidInputError("contacts", "hold a mobile that is no object {number, country}.")
    if mobile:
        _check_mobile(mobile)
    if contact_id is None:
        _check_number(contact)
    return contact


def _check_number(contact: Record) -> None:
    """Refuse a number that is none, or more than one."""
    written, digits = phone.number_of(contact), _Number(contact).digits
    if written is None or not digits:
        raise InvalidInputError("contacts", "hold one with neither id nor mobile.number.")
    if phone.is_international(written):
        problem = None if number(written) else "cannot be one"
    elif len(digits) < _FEWEST:
        problem = "is too short to be one"
    else:
        ambiguous = len(phone.readings(contact)) > 1
        problem = "may begin with the country code, or may not" if ambiguous else None
    if problem:
        raise InvalidInputError(
            "contacts", f"hold a mobile.number that {problem}; give it as +15551234567."
        )


def _check_mobile(mobile: Mapping[str, Any]) -> None:
    written, country = mobile.get("number"), mobile.get("country")
    if written is not None and not isinstance(written, str):
        raise InvalidInputError("contacts", "hold a mobile.number that is not text.")
    if country is not None and not isinstance(country, str):
        raise InvalidInputError("contacts", "hold a mobile.country that is not text, as US.")
    if any(character.isalpha() for character in written or ""):
        raise InvalidInputError(
            "contacts", "hold a mobile.number with letters in it; give it as +15551234567."
        )


def _check_id(name: str, value: str) -> None:
    """Refuse what would be another id than the same one without its blanks."""
    if value != value.strip():
        raise InvalidInputError(name, "hold an id with blanks around it; leave them out.")
