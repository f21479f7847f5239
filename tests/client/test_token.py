"""One token serves all threads, and is renewed when it must be."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import errors
from sakari_client.client import SakariClient
from tests.client.reach import LIST, Sleeps, odd, transport
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer
    from tests.odd_server import OddServer


def read_all(settings: dict[str, Any], **more: Any) -> list[str]:
    sakari = SakariClient.from_settings({**settings, **more}, clock=Sleeps().clock)
    return [row["id"] for row in sakari.messages.list(page_size=10)]


@pytest.mark.parametrize(
    "switches",
    [
        {}, {"token_expires_in": "number"}, {"token_expires_in": "string"},
        {"token_form": "opaque"}, {"token_form": "opaque", "token_expires_in": "number"},
    ],
    ids=str,
)  # fmt: skip
def test_eight_threads_make_one_token_request(
    emulator: EmulatorServer, settings: dict[str, Any], switches: dict[str, Any]
) -> None:
    emulator.switch(**switches)
    assert read_all(settings, concurrency=8) == emulator.ids("messages")
    assert emulator.token_requests == 1


@pytest.mark.parametrize("expired", ["401_json", "401_text", "403_json"])
def test_a_token_that_expires_in_the_middle_costs_one_more(
    emulator: EmulatorServer, settings: dict[str, Any], expired: str
) -> None:
    emulator.switch(revoke_every=20, expired_answer=expired, token_form="opaque")
    came = read_all(settings, concurrency=4)
    assert came == emulator.ids("messages")
    lists = [one for one in emulator.requests if one.path.endswith("/messages")]
    assert emulator.token_requests == 1 + len(lists) // 20


def asked_with(server: OddServer) -> list[str]:
    """The token of each request of the API, by its number."""
    return [match[1] for head in server.heads if (match := re.search(r"Bearer t(\d+)", head))]


@contextlib.contextmanager
def tokens_good_for(answers: list[int], *, again: bool = False) -> Iterator[OddServer]:
    """A server that gives tokens t1, t2 ... (or t1 again), and the API these answers, in order."""
    given = itertools.count(1)

    def handle(connection: socket.socket, head: bytes) -> None:
        if b"/token" in head.split(b"\r\n")[0]:
            number = 1 if again else next(given)
            connection.sendall(answer(json.dumps({"access_token": f"t{number}"}).encode()))
        else:
            connection.sendall(answer(b"{}", f"{answers.pop(0)} So"))

    with odd_server(handle) as server:
        yield server


def test_a_token_that_ended_before_its_turn_came_is_renewed_again() -> None:
    with tokens_good_for([200, 401, 401, 200]) as server:
        client = odd(server.url, auth_url=f"{server.url}/token", max_retries=3)
        client.call(LIST)
        renew = client.auth.renew

        def renew_and_let_another_thread_succeed(refused: str) -> None:
            renew(refused)
            client.auth.note_accepted(client.auth.token())

        object.__setattr__(client.auth, "renew", renew_and_let_another_thread_succeed)
        client.call(LIST)
    assert asked_with(server) == ["1", "1", "2", "3"]


def test_a_token_that_never_worked_is_renewed_once() -> None:
    with tokens_good_for([200, 401, 401, 200]) as server:
        client = odd(server.url, auth_url=f"{server.url}/token", max_retries=3)
        client.call(LIST)
        with pytest.raises(errors.AuthenticationError):
            client.call(LIST)
    assert asked_with(server) == ["1", "1", "2"]


def test_a_token_that_is_given_again_is_not_tried_for_ever() -> None:
    with tokens_good_for([200, 403, 403, 200], again=True) as server:
        client = odd(server.url, auth_url=f"{server.url}/token", max_retries=3)
        client.call(LIST)
        with pytest.raises(errors.AccessDeniedError):
            client.call(LIST)
    assert asked_with(server) == ["1", "1", "1"]


def test_a_short_lived_token_is_renewed_before_it_expires(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(token_lifetime=1, token_expires_in="number")
    client = transport(settings)
    for _ in range(3):
        client.call(LIST)
        time.sleep(0.95)
    assert 401 not in {one.status for one in emulator.requests}
    assert emulator.token_requests == 3


@pytest.mark.parametrize("status", [400, 415])
def test_a_server_that_wants_a_form_gets_a_form(
    emulator: EmulatorServer, settings: dict[str, Any], status: int
) -> None:
    emulator.switch(token_body="form", token_refusal_status=status, revoke_every=3)
    client = transport(settings)
    for _ in range(4):
        client.call(LIST)
    refused = [one for one in emulator.requests if one.status == status]
    assert len(refused) == 1, "the form is remembered"


def test_wrong_credentials_name_the_settings(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    with pytest.raises(errors.AuthenticationError) as caught:
        transport(settings, client_secret="wr0ng").call(LIST)
    assert str(caught.value).startswith("client_id, client_secret: ")
    assert "wr0ng" not in str(caught.value)
    assert emulator.token_requests == 2, "once as JSON, once as a form"


def test_a_wrong_account_names_the_setting(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    with pytest.raises(errors.SakariError, match="account_id"):
        transport(settings, account_id="0" * 24).call(LIST)
    assert len(emulator.requests) < 5


def test_a_wrong_auth_url_names_the_setting() -> None:
    with odd_server(answer(b"", "404 Not Found")) as server:
        with pytest.raises(errors.ConfigError, match="auth_url: .*404"):
            odd(server.url, auth_url=f"{server.url}/token").call(LIST)


def test_netrc_does_not_take_the_place_of_the_token(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    transport(settings, max_retries=0).call(LIST)
    assert {one.status for one in emulator.requests} == {200}
