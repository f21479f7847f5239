"""What is repeated, how long the client waits, and what is never repeated blindly."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import errors
from sakari_client.client import SakariClient
from sakari_client.clock import Clock
from sakari_client.config import ClientConfig
from sakari_client.http.bodies import as_json
from sakari_client.http.transport import Operation, Transport
from tests.client.reach import LIST, SEND, Sleeps, odd, transport
from tests.fake_clock import FakeClock
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket

    from sakari_emulator.server import EmulatorServer


PUT = Operation("PUT", "/contacts/{contactId}")


@pytest.mark.parametrize(
    "switches",
    [
        {"error_every": 2}, {"error_every": 2, "error_status": 503, "error_body": "html"},
        {"reset_every": 2}, {"truncate_every": 2}, {"html_every": 2}, {"bad_json_every": 2},
        {"rate_limit_every": 2}, {"rate_limit_every": 2, "retry_after": "seconds"},
        {"rate_limit_every": 2, "retry_after": "date"},
    ],
    ids=str,
)  # fmt: skip
def test_reads_are_repeated_and_complete(
    emulator: EmulatorServer, settings: dict[str, Any], switches: dict[str, Any]
) -> None:
    emulator.switch(**switches)
    sleeps = Sleeps()
    # Threads that take turns can make each second request that of the same page, for a while.
    sakari = SakariClient.from_settings({**settings, "max_retries": 50}, clock=sleeps.clock)
    came = [row["id"] for row in sakari.messages.list(page_size=20)]
    assert came == emulator.ids("messages")
    assert sleeps.seconds


def test_retries_end(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(error_every=1)
    sleeps = Sleeps()
    with pytest.raises(errors.ServerError):
        transport(settings, sleeps.clock, max_retries=3, retry_max_wait=3).call(LIST)
    assert [round(seconds) for seconds in sleeps.seconds if seconds > 0.5] == [1, 2, 3]
    assert len([one for one in emulator.requests if one.path.endswith("/contacts")]) == 4


def test_each_retry_is_one_short_line(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(error_every=1, error_status=503)
    with pytest.raises(errors.ServerError, match="try again later"):
        transport(settings, Sleeps().clock, max_retries=2, retry_max_wait=3).call(LIST)
    said = [one.getMessage() for one in caplog.records if one.levelname == "WARNING"]
    assert len(said) == 2
    for number, line in enumerate(said, 1):
        assert re.fullmatch(
            rf"GET /contacts: the server answered 503, [^.]+\. Trying again in \d\.\d s "
            rf"\({number} of 2\)\.",
            line,
        )
        assert len(line) < 100


def test_retry_after_is_obeyed(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(rate_limit_every=2, retry_after="seconds", retry_after_seconds=7)
    sleeps = Sleeps()
    client = transport(settings, sleeps.clock)
    client.call(LIST)
    client.call(LIST)
    assert any(6.5 < seconds <= 7 for seconds in sleeps.seconds)


def test_a_wait_longer_than_allowed_ends_the_request(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(rate_limit_every=1, retry_after="seconds", retry_after_seconds=3600)
    with pytest.raises(errors.RateLimitError, match="asks to wait 3600 s"):
        transport(settings, Sleeps().clock, retry_max_wait=60).call(LIST)
    assert len([one for one in emulator.requests if one.path.endswith("/contacts")]) == 1


@pytest.mark.parametrize(
    ("status", "tries", "ambiguous"), [("503 No", 1, True), ("429 Slow", 4, False)]
)
def test_a_send_is_never_repeated_blindly(status: str, tries: int, ambiguous: bool) -> None:  # noqa: FBT001
    with odd_server(answer(b"", status)) as server:
        sender = odd(server.url, max_retries=3, requests_per_second=1000)
        sender._clock = sender._throttle._clock = Sleeps().clock
        with pytest.raises(errors.SakariError) as caught:
            sender.call(SEND, body=as_json({"template": "hello there"}, "SEND"))
    assert caught.value.ambiguous is ambiguous
    assert len([head for head in server.heads if "/messages" in head]) == tries


def test_a_send_whose_answer_is_lost_is_ambiguous() -> None:
    with odd_server(lambda connection, _: None) as server:
        with pytest.raises(errors.AmbiguousError, match="look up") as caught:
            odd(server.url, max_retries=3).call(SEND, body=as_json({}, "SEND"))
    assert caught.value.ambiguous
    assert isinstance(caught.value.__cause__, errors.ConnectionLostError)
    assert len([head for head in server.heads if "/messages" in head]) == 1


def test_a_send_that_never_left_is_not_ambiguous() -> None:
    def no_token(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer(b"", "503 No"))

    with odd_server(no_token) as server:
        sender = odd(server.url, auth_url=f"{server.url}/token")
        with pytest.raises(errors.ServerError, match="POST /oauth2/token") as caught:
            sender.call(SEND, body=as_json({}, "SEND"))
    assert not caught.value.ambiguous
    assert not any("/messages" in head for head in server.heads)


def test_a_closed_client_stops_trying(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(error_every=1)
    client = transport(settings)
    client._clock = Clock(sleep=lambda _: client.close())
    with pytest.raises(errors.SakariError, match="the client was closed"):
        client.call(LIST)
    assert len([one for one in emulator.requests if one.path.endswith("/contacts")]) == 1


@pytest.mark.parametrize(
    ("switches", "operation", "may_have_acted"),
    [
        ({"rate_limit_every": 1, "retry_after": "seconds", "retry_after_seconds": 50}, PUT, False),
        ({"error_every": 1}, PUT, True),
        ({"error_every": 1}, LIST, False),
    ],
)
def test_a_program_that_is_to_stop_does_not_try_again(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    switches: dict[str, Any],
    operation: Operation,
    may_have_acted: bool,  # noqa: FBT001
) -> None:
    emulator.switch(**switches)
    stop, slept = Event(), list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        stop.set()

    config = ClientConfig.from_settings(settings)
    clock = Clock(sleep=sleep, random=lambda: 1.0)
    client = Transport(config, clock=clock, stopping=stop.is_set)
    with pytest.raises(errors.StoppedError, match="Not tried again, as the program is to") as ended:
        client.call(operation, ids={"contactId": "1"}, body=as_json({}, "x"))
    assert ended.value.earlier_may_have_acted is may_have_acted
    assert ended.value.operation == str(operation)
    assert sum(slept) < 1
    assert len([one for one in emulator.requests if "/contacts" in one.path]) == 1


def test_before_each_try_of_a_send_somebody_may_call_it_off(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(rate_limit_every=1, retry_after="seconds")
    tries: list[int] = []

    def look() -> None:
        asked = [one for one in emulator.requests if one.path.endswith("/messages")]
        tries.append(len(asked))
        if len(tries) == 3:
            raise LookupError

    with SakariClient.from_settings(settings, clock=FakeClock().clock) as sakari:
        with pytest.raises(LookupError):
            sakari.messages.send("Hello", contacts=["+12125550123"], before_try=look)
        assert tries == [0, 1, 2]
        emulator.switch(rate_limit_every=0)
        sakari.messages.send("Hello", contacts=["+12125550123"], before_try=look)
    assert tries == [0, 1, 2, 2]
    assert [one.status for one in emulator.requests][-3:] == [429, 429, 200]


def test_a_program_that_is_to_stop_sends_nothing_more(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    stop = Event()
    with SakariClient.from_settings(settings, stopping=stop.is_set) as sakari:
        assert sakari.contacts.first_page().rows
        stop.set()
        before = len(emulator.requests)
        with pytest.raises(errors.StoppedError, match="not sent, as the program is to") as ended:
            sakari.contacts.first_page()
    assert not ended.value.earlier_may_have_acted
    assert len(emulator.requests) == before


def test_threads_that_wait_for_their_turn_are_let_go(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    stop = Event()
    slow = {**settings, "requests_per_second": 0.01}
    with SakariClient.from_settings(slow, stopping=stop.is_set) as sakari:
        sakari.auth.token()

        def ask(_: int) -> bool:
            try:
                sakari.contacts.first_page()
            except errors.StoppedError:
                return True
            return False

        with ThreadPoolExecutor(5) as pool:
            asked = pool.map(ask, range(5))
            stop.set()
            assert list(asked) == [True] * 5


def test_the_circuit_opens(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(error_every=1)
    client = transport(settings, max_retries=0, circuit_breaker_failures=2)
    for _ in range(2):
        with pytest.raises(errors.ServerError):
            client.call(LIST)
    asked = len(emulator.requests)
    with pytest.raises(errors.CircuitOpenError):
        client.call(LIST)
    assert len(emulator.requests) == asked
