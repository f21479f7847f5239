"""Where the document of version 1.0.1 is not what Sakari does, one by one.

Each entry corrects the document in one respect, so that everything else in it still holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.contract import newer

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]


@dataclass(frozen=True)
class Contradiction:
    """One departure from the document.

    Attributes:
        name: What a failing test calls it.
        reason: Why the document cannot be right here.
        correct: Corrects the document, in place.
    """

    name: str
    reason: str
    correct: Callable[[Json], None]


_ERROR: Json = {
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorResponse"}}}
}
_LISTS = "/v1/accounts/{accountId}"


def _schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def _operation(document: Json, path: str, method: str) -> Json:
    found: Json = document["paths"][path][method]
    return found


def _json_body(schema: str) -> Json:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def _errors_everywhere(document: Json) -> None:
    for operations in document["paths"].values():
        for operation in operations.values():
            for status in ("4XX", "5XX"):
                operation["responses"].setdefault(status, _ERROR)


def _one_created_contact(document: Json) -> None:
    responses = _operation(document, f"{_LISTS}/contacts", "post")["responses"]
    # Everything in the document is optional, so that either schema would take the other's answer.
    forms = [_with("ContactResponse", "id"), _with("ContactUploadResponse", "submitted")]
    responses["201"] = {"content": {"application/json": {"schema": {"oneOf": forms}}}}


def _with(schema: str, name: str) -> Json:
    """The schema where `data` has that property."""
    there = {"properties": {"data": {"type": "object", "required": [name]}}}
    return {"allOf": [{"$ref": f"#/components/schemas/{schema}"}, there]}


def _puts_have_bodies(document: Json) -> None:
    for name, schema in (
        ("contact", "Contact"),
        ("template", "Template"),
        ("campaign", "Campaign"),
    ):
        put = _operation(document, f"{_LISTS}/{name}s/{{{name}Id}}", "put")
        put["requestBody"] = _json_body(f"{schema}Request")


def _subscribed_is_a_url(document: Json) -> None:
    _subscription(document)["required"] = ["url"]


def _one_set_of_events(document: Json) -> None:
    asked = _subscription(document)["properties"]["eventTypes"]["items"]
    shown = _schema(document, "Webhook")["properties"]["eventTypes"]["items"]
    asked["enum"] = shown["enum"] = sorted({*asked["enum"], *shown["enum"]})


def _subscription(document: Json) -> Json:
    body = _operation(document, f"{_LISTS}/webhooks", "post")["requestBody"]
    found: Json = body["content"]["application/json"]["schema"]
    return found


def _newer_trigger(document: Json) -> None:
    trigger = _schema(document, "CampaignRequest")["properties"]["trigger"]
    trigger["properties"]["code"]["enum"].append("V2")


def _closed_is_a_time(document: Json) -> None:
    closed = {"type": "string", "format": "date-time", "nullable": True}
    _schema(document, "Conversation")["properties"]["closed"] = closed


def _identifiers_may_be_null(document: Json) -> None:
    properties = _schema(document, "ContactIdentifiers")["properties"]
    for name in ("firstName", "lastName", "email"):
        properties[name]["nullable"] = True


def _error_may_be_null(document: Json) -> None:
    _schema(document, "Error")["nullable"] = True


def _price_may_be_null(document: Json) -> None:
    _schema(document, "Message")["properties"]["price"]["nullable"] = True


def _webhooks_are_paged(document: Json) -> None:
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in ("offset", "limit")]
    _operation(document, f"{_LISTS}/webhooks", "get")["parameters"] += parameters


CONTRADICTIONS = (
    Contradiction(
        "errors-everywhere",
        "ErrorResponse is declared for some operations only, yet its prose promises it for all",
        _errors_everywhere,
    ),
    Contradiction(
        "one-created-contact",
        "POST /contacts answers one contact in real integrations, unless it was a CSV file; the "
        "document says an array",
        _one_created_contact,
    ),
    Contradiction(
        "puts-have-bodies",
        "PUT operations have no request body, though their samples send one",
        _puts_have_bodies,
    ),
    Contradiction(
        "subscribed-is-a-url",
        "POST /webhooks requires callbackUrl, a property it does not have; its sample sends url",
        _subscribed_is_a_url,
    ),
    Contradiction(
        "one-set-of-events",
        "a webhook shows other event types than those that can be subscribed to",
        _one_set_of_events,
    ),
    Contradiction(
        "newer-trigger",
        "campaigns have the trigger V2 in newer documentation only",
        _newer_trigger,
    ),
    Contradiction(
        "closed-is-a-time",
        "a conversation's closed is a date-time or null in current documents and real payloads",
        _closed_is_a_time,
    ),
    Contradiction(
        "identifiers-may-be-null",
        "names and addresses that a contact lacks come as null",
        _identifiers_may_be_null,
    ),
    Contradiction(
        "error-may-be-null",
        "a contact without an error was seen with error null",
        _error_may_be_null,
    ),
    Contradiction(
        "price-may-be-null",
        "a message that has no price yet may say so with null",
        _price_may_be_null,
    ),
    Contradiction(
        "webhooks-are-paged",
        "the list of webhooks answers with pagination, but documents no offset and limit",
        _webhooks_are_paged,
    ),
    Contradiction(
        "newer-resources",
        "calls, links, forms, balance and the account are in newer documentation only",
        newer.add,
    ),
)
