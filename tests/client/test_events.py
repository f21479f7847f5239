"""Webhook events of both shapes are read, told apart, and refused without showing them."""

from __future__ import annotations

import copy
import dataclasses
import http.server
import json
import re
import threading
import traceback
import urllib.error
import urllib.request
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sakari_client
from sakari_client.errors import InvalidEventError, SakariError
from sakari_client.events import EVENT_TYPES, Event, parse
from sakari_client.schemas import load_schema

if TYPE_CHECKING:
    from collections.abc import Callable

Json = dict[str, Any]

CHECKOUT = Path(__file__).parents[2]
OPENAPI = json.loads((CHECKOUT / "tests/contract/sakari-openapi-1.0.1.json").read_text("utf-8"))

ACCOUNT = "00000000000000000000acc0"
MESSAGE_ID = "64b0c0ffee0000000000a001"
TEXT = "planted text"
NUMBER = "+15550100002"
PLANTED = (TEXT, "15550100002", "Ada", "@example.com")

CONTACT: Json = {
    "id": "64b0c0ffee0000000000b001", "firstName": "Ada", "lastName": "Example",
    "email": "ada@example.com", "mobile": {"number": NUMBER, "country": "US"},
    "created": {"at": "2023-07-01T09:00:00.000Z"}, "hubspot": {"vid": 7, "id": 7},
    "updated": {"at": "2023-07-14T09:00:00.000Z"},
}  # fmt: skip
MESSAGE: Json = {
    "accountId": ACCOUNT, "id": MESSAGE_ID, "contact": CONTACT,
    "conversation": {
        "id": "64b0c0ffee0000000000c001", "closed": "2023-07-21T09:00:00.000Z",
        "group": {"id": "64b0c0ffee0000000000d001"},
        "phoneNumber": {"id": "64b0c0ffee0000000000e001", "number": "+15550100001",
                        "country": "US"},
    },
    "group": {"id": "64b0c0ffee0000000000d001", "name": "Sales"},
    "job": {"id": "64b0c0ffee0000000000f001"}, "type": "sms", "message": TEXT, "status": "sent",
    "outgoing": True, "country": "US", "segments": 1, "price": 0.05, "read": True,
    "operational": False, "media": [], "created": {"at": "2023-07-14T09:00:00.000Z"},
    "updated": {"at": "2023-07-14T09:00:05.000Z", "by": {"name": "API Consumer"}},
}  # fmt: skip
OLD_MESSAGE: Json = {"contact": CONTACT, "message": TEXT, "status": "sent", "error": "none"}
OLD_TYPES = {
    "messageStatus": "message-status",
    "messageIncoming": "message-received",
    "account": "account",
}


def real(kind: str = "message-status", payload: Json | None = None, **changes: Any) -> Json:
    """An event as it is really posted, its payload changed."""
    sample = MESSAGE if kind.startswith("message") else CONTACT
    content = {**(sample if payload is None else payload), **changes}
    return {"accountId": ACCOUNT, "eventType": kind, "payload": copy.deepcopy(content)}


def documented(kind: str = "messageStatus", **changes: Any) -> Json:
    """An event as the OpenAPI document has it."""
    data = {"balance": 12.5} if kind == "account" else OLD_MESSAGE
    event = {"eventId": "ev-1", "type": kind, "accountId": ACCOUNT, "data": data, **changes}
    return copy.deepcopy(event)


REAL = [real(kind) for kind in EVENT_TYPES]
DOCUMENTED = [documented(kind) for kind in OLD_TYPES]


def key(event: Json) -> str:
    return parse(event).key


# What is read


@pytest.mark.parametrize("kind", EVENT_TYPES)
def test_each_documented_type_is_read(kind: str) -> None:
    event = parse(json.dumps(real(kind)))
    assert (event.type, event.known, event.shape) == (kind, True, "real")
    assert event.account_id == ACCOUNT
    assert event.payload == real(kind)["payload"]


@pytest.mark.parametrize(("old", "new"), OLD_TYPES.items())
def test_each_type_of_the_documented_shape_has_its_name_of_today(old: str, new: str) -> None:
    event = parse(json.dumps(documented(old)))
    assert (event.type, event.known, event.shape) == (new, True, "documented")
    assert event.account_id == ACCOUNT
    assert event.payload == documented(old)["data"]


def test_the_types_are_those_of_the_openapi_document() -> None:
    subscribe = OPENAPI["paths"]["/v1/accounts/{accountId}/webhooks"]["post"]["requestBody"]
    fields = subscribe["content"]["application/json"]["schema"]["properties"]
    schemas = OPENAPI["components"]["schemas"]
    webhook = schemas["Webhook"]["properties"]["eventTypes"]["items"]["enum"]
    assert set(EVENT_TYPES) == {*fields["eventTypes"]["items"]["enum"], *webhook}
    assert set(OLD_TYPES) == set(schemas["EventType"]["enum"])


def test_an_unknown_type_passes_as_it_is() -> None:
    event = parse(real("call-ended"))
    assert (event.type, event.known) == ("call-ended", False)


@pytest.mark.parametrize(
    "posted",
    [
        lambda event: event,
        MappingProxyType,
        json.dumps,
        lambda event: json.dumps(event).encode(),
        lambda event: b"\xef\xbb\xbf" + json.dumps(event, indent=1).encode(),
    ],
    ids=["object", "mapping", "text", "bytes", "bytes with a mark"],
)
def test_bytes_text_and_objects_are_read_alike(posted: Callable[[Json], Any]) -> None:
    assert parse(posted(real())) == parse(real())


def test_message_events_name_their_message_and_its_status() -> None:
    event = parse(real(status="delivered"))
    assert (event.message_id, event.status) == (MESSAGE_ID, "delivered")
    assert parse(real(id=7)).message_id == "7"
    old = parse(documented())
    assert (old.message_id, old.status) == (None, "sent")


def test_other_events_have_no_message() -> None:
    event = parse(real("contact-updated", status="new"))
    assert (event.message_id, event.status) == (None, None)


def test_an_event_cannot_be_changed_and_shows_no_content() -> None:
    event = parse(real())
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.type = "other"  # type: ignore[misc]
    assert not any(planted in repr(event) for planted in PLANTED)
    assert len({event, parse(real())}) == 1


def test_the_package_offers_it() -> None:
    assert sakari_client.events.parse is parse


# The key


@pytest.mark.parametrize("event", [*REAL, *DOCUMENTED], ids=str)
def test_a_repetition_has_the_same_key(event: Json) -> None:
    turned = json.loads(json.dumps(event), object_pairs_hook=lambda pairs: dict(reversed(pairs)))
    assert parse(json.dumps(turned, indent=2)).key == key(event)


def test_a_message_event_is_told_by_message_type_and_status_alone() -> None:
    assert key(real(read=False, updated=None)) == key(real())
    others = [
        real(status="delivered"),
        real(id="64b0c0ffee0000000000a002"),
        real("message-sent"),
        {**real(), "accountId": "00000000000000000000acc1"},
    ]
    assert len({key(event) for event in (real(), *others)}) == 5


def test_an_event_with_an_id_is_told_by_it_alone() -> None:
    assert key(documented(data={})) == key(documented())
    assert key(documented(eventId="ev-2")) != key(documented())
    assert key({**real(), "eventId": 1}) != key({**real(), "eventId": 2})


@pytest.mark.parametrize("missing", [None, ""])
def test_without_an_id_the_content_counts(missing: str | None) -> None:
    one = documented(eventId=missing)
    assert key(one) == key(documented(eventId=missing))
    assert key(one) != key(documented(eventId=missing, data={**OLD_MESSAGE, "message": "other"}))


def test_another_event_of_a_record_is_told_by_when_it_was_updated() -> None:
    kind = "contact-updated"
    assert key(real(kind, firstName="Grace")) == key(real(kind))
    assert key(real(kind, updated={"at": "2023-07-15T09:00:00.000Z"})) != key(real(kind))
    assert key(real(kind, updated="2023-07-14T09:00:00.000Z")) == key(real(kind))
    assert key(real("contact-removed")) != key(real(kind))


def test_a_contact_is_created_once() -> None:
    kind = "contact-created"
    assert key(real(kind, updated={"at": "2023-07-15T09:00:00.000Z"})) == key(real(kind))


def test_a_second_opt_out_is_no_repetition_of_the_first() -> None:
    first, second = (
        real("contact-opt-out", updated=None, blocked=f"2023-07-1{day}T09:00:00.000Z")
        for day in (4, 5)
    )
    assert key(first) != key(second)


def test_leaving_two_lists_at_one_moment_is_two_events() -> None:
    first, second = (real("list-opt-out", lists=[{"id": name}]) for name in "ab")
    assert key(first) != key(second)


@pytest.mark.parametrize(
    "event",
    [*REAL, *DOCUMENTED, documented(eventId=NUMBER), real(id=NUMBER), real(id=None),
     {**real(), "accountId": NUMBER}],
    ids=str,
)  # fmt: skip
def test_a_key_shows_nobodys_data(event: Json) -> None:
    assert re.fullmatch("[0-9a-f]{64}", key(event))


# The schemas


@pytest.mark.parametrize("event", REAL, ids=lambda event: event["eventType"])
def test_real_events_fit_their_schema(event: Json) -> None:
    jsonschema.Draft202012Validator(load_schema("events/event")).validate(event)


@pytest.mark.parametrize("event", DOCUMENTED, ids=lambda event: event["type"])
def test_documented_events_fit_their_schema(event: Json) -> None:
    jsonschema.Draft202012Validator(load_schema("events/documented_event")).validate(event)


def test_the_schemas_know_every_field_of_the_samples() -> None:
    event = load_schema("events/event")["properties"]
    assert set(MESSAGE) <= set(event["payload"]["properties"])
    data = load_schema("events/documented_event")["properties"]["data"]["properties"]
    assert {"balance", *OLD_MESSAGE} == set(data)


# What is refused

BAD = [
    (b"", "body"),
    (f"<html>{TEXT} {NUMBER}</html>".encode(), "body"),
    (json.dumps(real())[:-1], "body"),
    (json.dumps([real()]), "body"),
    (json.dumps(f"{TEXT} {NUMBER}"), "body"),
    (None, "body"),
    ([real()], "body"),
    ({"payload": MESSAGE, "data": TEXT, NUMBER: TEXT}, "body"),
    ({"accountId": ACCOUNT, "eventType": TEXT, "data": OLD_MESSAGE}, "body"),
    ({**real(), "accountId": None}, "accountId"),
    ({**real(), "accountId": ""}, "accountId"),
    ({**real(), "accountId": 15550100002}, "accountId"),
    ({"eventType": TEXT, "payload": MESSAGE}, "accountId"),
    ({**real(), "eventType": {TEXT: NUMBER}}, "eventType"),
    ({**documented(), "type": 15550100002}, "type"),
    ({**real(), "payload": f"{TEXT} {NUMBER}"}, "payload"),
    ({**documented(), "data": [OLD_MESSAGE]}, "data"),
]


@pytest.mark.parametrize(("body", "field"), BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("encode", [False, True])
def test_what_is_no_event_is_refused_by_field_and_not_shown(
    body: Any, field: str, *, encode: bool
) -> None:
    posted = json.dumps(body) if encode and isinstance(body, (dict, list)) else body
    with pytest.raises(InvalidEventError, match=f"^{field}: ") as caught:
        parse(posted)
    assert caught.value.field == field
    assert isinstance(caught.value, SakariError)
    shown = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert not any(planted in shown for planted in PLANTED)


def parsed_or_refused(body: Any) -> None:
    try:
        event = parse(body)
    except InvalidEventError:
        return
    assert isinstance(event, Event)
    assert event.key == parse(body).key
    json.dumps([dataclasses.asdict(event), event.message_id, event.status]).encode()


TEXTS = st.text(st.characters())  # lone surrogates too
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
STAMPS = st.dictionaries(st.sampled_from(["id", "status", "created", "updated", "at"]), VALUES)
NAMES = ("accountId", "eventType", "type", "payload", "data", "eventId")
NEAR = st.fixed_dictionaries(
    {"accountId": st.just(ACCOUNT) | VALUES},
    optional={name: st.sampled_from(EVENT_TYPES) | STAMPS | VALUES for name in NAMES[1:]},
)


@given(st.binary() | TEXTS)
def test_no_bytes_and_no_text_break_it(body: bytes | str) -> None:
    parsed_or_refused(body)


@given(NEAR | VALUES)
def test_no_json_breaks_it(document: Any) -> None:
    parsed_or_refused(document)
    parsed_or_refused(json.dumps(document))
    parsed_or_refused(json.dumps(document).encode())


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


ODD_VALUES = [
    r'"\ud83d"', '"\ud83d"', "NaN", "-Infinity", "1e999", "1" + "0" * 10_000, nested(100_000),
    '"\\u0000"', "18446744073709551616",
]  # fmt: skip


@pytest.mark.parametrize("value", ODD_VALUES, ids=range(len(ODD_VALUES)))
@pytest.mark.parametrize("name", ["id", "status", "updated", "message"])
def test_an_odd_value_does_not_lose_the_event(name: str, value: str) -> None:
    text = (
        f'{{"accountId":"{ACCOUNT}","eventType":"message-status","payload":{{"{name}":{value}}}}}'
    )
    event = parse(text)
    assert set(event.payload) == {name}
    json.dumps(event.payload, ensure_ascii=False, allow_nan=False).encode()
    assert event.key == parse(text.encode("utf-8", "surrogatepass")).key


def test_an_object_that_is_deep_is_cut() -> None:
    deep = json.loads(nested(300))
    assert parse({**real(), "payload": deep}) == parse(json.dumps({**real(), "payload": deep}))


def test_an_object_that_is_no_json_is_refused() -> None:
    deep: Json = {}
    for _ in range(100_000):
        deep = {"a": deep}
    circle: Json = {}
    circle["a"] = circle
    for content in (deep, circle, {"a": 10**5_000}, {"a": {TEXT}}, {("a", TEXT): 1}):
        with pytest.raises(InvalidEventError, match="^body: is not JSON$"):
            parse({**real(), "payload": content})


# The example in the documentation


def test_the_example_of_the_documentation_works(capsys: pytest.CaptureFixture[str]) -> None:
    section = (CHECKOUT / "docs/client.md").read_text("utf-8").split("## Webhook events")[1]
    example: Json = {"__name__": "example"}
    exec(section.split("```python")[1].split("```")[0], example)  # noqa: S102
    with http.server.HTTPServer(("127.0.0.1", 0), example["Webhook"]) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        url = address + example["PATH"]
        statuses = [
            post(url, real()),
            post(url, real()),
            post(url, real(status="delivered")),
            post(url, {"message": TEXT}),
            post(url, {**real(), "accountId": "another"}),
            post(address, real("message-sent")),
        ]
        server.shutdown()
    assert statuses == [204, 204, 204, 400, 404, 404]
    out, err = capsys.readouterr()
    assert out.splitlines() == [
        f"message-status {MESSAGE_ID} {one}" for one in ("sent", "delivered")
    ]
    assert err == ""


def post(url: str, event: Json) -> int:
    request = urllib.request.Request(url, json.dumps(event).encode())  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
