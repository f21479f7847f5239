from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.account import EVENT_TYPES
from sakari_emulator.courier import Delivery
from sakari_emulator.server import EmulatorServer
from sakari_emulator.times import iso
from tests.contract.openapi import contract
from tests.emulator.conftest import START, Api
from tests.odd_server import OddServer, answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fake_clock import FakeClock

NUMBER = "+12125550188"
ADA = {"firstName": "Ada", "mobile": {"number": NUMBER, "country": "US"}}
WEEK = 7 * 86_400


@pytest.fixture
def receiver() -> Iterator[OddServer]:
    """A server on this machine that takes whatever is posted."""
    with odd_server(answer(b"")) as server:
        yield server


def _send(api: Api, count: int = 1, number: str = NUMBER) -> dict[str, Any]:
    body = {"template": "Hi", "contacts": [{"mobile": {"number": number}}] * count}
    data: dict[str, Any] = api.write("POST", "messages", body).json()["data"]
    return data


def _received(api: Api, receiver: OddServer) -> list[dict[str, Any]]:
    api.server.wait_for_deliveries()
    return [json.loads(body) for body in receiver.bodies]


def _types(api: Api, receiver: OddServer) -> list[str]:
    return [event["eventType"] for event in _received(api, receiver)]


def _until(done: Any) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_contacts(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    path = f"contacts/{timed.write('POST', 'contacts', ADA).json()['data']['id']}"
    created = timed.one(path)
    timed.write("PUT", path, {"firstName": "Adela"})
    updated = timed.one(path)
    timed.write("DELETE", path)
    account = timed.server.account_id
    assert _received(timed, receiver) == [
        {"accountId": account, "eventType": "contact-created", "payload": created},
        {"accountId": account, "eventType": "contact-updated", "payload": updated},
        {"accountId": account, "eventType": "contact-removed", "payload": updated},
    ]


def test_a_contact_merged_into_a_known_one_is_updated(timed: Api, receiver: OddServer) -> None:
    timed.write("POST", "contacts", ADA)
    timed.server.subscribe(receiver.url)
    timed.write("POST", "contacts", ADA, mergeStrategy="append")
    assert _types(timed, receiver) == ["contact-updated"]


def test_messages_and_their_statuses(timed: Api, clock: FakeClock, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url + "/hook?a=b%20c", EVENT_TYPES[3:6])
    timed.server.switch(status_seconds=10)
    sent = _send(timed)["messages"][0]
    clock.now += 100
    reply = timed.server.receive(NUMBER, "Thanks")
    events = _received(timed, receiver)
    account = timed.server.account_id
    assert events[0] == {
        "accountId": account,
        "eventType": "message-sent",
        "payload": {"accountId": account, **sent},
    }
    steps = [(e["eventType"], e["payload"]["status"], e["payload"]["updated"]) for e in events[1:3]]
    by = sent["updated"]["by"]
    assert steps == [
        ("message-status", "sent", {"at": iso((START + 10) * 1000), "by": by}),
        ("message-status", "delivered", {"at": iso((START + 20) * 1000), "by": by}),
    ]
    assert (events[3]["eventType"], events[3]["payload"]["id"]) == ("message-received", reply["id"])
    assert len(events) == 4
    head = receiver.heads[0]
    assert head.startswith("POST /hook?a=b%20c HTTP/1.1\r\n")
    assert "Content-Type: application/json\r\n" in head + "\r\n"


def test_a_status_set_by_hand_is_told_of_after_those_that_were_due(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-status"])
    timed.server.switch(status_seconds=10)
    sent = _send(timed)["messages"][0]
    clock.now += 20
    timed.control("POST", f"messages/{sent['id']}/status", json={"status": "error"})
    statuses = [event["payload"]["status"] for event in _received(timed, receiver)]
    assert statuses == ["sent", "delivered", "error"]


def test_conversations_start_close_and_start_again(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    types = ["conversation-started", "conversation-closed"]
    timed.server.subscribe(receiver.url, types)
    timed.server.receive(NUMBER, "Hello")
    clock.now += WEEK - 1
    timed.server.receive(NUMBER, "Still there?")
    clock.now += WEEK - 1
    assert _types(timed, receiver) == types[:1]
    clock.now += 1
    assert _types(timed, receiver) == types
    _send(timed)
    assert _types(timed, receiver) == [*types, types[0]]
    events = _received(timed, receiver)
    assert len({event["payload"]["id"] for event in events}) == 1
    assert events[1]["payload"]["lastMessage"]["message"] == "Still there?"
    assert events[2]["payload"]["lastMessage"]["message"] == "Hi"


def test_a_conversation_that_the_api_closes_is_told_of_once(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["conversation-closed"])
    conversation = _send(timed)["messages"][0]["conversation"]["id"]
    for _ in range(2):
        timed.write("PUT", f"conversations/{conversation}/close", {})
    assert _types(timed, receiver) == ["conversation-closed"]
    clock.now += 2 * WEEK
    assert _types(timed, receiver) == ["conversation-closed"]


def test_opting_out_and_in(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url, ["contact-opt-out", "contact-opt-in"])
    for text in ("START", "STOP", "STOP", "START"):
        timed.server.receive(NUMBER, text)
    events = _received(timed, receiver)
    assert [event["eventType"] for event in events] == ["contact-opt-out", "contact-opt-in"]
    assert [event["payload"].get("blocked") for event in events] == [iso(START * 1000), None]


def test_rows_that_come_and_go_by_a_switch_are_told_of(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    timed.server.switch(insert_every=1, delete_every=1, delete_where="front")
    timed.get("contacts")
    assert _types(timed, receiver) == ["contact-created", "contact-removed"]


def test_only_the_types_asked_for_and_the_newest_wish_counts(
    timed: Api, receiver: OddServer
) -> None:
    hooks = len(timed.server.ids("webhooks"))
    asked = {"url": receiver.url, "eventTypes": ["contact-created"]}
    assert timed.control("POST", "webhooks", json=asked).status_code == 200
    asked["eventTypes"] = ["message-sent"]
    assert timed.control("POST", "webhooks", json=asked).json()["destination"] == receiver.url
    assert len(timed.server.ids("webhooks")) == hooks + 1
    _send(timed)
    assert _types(timed, receiver) == ["message-sent"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": 1},
        {"url": "http://[::1]/", "eventTypes": ["message"]},
        {"url": "x", "eventTypes": "y"},
    ],
)
def test_what_is_no_subscription_is_refused(timed: Api, body: Any) -> None:
    before = timed.server.ids("webhooks")
    assert timed.control("POST", "webhooks", json=body).status_code == 400
    assert timed.server.ids("webhooks") == before


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.example.com/",
        "http://192.0.2.1/hook",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "https://127.0.0.1/",
        "ftp://127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "nowhere",
    ],
)
def test_nothing_leaves_this_machine(timed: Api, url: str) -> None:
    generated = [hook.event_types for hook in timed.server.account.webhooks]
    timed.server.subscribe(url, ["contact-created"])
    timed.write("POST", "contacts", ADA)
    assert timed.server.wait_for_deliveries() == []
    skipped = 1 + sum("contact-created" in types for types in generated)
    assert timed.server.skipped_deliveries == skipped
    found = timed.control("GET", "deliveries").json()
    assert found == {"count": 0, "skipped": skipped, "deliveries": []}


def test_the_address_of_the_proxy_is_not_asked_for(
    timed: Api, receiver: OddServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    timed.server.subscribe(receiver.url.replace("127.0.0.1", "localhost"), ["contact-created"])
    timed.server.account.insert("contacts")
    assert _types(timed, receiver) == ["contact-created"]


@pytest.mark.parametrize("status", ["500 Oops", "302 Found", "404 Not Found"])
def test_a_refused_delivery_is_tried_once_more(timed: Api, status: str) -> None:
    with odd_server(answer(b"", status, Location="http://127.0.0.1:9/")) as receiver:
        timed.server.subscribe(receiver.url, ["contact-created"])
        timed.write("POST", "contacts", ADA)
        (delivery,) = timed.server.wait_for_deliveries()
    assert delivery == Delivery("contact-created", receiver.url, int(status[:3]), None, 2)
    assert receiver.bodies == receiver.bodies[:1] * 2


def test_a_delivery_that_succeeds_the_second_time(timed: Api) -> None:
    answers = [b"", answer(b"", "204 No Content")]
    with odd_server(lambda connection, _: connection.sendall(answers.pop(0))) as receiver:
        timed.server.subscribe(receiver.url, ["contact-created"])
        timed.write("POST", "contacts", ADA)
        (delivery,) = timed.server.wait_for_deliveries()
    assert delivery == Delivery("contact-created", receiver.url, 204, None, 2)


def test_a_receiver_that_is_not_there_holds_up_nothing(timed: Api, receiver: OddServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    timed.server.subscribe(nowhere, ["contact-created"])
    timed.server.subscribe(nowhere + "/ä", ["contact-created"])
    timed.server.subscribe(receiver.url, ["contact-created"])
    assert timed.write("POST", "contacts", ADA).status_code == 201
    found = {entry.url: (entry.status, entry.error, entry.tries) for entry in _log(timed)}
    assert found == {
        nowhere: (None, "ConnectionRefusedError", 2),
        nowhere + "/ä": (None, "UnicodeEncodeError", 2),
        receiver.url: (200, None, 1),
    }
    shown = timed.control("GET", "deliveries")
    assert {"event_type", "url", "status", "error", "tries"} == set(shown.json()["deliveries"][0])
    assert "Ada" not in shown.text


def _log(api: Api) -> Sequence[Delivery]:
    api.server.wait_for_deliveries()
    return api.server.deliveries


@contextmanager
def _silent() -> Iterator[tuple[OddServer, threading.Event]]:
    """A server that takes requests, and answers none of them until told to."""
    free = threading.Event()

    def handle(connection: socket.socket, _: bytes) -> None:
        free.wait(10)
        connection.sendall(answer(b""))

    with odd_server(handle) as server:
        try:
            yield server, free
        finally:
            free.set()


def test_a_receiver_that_does_not_answer_holds_up_no_request(timed: Api) -> None:
    with _silent() as (receiver, free):
        timed.server.subscribe(receiver.url, ["message-sent"])
        _send(timed, 3)
        assert timed.get("messages").status_code == 200
        assert timed.server.deliveries == []
        with pytest.raises(TimeoutError, match="not delivered within 0 s"):
            timed.server.wait_for_deliveries(0)
        free.set()
        assert [entry.status for entry in timed.server.wait_for_deliveries()] == [200] * 3


def test_it_stops_at_once_though_a_receiver_does_not_answer() -> None:
    with _silent() as (receiver, _):
        with EmulatorServer(contacts=1, messages=0) as server:
            server.subscribe(receiver.url, ["contact-created"])
            server.account.insert("contacts", 5)
            _until(lambda: receiver.bodies)
            stopping = time.perf_counter()
        assert time.perf_counter() - stopping < 1
        assert len(receiver.bodies) == 1
        assert not server.emulator.courier._thread.is_alive()


def test_reset_forgets_what_was_not_delivered(timed: Api) -> None:
    with _silent() as (receiver, free):
        timed.server.subscribe(receiver.url, ["contact-created"])
        timed.server.account.insert("contacts", 5)
        _until(lambda: receiver.bodies)
        timed.server.reset()
        free.set()
        assert timed.server.wait_for_deliveries() == []
        assert len(receiver.bodies) == 1


def test_webhook_body_as_documented(timed: Api, clock: FakeClock, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    timed.server.switch(webhook_body="documented", status_seconds=10)
    sent = _send(timed, number="+12125550192")["messages"][0]
    clock.now += 10
    timed.server.receive("+12125550192", "Hello")
    events = _received(timed, receiver)
    # Not against Event as a whole: any object is both kinds of its data, and so none of them.
    for event in events:
        contract()._check(event, {"$ref": "#/components/schemas/AccountEvent"}, "event")
        payload = {"$ref": "#/components/schemas/MessageEventPayload"}
        contract()._check(event["data"], payload, "data")
        assert set(event) == {"eventId", "type", "accountId", "data"}
    assert [(event["type"], event["data"]["status"]) for event in events] == [
        ("messageStatus", "queued"),
        ("messageStatus", "error"),
        ("messageIncoming", "received"),
    ]
    assert events[0]["accountId"] == timed.server.account_id
    assert events[0]["data"] == {"contact": sent["contact"], "message": "Hi", "status": "queued"}
    assert events[1]["data"]["error"] == "MSG-020"
    assert len({event["eventId"] for event in events}) == 3
    timed.server.switch(webhook_body="real")
    timed.server.receive("+12125550192", "Hello")
    assert _received(timed, receiver)[-1]["eventType"] == "message-received"


@pytest.mark.parametrize(
    ("every", "order"),
    [(0, [0, 1, 2, 3, 4]), (1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]), (2, [0, 1, 1, 2, 3, 3, 4])],
)
def test_webhook_repeat(timed: Api, receiver: OddServer, every: int, order: list[int]) -> None:
    timed.server.subscribe(receiver.url, ["message-sent"])
    timed.server.switch(webhook_repeat=every)
    messages = _send(timed, 5)["messages"]
    found = [event["payload"]["id"] for event in _received(timed, receiver)]
    assert found == [messages[index]["id"] for index in order]
    assert len(timed.server.deliveries) == len(order)


@pytest.mark.parametrize(("shuffle", "order"), [(False, [0, 1, 2, 3, 4]), (True, [1, 0, 3, 2, 4])])
def test_webhook_shuffle(
    timed: Api, receiver: OddServer, *, shuffle: bool, order: list[int]
) -> None:
    timed.server.subscribe(receiver.url, ["message-sent"])
    timed.server.switch(webhook_shuffle=shuffle)
    messages = _send(timed, 5)["messages"]
    found = [event["payload"]["id"] for event in _received(timed, receiver)]
    assert found == [messages[index]["id"] for index in order]


def test_a_delivery_held_back_goes_first_once_there_is_no_more_shuffling(
    timed: Api, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-received"])
    timed.server.switch(webhook_shuffle=True)
    timed.server.receive(NUMBER, "one")
    timed.server.switch(webhook_shuffle=False)
    timed.server.receive(NUMBER, "two")
    texts = [event["payload"]["message"] for event in _received(timed, receiver)]
    assert texts == ["one", "two"]


def test_a_tick_finds_what_is_due_and_lets_go_of_what_is_held_back(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-status"])
    timed.server.switch(status_seconds=10, webhook_shuffle=True)
    _send(timed)
    clock.now += 10
    assert timed.control("POST", "tick").json() == {"tick": True}
    _until(lambda: len(receiver.bodies) == 1)
    clock.now += 10
    timed.server.tick()
    _until(lambda: len(receiver.bodies) == 2)


def test_what_is_due_is_told_of_though_nobody_asks(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-status"])
    timed.server.switch(status_seconds=10)
    _send(timed)
    clock.now += 20
    _until(lambda: len(receiver.bodies) == 2)


def test_shapes_follow_the_switches(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url, ["contact-created"])
    timed.server.switch(id_form="integer", extra_fields=True)
    timed.server.account.insert("contacts")
    (event,) = _received(timed, receiver)
    assert isinstance(event["accountId"], int)
    assert isinstance(event["payload"]["id"], int)
    assert event["payload"]["emulatorExtra"] == "new"
