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
    responses["201"] = _json_body("ContactResponse")


def _contact_put_has_a_body(document: Json) -> None:
    put = _operation(document, f"{_LISTS}/contacts/{{contactId}}", "put")
    put["requestBody"] = _json_body("ContactRequest")


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
        "POST /contacts answers one contact in real integrations; the document says an array",
        _one_created_contact,
    ),
    Contradiction(
        "contact-put-has-a-body",
        "PUT operations have no request body, though their samples send one",
        _contact_put_has_a_body,
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
