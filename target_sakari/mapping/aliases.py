"""By what names people's records hold the fields that Sakari has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_sakari.routes import Kind

_MOBILE = (
    "mobile", "mobile number", "mobile phone", "mobile phone number", "mobile no",
    "cell", "cell number", "cell phone", "cell phone number",
)  # fmt: skip
_PHONE = (
    "phone", "phone number", "phone no", "telephone", "telephone number", "tel",
)  # fmt: skip
_COUNTRY = (
    "mobile country", "phone country", "country iso", "iso country", "country", "country code",
)  # fmt: skip
_FIRST_NAME = ("first name", "given name", "forename", "first", "fname")
_LAST_NAME = ("last name", "surname", "family name", "last", "lname")
_ATTRIBUTES = ("attributes", "custom attributes")
_TEXT = ("template", "text", "body", "message")

ALIASES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "contacts": {
        "id": ("sakari id", "sakari contact id"),
        "mobile": (*_MOBILE, "sms", "sms number", "msisdn", *_PHONE),
        "country": _COUNTRY,
        "firstName": _FIRST_NAME,
        "lastName": _LAST_NAME,
        "email": ("email", "email address", "mail", "mail address"),
        "tags": ("tags", "tag", "labels", "label"),
        "attributes": _ATTRIBUTES,
    },
    "messages": {
        "sakariContactId": ("sakari contact id", "sakari id"),
        "contacts": ("contacts", "contact", "recipients", "recipient"),
        # Not `sms`, which may as well be the text.
        "mobile": ("to", "to number", *_MOBILE, "sms number", "msisdn", *_PHONE),
        "country": _COUNTRY,
        "conversations": (
            "conversations", "conversation", "sakari conversation id", "conversation id",
        ),
        "tags": ("tags", "tag"),
        "filters": ("filters",),
        "template": _TEXT,
        "templateName": ("template name",),
        "templateId": ("sakari template id", "template id"),
        "type": ("type", "message type"),
        "media": ("media", "media url", "media urls"),
        "sendAt": ("send at",),
        "phoneNumberGroup": ("phone number group", "phone number group id"),
        "conversationStrategy": ("conversation strategy",),
        "firstName": _FIRST_NAME,
        "lastName": _LAST_NAME,
        "attributes": _ATTRIBUTES,
    },
    "templates": {
        "id": ("sakari id", "sakari template id"),
        "name": ("name", "template name"),
        "template": _TEXT,
        "type": ("type", "template type"),
        "media": ("media",),
    },
    "campaigns": {
        "id": ("sakari id", "sakari campaign id"),
        "name": ("name", "campaign name"),
        "description": ("description",),
        "template": _TEXT,
        "trigger": ("trigger",),
        "filters": ("filters",),
        "media": ("media",),
        "phoneNumberFilter": ("phone number filter",),
        "schedule": ("schedule",),
        "reporting": ("reporting",),
        "fieldMappings": ("field mappings",),
    },
    "conversations": {
        "id": ("sakari id", "sakari conversation id", "conversation id", "id"),
        "closed": ("is closed", "closed"),
    },
    "webhooks": {
        "url": ("url", "destination", "callback url"),
        "eventTypes": ("event types", "events", "event type"),
    },
}  # fmt: skip
"""For each kind: the names of a field of Sakari's, the surest first; see `comparable`."""


def comparable(name: str) -> str:
    """A name as aliases are compared: `First_Name` and `first name` are both `firstname`."""
    return "".join(character for character in name.casefold() if character.isalnum())


def markdown_rows(kind: Kind) -> list[str]:
    """The table of a kind for the docs: heading, and a row for each field."""
    rows = [f"| `{field}` | {', '.join(names)} |" for field, names in ALIASES[kind].items()]
    return ["| field | names, the surest first |", "| --- | --- |", *rows]
