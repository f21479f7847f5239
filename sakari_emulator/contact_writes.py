"""Creating, updating and deleting contacts.

What mergeStrategy and PUT do to fields that are not sent is only partly documented; "append",
"core" and "remove" follow the CSV upload of the hub (help article 360038871612), which calls first
name, last name and email the core fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sakari_emulator import numbers
from sakari_emulator.bodies import objects, of_kind
from sakari_emulator.errors import (
    DUPLICATE,
    INVALID_NUMBER,
    ApiError,
    bad_request,
    not_found,
)
from sakari_emulator.row_writes import remove, stamp, touch
from sakari_emulator.rows import Contact, Json, Mobile

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.switches import Switches

STRATEGIES = ("append", "core", "remove")

_TEXTS = {
    "firstName": "first_name",
    "lastName": "last_name",
    "email": "email",
    "optIn": "opt_in",
    "blocked": "blocked",
}
_CORE = ("first_name", "last_name", "email")


@dataclass(frozen=True)
class Writes:
    """Writes contacts of one account under the switches of one request.

    Attributes:
        account: Whose contacts.
        switches: Those of the request.
    """

    account: Account
    switches: Switches

    def create(self, body: Json, strategy: str | None) -> Contact:
        """POST /contacts with one contact.

        Raises:
            ApiError: The number cannot be one, or is taken and the switch `duplicate` minds.
        """
        fields = read_fields(body)
        if "mobile" not in fields:
            raise ApiError(400, INVALID_NUMBER, "Invalid mobile number")
        known = self.account.contacts.by_number(fields["mobile"].number)
        if known is None:
            return self.add(fields)
        if strategy is None and self.switches.duplicate == "error":
            raise ApiError(400, DUPLICATE, "A contact with this mobile number exists")
        if strategy == "remove":
            fields = _whole(fields)
        elif strategy == "core":
            fields = _added(known, {name: fields[name] for name in _CORE if name in fields})
        elif self.switches.append == "adds":
            fields = _added(known, fields)
        return self._changed(known, fields)

    def update(self, contact_id: str, body: Json) -> Contact:
        """PUT /contacts/{contactId}.

        Raises:
            ApiError: No such contact, or the number is invalid or another contact's.
        """
        contact = self.account.contacts.find(contact_id)
        if contact is None:
            raise not_found("contact")
        fields = read_fields(body)
        if "mobile" in fields:
            other = self.account.contacts.by_number(fields["mobile"].number)
            if other is not None and other is not contact:
                raise ApiError(400, DUPLICATE, "Another contact has this mobile number")
        return self._changed(contact, _whole(fields) if self.switches.put == "replace" else fields)

    def delete(self, contact_id: str) -> None:
        """DELETE /contacts/{contactId}: gone for good; its messages stay.

        Raises:
            ApiError: No such contact, unless the switch `delete_missing` says 200.
        """
        contact = self.account.contacts.find(contact_id)
        remove(self.account.contacts, contact, "contact", self.switches)

    def add(self, fields: dict[str, Any]) -> Contact:
        """A new contact, created now."""
        contact = Contact(**stamp(self.account, "contacts"), **fields)
        self.account.contacts.add(contact)
        return contact

    def _changed(self, contact: Contact, fields: dict[str, Any]) -> Contact:
        for name, value in fields.items():
            if name == "mobile":
                self.account.contacts.give(contact, value)
            else:
                setattr(contact, name, value)
        touch(self.account, contact)
        self.account.tell("contact-updated", contact)
        return contact


def key_id(contact: Contact) -> str:
    """The undocumented `keyId` that answers to writes were seen to carry."""
    return contact.id[::-1]


def read_fields(body: Json) -> dict[str, Any]:
    """The writable fields of a contact that the body mentions; unknown ones are ignored.

    Raises:
        ApiError: A field is of the wrong kind, or the number cannot be one.
    """
    fields: dict[str, Any] = {}
    for name, attribute in _TEXTS.items():
        if name in body:
            fields[attribute] = of_kind(body, name, str)
    if body.get("mobile") is not None:
        fields["mobile"] = _mobile(of_kind(body, "mobile", dict))
    if "attributes" in body:
        fields["attributes"] = of_kind(body, "attributes", dict) or {}
    if "lists" in body:
        fields["lists"] = objects(of_kind(body, "lists", list) or [], "a list")
    if "tags" in body:
        fields["tags"] = [_tag(tag) for tag in of_kind(body, "tags", list) or []]
    return fields


def _mobile(sent: Json) -> Mobile:
    number, country = sent.get("number"), sent.get("country")
    if country is not None and not isinstance(country, str):
        raise bad_request("mobile.country must be a string")
    mobile = numbers.read(number, country) if isinstance(number, str) else None
    if mobile is None:
        raise ApiError(400, INVALID_NUMBER, "Invalid mobile number")
    return mobile


def _tag(tag: Any) -> Json:
    if isinstance(tag, str):
        return {"tag": tag, "visible": True}
    if isinstance(tag, dict) and isinstance(tag.get("tag"), str):
        return {"tag": tag["tag"], "visible": tag.get("visible", True)}
    raise bad_request("a tag is {tag, visible} or a string")


def _whole(fields: dict[str, Any]) -> dict[str, Any]:
    """What was sent as all that the contact has: whatever is not mentioned is erased."""
    empty: dict[str, Any] = {
        **dict.fromkeys(_TEXTS.values()),
        "mobile": None,
        "tags": [],
        "lists": [],
        "attributes": {},
    }
    return {**empty, **fields}


def _added(contact: Contact, fields: dict[str, Any]) -> dict[str, Any]:
    """What was sent added to what the contact has; nulls change nothing."""
    result = {name: value for name, value in fields.items() if value is not None}
    if "tags" in result:
        known = {tag["tag"] for tag in contact.tags}
        result["tags"] = contact.tags + [tag for tag in result["tags"] if tag["tag"] not in known]
    if "lists" in result:
        listed = {item.get("id") for item in contact.lists}
        result["lists"] = contact.lists + [x for x in result["lists"] if x.get("id") not in listed]
    if "attributes" in result:
        result["attributes"] = {**contact.attributes, **result["attributes"]}
    return result
