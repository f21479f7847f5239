"""Every answer of the emulator, held against Sakari's own document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sakari_emulator.account import EVENT_TYPES, STREAMS
from sakari_emulator.server import EmulatorServer
from tests.contract.contradictions import CONTRADICTIONS
from tests.contract.openapi import JSON, Contract, check_request, check_response, contract
from tests.emulator.conftest import Api

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT = "/v1/accounts/a"
HOOK = "https://hooks.example.com/a%20b?k=1%2F2&l=+"
TEMPLATE = {"name": "Reminder", "template": "Hi {{{firstName}}}", "type": "SMS"}
CAMPAIGN = {
    "name": "Spring",
    "trigger": {"code": "V2"},
    "filters": {"tags": ["vip"]},
    "template": "Hi",
    "reporting": {"when": "NoReport"},
}
ADA = {"firstName": "Ada", "mobile": {"number": "+12125550188", "country": "US"}}


@dataclass(frozen=True)
class Exchange:
    """A request and its answer."""

    method: str
    path: str
    status: int
    answer: Any
    body: Any = None
    query: dict[str, Any] = field(default_factory=dict)
    kind: str = JSON

    def check(self, against: Contract) -> None:
        against.check_request(self.method, self.path, self.query, self.body, self.kind)
        against.check_response(self.method, self.path, self.status, self.answer)


@pytest.fixture(scope="module")
def api() -> Iterator[Api]:
    with EmulatorServer(contacts=200, messages=400, seed=3) as server:
        client = Api(server)
        client.log_in()
        yield client
        client.session.close()


@pytest.fixture(scope="module")
def exchanges(api: Api) -> list[Exchange]:
    """Something of everything the emulator can answer in its default shapes."""

    def exchange(method: str, path: str, body: Any = None, **query: Any) -> Exchange:
        response = api.write(method, path, body, **query)
        answer = response.json() if response.content else None
        return Exchange(method, f"{ACCOUNT}/{path}", response.status_code, answer, body, query)

    lists = [
        exchange("GET", stream, limit=100, offset=offset)
        for stream in STREAMS
        for offset in (0, 100, 200, 300)
    ]
    single = [
        exchange("GET", f"{stream}/{row}")
        for stream in STREAMS
        if stream != "webhooks"
        for row in (api.server.ids(stream)[0], "missing")
    ]
    objects = [exchange("GET", "balance"), _whole_account(api)]
    created = exchange("POST", "contacts", ADA, mergeStrategy="append")
    ada = created.answer["data"]["id"]
    contacts = [
        exchange("POST", "contacts", {"mobile": {"number": "1"}}),
        exchange("PUT", f"contacts/{ada}", {**ADA, "email": "ada@example.com"}),
        exchange("GET", "contacts", firstName="a", lastName="e", email="x", mobile="1", tags="vip"),
        exchange("DELETE", "contacts/missing"),
    ]
    blocked = next(row.id for row in api.server.account.contacts if row.blocked)
    sent = exchange(
        "POST",
        "messages",
        {"contacts": [{"id": ada}, {"id": blocked}, {"mobile": {"number": "1"}}], "template": "x"},
    )
    refused = exchange("POST", "messages", {"template": "x", "conversations": ["missing"]})
    gone = exchange("DELETE", f"contacts/{ada}")
    conversation = api.server.ids("conversations")[0]
    closed = [exchange("PUT", f"conversations/{row}/close") for row in (conversation, "missing")]
    made = [
        step
        for stream, body, wrong in (
            ("templates", TEMPLATE, {**TEMPLATE, "name": ""}),
            ("campaigns", CAMPAIGN, {**CAMPAIGN, "media": [5]}),
        )
        for step in _lifecycle(exchange, api, stream, body, wrong)
    ]
    hooked = [
        exchange("POST", "webhooks", {"url": HOOK}),
        exchange("POST", "webhooks", {"url": HOOK, "eventTypes": list(EVENT_TYPES)}),
        exchange("POST", "webhooks", {"url": "https:no-host"}),
        *(exchange("DELETE", f"webhooks/{quote(HOOK, safe='')}") for _ in range(2)),
    ]
    return [
        *lists, *single, *objects, created, *contacts, sent, refused, gone, *closed, *made, *hooked,
        *_uploads(api), *_shared(api), *_tokens(api),
    ]  # fmt: skip


def _lifecycle(
    exchange: Callable[..., Exchange], api: Api, stream: str, body: Any, wrong: Any
) -> list[Exchange]:
    """Everything that can be done with one row, and what is refused."""
    made = exchange("POST", stream, body)
    path = f"{stream}/{api.server.ids(stream)[0]}"
    return [
        made,
        exchange("POST", stream, wrong),
        exchange("GET", path),
        exchange("GET", stream, limit=100),
        exchange("PUT", path, {**body, "name": "Another"}),
        exchange("PUT", f"{stream}/missing", body),
        exchange("DELETE", path),
        exchange("DELETE", path),
    ]


def _uploads(api: Api) -> list[Exchange]:
    """CSV files: one that is written but for a row, one that is none."""
    found = []
    for text in ("country,mobile,tags\nUS,+12125550177,a|b\nUS,12,\n", "country\nUS\n"):
        headers = {"Content-Type": "text/csv"}
        response = api.call("POST", "contacts", data=text.encode(), headers=headers)
        path, status = f"{ACCOUNT}/contacts", response.status_code
        found.append(Exchange("POST", path, status, response.json(), text, kind="text/csv"))
    return found


def _shared(api: Api) -> list[Exchange]:
    """A file by itself, in a form, and an empty one."""
    url = f"{api.server.url}/v1/tools/sharefile"
    stream, form = "application/octet-stream", "multipart/form-data"
    sent: list[tuple[str, Any, dict[str, Any]]] = [
        (stream, "GIF89a", {"data": b"GIF89a", "headers": {"Content-Type": stream}}),
        (stream, "", {"data": b"", "headers": {"Content-Type": stream}}),
        (form, {"media": "GIF89a"}, {"files": {"media": b"GIF89a"}}),
    ]
    found = []
    for kind, body, request in sent:
        response = api.session.post(url, timeout=5, **request)
        path, status = "/v1/tools/sharefile", response.status_code
        found.append(Exchange("POST", path, status, response.json(), body, kind=kind))
    return found


def _whole_account(api: Api) -> Exchange:
    """GET of the path that ends with the account's id; `exchange` would put a slash after it."""
    response = api.session.get(f"{api.server.url}/v1/accounts/{api.server.account_id}", timeout=5)
    return Exchange("GET", ACCOUNT, response.status_code, response.json())


def _tokens(api: Api) -> list[Exchange]:
    asked = {
        "grant_type": "client_credentials",
        "client_id": api.server.client_id,
        "client_secret": api.server.client_secret,
    }
    bodies = (asked, {**asked, "client_secret": "wrong"})
    responses = [(body, api.token(json=body)) for body in bodies]
    return [
        Exchange("POST", "/oauth2/token", response.status_code, response.json(), body)
        for body, response in responses
    ]


def _check_all(exchanges: list[Exchange], against: Contract) -> None:
    for exchange in exchanges:
        exchange.check(against)


def test_the_emulator_keeps_the_contract(exchanges: list[Exchange]) -> None:
    assert {exchange.status for exchange in exchanges} == {200, 201, 204, 400, 401, 404}
    _check_all(exchanges, contract())


@pytest.mark.parametrize("name", [item.name for item in CONTRADICTIONS])
def test_each_contradiction_is_still_needed(exchanges: list[Exchange], name: str) -> None:
    stricter = Contract.without(name)
    with pytest.raises(AssertionError):
        _check_all(exchanges, stricter)


@pytest.mark.parametrize(
    ("switches", "complaint"),
    [
        ({"id_form": "integer"}, "is not of type 'string'"),
        ({"price_form": "string"}, "is not of type 'number'"),
        ({"created_form": "string"}, "is not of type 'object'"),
        ({"closed_form": "boolean"}, "is not of type 'string'"),
        ({"tags_form": "strings"}, "is not of type 'object'"),
        ({"phone_number_form": "object"}, "is not of type 'string'"),
        ({"phone_number_form": "string"}, "is not of type 'object'"),
    ],
)
def test_the_contract_notices_odd_shapes(
    api: Api, switches: dict[str, Any], complaint: str
) -> None:
    api.server.switch(**switches)
    found = []
    for stream in ("contacts", "messages", "conversations"):
        response = api.get(stream, limit=100)
        try:
            check_response("GET", f"{ACCOUNT}/{stream}", response.status_code, response.json())
        except AssertionError as error:
            found.append(str(error))
    api.server.emulator.switches = api.server.emulator.initial
    assert any(complaint in text for text in found), found


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "complaint"),
    [
        ("GET", "contacts", {"limit": 101}, None, "maximum of 100"),
        ("GET", "contacts", {"limit": "ten"}, None, "not of type 'integer'"),
        ("GET", "contacts", {"sort": "id"}, None, "no query parameter sort"),
        ("POST", "contacts", {"mergeStrategy": "all"}, ADA, "is not one of"),
        ("POST", "contacts", {}, {"mobile": "+12125550188"}, "is not of type 'object'"),
        ("GET", "contacts", {}, {}, "the document has none"),
        ("PATCH", "contacts", {}, None, "no such method"),
        ("GET", "nothing", {}, None, "no such path"),
    ],
)
def test_wrong_requests_are_noticed(
    method: str, path: str, query: dict[str, Any], body: Any, complaint: str
) -> None:
    with pytest.raises(AssertionError, match=complaint):
        check_request(method, f"{ACCOUNT}/{path}", query, body)


def test_wrong_answers_are_noticed() -> None:
    for status, body, complaint in [
        (200, {"success": "yes"}, "is not of type 'boolean'"),
        (200, None, "a body is missing"),
        (302, {}, "the document has 200"),
        (404, {"success": False, "error": "x"}, "is not of type 'object'"),
        (200, {"data": [{"created": {"at": "yesterday"}}]}, "is not a 'date-time'"),
    ]:
        with pytest.raises(AssertionError, match=complaint):
            check_response("GET", f"{ACCOUNT}/contacts", status, body)
    check_response("DELETE", f"{ACCOUNT}/webhooks/x", 204, None)
