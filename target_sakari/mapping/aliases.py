"""By what names people's records hold the fields that Sakari has."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_sakari.routes import Kind

ALIASES: Mapping[Kind, Mapping[str, tuple[str, ...]]] = {
    "contacts": {
        "id": ("sakari id", "sakari contact id"),
        "mobile": (
            "mobile", "mobile number", "mobile phone", "mobile phone number", "mobile no",
            "cell", "cell number", "cell phone", "cell phone number",
            "sms", "sms number", "msisdn",
            "phone", "phone number", "phone no", "telephone", "telephone number", "tel",
        ),
        "country": (
            "mobile country", "phone country", "country iso", "iso country", "country",
            "country code",
        ),
        "firstName": ("first name", "given name", "forename", "first", "fname"),
        "lastName": ("last name", "surname", "family name", "last", "lname"),
        "email": ("email", "email address", "mail", "mail address"),
        "tags": ("tags", "tag", "labels", "label"),
        "attributes": ("attributes", "custom attributes"),
    },
    "templates": {
        "id": ("sakari id", "sakari template id"),
        "name": ("name", "template name"),
        "template": ("template", "text", "body", "message"),
        "type": ("type", "template type"),
        "media": ("media",),
    },
    "campaigns": {
        "id": ("sakari id", "sakari campaign id"),
        "name": ("name", "campaign name"),
        "description": ("description",),
        "template": ("template", "text", "body", "message"),
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
