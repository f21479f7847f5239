"""What webhooks are told of, and in which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.account import EVENT_TYPES
from sakari_emulator.times import iso
from tests.contract.openapi import contract
from tests.emulator.conftest import START, Api
from tests.emulator.hooks import ADA, NUMBER, WEEK, received, send, told

if TYPE_CHECKING:
    from tests.fake_clock import FakeClock
    from tests.odd_server import OddServer


def test_contacts(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    path = f"contacts/{timed.write('POST', 'contacts', ADA).json()['data']['id']}"
    created = timed.one(path)
    timed.write("PUT", path, {"firstName": "Adela"})
    updated = timed.one(path)
    timed.write("DELETE", path)
    account = timed.server.account_id
    assert received(timed, receiver) == [
        {"accountId": account, "eventType": "contact-created", "payload": created},
        {"accountId": account, "eventType": "contact-updated", "payload": updated},
        {"accountId": account, "eventType": "contact-removed", "payload": updated},
    ]


def test_a_contact_merged_into_a_known_one_is_updated(timed: Api, receiver: OddServer) -> None:
    timed.write("POST", "contacts", ADA)
    timed.server.subscribe(receiver.url)
    timed.write("POST", "contacts", ADA, mergeStrategy="append")
    assert told(timed, receiver) == ["contact-updated"]


def test_messages_and_their_statuses(timed: Api, clock: FakeClock, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url + "/hook?a=b%20c", EVENT_TYPES[3:6])
    timed.server.switch(status_seconds=10)
    sent = send(timed)["messages"][0]
    clock.now += 100
    reply = timed.server.receive(NUMBER, "Thanks")
    events = received(timed, receiver)
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
    sent = send(timed)["messages"][0]
    clock.now += 20
    timed.control("POST", f"messages/{sent['id']}/status", json={"status": "error"})
    statuses = [event["payload"]["status"] for event in received(timed, receiver)]
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
    assert told(timed, receiver) == types[:1]
    clock.now += 1
    assert told(timed, receiver) == types
    send(timed)
    assert told(timed, receiver) == [*types, types[0]]
    events = received(timed, receiver)
    assert len({event["payload"]["id"] for event in events}) == 1
    assert events[1]["payload"]["lastMessage"]["message"] == "Still there?"
    assert events[2]["payload"]["lastMessage"]["message"] == "Hi"


def test_a_conversation_that_the_api_closes_is_told_of_once(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["conversation-closed"])
    conversation = send(timed)["messages"][0]["conversation"]["id"]
    for _ in range(2):
        timed.write("PUT", f"conversations/{conversation}/close", {})
    assert told(timed, receiver) == ["conversation-closed"]
    clock.now += 2 * WEEK
    assert told(timed, receiver) == ["conversation-closed"]


def test_opting_out_and_in(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url, ["contact-opt-out", "contact-opt-in"])
    for text in ("START", "STOP", "STOP", "START"):
        timed.server.receive(NUMBER, text)
    events = received(timed, receiver)
    assert [event["eventType"] for event in events] == ["contact-opt-out", "contact-opt-in"]
    assert [event["payload"].get("blocked") for event in events] == [iso(START * 1000), None]


def test_rows_that_come_and_go_by_a_switch_are_told_of(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    timed.server.switch(insert_every=1, delete_every=1, delete_where="front")
    timed.get("contacts")
    assert told(timed, receiver) == ["contact-created", "contact-removed"]


def test_only_the_types_asked_for_and_the_newest_wish_counts(
    timed: Api, receiver: OddServer
) -> None:
    hooks = len(timed.server.ids("webhooks"))
    asked = {"url": receiver.url, "eventTypes": ["contact-created"]}
    assert timed.control("POST", "webhooks", json=asked).status_code == 200
    asked["eventTypes"] = ["message-sent"]
    assert timed.control("POST", "webhooks", json=asked).json()["destination"] == receiver.url
    assert len(timed.server.ids("webhooks")) == hooks + 1
    send(timed)
    assert told(timed, receiver) == ["message-sent"]


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


def test_webhook_body_as_documented(timed: Api, clock: FakeClock, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url)
    timed.server.switch(webhook_body="documented", status_seconds=10)
    sent = send(timed, number="+12125550192")["messages"][0]
    clock.now += 10
    timed.server.receive("+12125550192", "Hello")
    events = received(timed, receiver)
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
    assert received(timed, receiver)[-1]["eventType"] == "message-received"


def test_shapes_follow_the_switches(timed: Api, receiver: OddServer) -> None:
    timed.server.subscribe(receiver.url, ["contact-created"])
    timed.server.switch(id_form="integer", extra_fields=True)
    timed.server.account.insert("contacts")
    (event,) = received(timed, receiver)
    assert isinstance(event["accountId"], int)
    assert isinstance(event["payload"]["id"], int)
    assert event["payload"]["emulatorExtra"] == "new"
