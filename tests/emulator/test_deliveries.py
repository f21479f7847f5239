"""How events get to a webhook: only on this machine, in order, and holding up nothing."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.courier import Delivery
from sakari_emulator.server import EmulatorServer
from tests.emulator.hooks import ADA, NUMBER, received, send, told
from tests.odd_server import OddServer, answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.emulator.conftest import Api
    from tests.fake_clock import FakeClock


def _until(done: Any) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.005)


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
    assert told(timed, receiver) == ["contact-created"]


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
        send(timed, 3)
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


@pytest.mark.parametrize(
    ("every", "order"),
    [(0, [0, 1, 2, 3, 4]), (1, [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]), (2, [0, 1, 1, 2, 3, 3, 4])],
)
def test_webhook_repeat(timed: Api, receiver: OddServer, every: int, order: list[int]) -> None:
    timed.server.subscribe(receiver.url, ["message-sent"])
    timed.server.switch(webhook_repeat=every)
    messages = send(timed, 5)["messages"]
    found = [event["payload"]["id"] for event in received(timed, receiver)]
    assert found == [messages[index]["id"] for index in order]
    assert len(timed.server.deliveries) == len(order)


@pytest.mark.parametrize(("shuffle", "order"), [(False, [0, 1, 2, 3, 4]), (True, [1, 0, 3, 2, 4])])
def test_webhook_shuffle(
    timed: Api, receiver: OddServer, *, shuffle: bool, order: list[int]
) -> None:
    timed.server.subscribe(receiver.url, ["message-sent"])
    timed.server.switch(webhook_shuffle=shuffle)
    messages = send(timed, 5)["messages"]
    found = [event["payload"]["id"] for event in received(timed, receiver)]
    assert found == [messages[index]["id"] for index in order]


def test_a_delivery_held_back_goes_first_once_there_is_no_more_shuffling(
    timed: Api, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-received"])
    timed.server.switch(webhook_shuffle=True)
    timed.server.receive(NUMBER, "one")
    timed.server.switch(webhook_shuffle=False)
    timed.server.receive(NUMBER, "two")
    texts = [event["payload"]["message"] for event in received(timed, receiver)]
    assert texts == ["one", "two"]


def test_a_tick_finds_what_is_due_and_lets_go_of_what_is_held_back(
    timed: Api, clock: FakeClock, receiver: OddServer
) -> None:
    timed.server.subscribe(receiver.url, ["message-status"])
    timed.server.switch(status_seconds=10, webhook_shuffle=True)
    send(timed)
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
    send(timed)
    clock.now += 20
    _until(lambda: len(receiver.bodies) == 2)
