"""Every writing request of the client, held against Sakari's own document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from sakari_client.client import SakariClient
from tests.contract.openapi import check_request
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable

ID = "64b0c0ffee0000000000a001"
CONTACT: dict[str, Any] = {
    "mobile": {"number": "+12125550123", "country": "US"},
    "firstName": "Ada",
    "lastName": "Byron",
    "email": "ada@example.com",
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"plan": "pro"},
}
TEMPLATE = {"name": "Welcome", "type": "SMS", "template": "Hi {{firstName}}"}
CAMPAIGN = {
    "trigger": {"code": "M"},
    "template": "Hi",
    "filters": {"contacts": [ID], "tags": ["vip"], "attributes": ["plan"]},
}
PAID = {"name": "plan", "comparator": "=", "value": "pro"}
HOOK = "https://example.com/a?b"
CALLS: dict[str, Callable[[SakariClient], Any]] = {
    "POST /contacts": lambda s: s.contacts.create(CONTACT),
    "POST /contacts?mergeStrategy=core": lambda s: s.contacts.upsert(CONTACT, merge="core"),
    "POST /contacts?mergeStrategy=append": lambda s: list(s.contacts.upload([CONTACT])),
    f"PUT /contacts/{ID}": lambda s: s.contacts.replace(ID, CONTACT),
    f"DELETE /contacts/{ID}": lambda s: s.contacts.delete(ID),
    "POST /messages": lambda s: s.messages.send(
        "Hi",
        contacts=["+12125550123", {"id": ID}],
        conversations=[ID],
        filters={
            "tags": ["vip"],
            "attributes": [{"name": "plan", "comparator": "=", "value": "x"}],
        },
        media=["https://example.com/a.png"],
        conversation_strategy="open",
        phone_number_group=ID,
    ),
    "POST /templates": lambda s: s.templates.create(TEMPLATE),
    f"PUT /templates/{ID}": lambda s: s.templates.replace(ID, TEMPLATE),
    f"DELETE /templates/{ID}": lambda s: s.templates.delete(ID),
    "POST /campaigns": lambda s: s.campaigns.create(CAMPAIGN),
    f"PUT /campaigns/{ID}": lambda s: s.campaigns.replace(ID, CAMPAIGN),
    f"DELETE /campaigns/{ID}": lambda s: s.campaigns.delete(ID),
    f"PUT /conversations/{ID}/close": lambda s: s.conversations.close(ID),
    "POST /webhooks": lambda s: s.webhooks.subscribe(
        "https://example.com/a?b", ["contact-created"]
    ),
    "DELETE /webhooks/https%3A%2F%2Fexample.com%2Fa%3Fb": lambda s: s.webhooks.unsubscribe(HOOK),
    "POST /v1/tools/sharefile": lambda s: s.files.share(b"x"),
    "POST /v1/tools/sharefile ": lambda s: s.files.share(b"x", as_form=True),
}


@pytest.mark.parametrize("asked", CALLS)
def test_a_write_is_as_the_document_has_it(asked: str) -> None:
    body = {"success": True, "data": {"id": ID, "link": "https://skri.io/x"}}
    config = {"client_id": "i", "client_secret": "s", "account_id": ID}
    with odd_server(answer(json.dumps(body).encode())) as server:
        with SakariClient.from_settings({**config, "api_url": server.url}) as sakari:
            CALLS[asked](sakari)
    method, target, _ = server.heads[-1].split(" ", 2)
    parts = urlsplit(target)
    verb, path = asked.strip().split(" ")
    prefix = "" if path.startswith("/v1/") else f"/v1/accounts/{ID}"
    assert (method, target) == (verb, prefix + path)
    kind = _header(server.heads[-1], "content-type").split(";")[0]
    check_request(
        method, parts.path, dict(parse_qsl(parts.query)), _content(kind, server.bodies[-1]), kind
    )


def _header(head: str, name: str) -> str:
    fields = [line.partition(":") for line in head.splitlines()[1:]]
    return next((value.strip() for key, _, value in fields if key.lower() == name), "")


def _content(kind: str, body: bytes) -> Any:
    """What the document describes: an object, a text, or nothing."""
    if kind == "application/json":
        return json.loads(body)
    if kind == "multipart/form-data":
        return {"media": "x"}
    return body.decode() if body else None
