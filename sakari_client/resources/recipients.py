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

_BUCKET = 7
"""Digits at the end that two writings of a number have in common."""


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
        self._contacts: dict[str, list[Mapping[str, Any]]] = defaultdict(list)

    def add(self, contact: Mapping[str, Any]) -> None:
        """Add a contact, as the API has it."""
        if contact.get("id") is not None:
            self._ids.add(str(contact["id"]))
        digits, _ = _digits(contact)
        if digits:
            self._contacts[digits[-_BUCKET:]].append(contact)

    def know(self, contact: Mapping[str, Any]) -> bool:
        """Whether there is one of the same id, or the same number however it is written.

        A number without its country is read as one of the other's; of two such, ten digits at the
        end are enough to be the same.
        """
        if contact.get("id") is not None and str(contact["id"]) in self._ids:
            return True
        digits, _ = _digits(contact)
        return any(_alike(contact, other) for other in self._contacts.get(digits[-_BUCKET:], ()))


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two contacts have one number."""
    (digits, sure), (other_digits, other_sure) = _digits(one), _digits(other)
    if digits == other_digits:
        return True
    if sure and other_sure:
        return False
    if sure or other_sure:
        open_one, certain = (other, digits) if sure else (one, other_digits)
        if phone.same(open_one, f"+{certain}"):
            return True
    short, long = sorted((digits, other_digits), key=len)
    return len(short) >= _NATIONAL and long.endswith(short)


def _digits(contact: Mapping[str, Any]) -> tuple[str, bool]:
    """The digits of a contact's number, and whether its country is among them."""
    international = phone.of(contact)
    if international is not None:
        return international[1:], True
    # A zero at the beginning stands for the country, or for the way out of one.
    return re.sub(r"[^0-9]", "", phone.number_of(contact) or "").lstrip("0"), False


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
    digits, _ = _digits(contact)
    if contact_id is None and not digits:
        raise InvalidInputError("contacts", "hold one with neither id nor mobile.number.")
    if contact_id is None and len(digits) < _FEWEST:
        raise InvalidInputError(
            "contacts", "hold a mobile.number that is too short to be one; give it as +15551234567."
        )
    return contact


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
