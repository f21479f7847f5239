"""TLS, proxies, cookies, addresses, and what the logs and the hook see of a request."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from sakari_client import errors
from sakari_client.client import SakariClient
from sakari_client.http.transport import Operation, Try
from tests.client.reach import LIST, Sleeps, odd, transport
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer


def test_a_tls_handshake_that_breaks_is_not_about_certificates() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.recv(1)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(errors.ConnectionLostError):
            odd(f"https://localhost:{listener.getsockname()[1]}").call(LIST)


def test_https_at_a_server_that_speaks_http_is_named(emulator: EmulatorServer) -> None:
    url = emulator.url.replace("http:", "https:")
    with pytest.raises(errors.ConnectionLostError, match="say https where it is http") as raised:
        odd(url).call(LIST)
    assert url.removeprefix("https://") in str(raised.value)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
    with pytest.raises(errors.ConnectionFailedError, match=f"no connection to {host}\\."):
        odd(f"http://{host}").call(LIST)


def test_the_body_of_a_redirect_is_not_read_without_bounds() -> None:
    redirect = answer(b"x" * 3_000_000, "302 Found", Location="https://elsewhere.example.com/")
    with odd_server(redirect) as server, pytest.raises(errors.AnswerTooLargeError):
        odd(server.url, max_response_mb=1).call(LIST)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"data":null}', b'{"data":[1]}', b"7"])
def test_a_list_that_is_none_is_asked_for_again(body: bytes) -> None:
    with odd_server(answer(body)) as server:
        sakari = SakariClient(odd(server.url, max_retries=2).config, clock=Sleeps().clock)
        with pytest.raises(errors.InvalidAnswerError, match="GET /contacts: .*no list of records"):
            list(sakari.contacts.list())
    assert len([head for head in server.heads if "/contacts" in head]) == 3


def test_an_empty_account_may_answer_null() -> None:
    with odd_server(answer(b'{"data":null,"pagination":{"totalCount":0}}')) as server:
        assert list(SakariClient(odd(server.url).config).contacts.list()) == []


def test_tls_is_verified_and_a_ca_file_accepted(tmp_path: Path) -> None:
    authority = trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    with odd_server(answer(b"{}"), tls) as server:
        with pytest.raises(errors.TlsError, match="ca_file"):
            odd(server.url).call(LIST)
        assert odd(server.url, ca_file=str(ca_file)).call(LIST) == {}


def test_a_proxy_is_used_and_its_password_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "sakari_client")
    with odd_server(answer(b'{"by":"proxy"}')) as proxy:
        address = proxy.url.replace("http://", "http://me:s3cret@")
        client = odd("http://127.0.0.1:9", proxy_url=address)
        assert client.call(LIST) == {"by": "proxy"}
        assert "GET http://127.0.0.1:9/v1/accounts/1a/contacts HTTP/1.1" in proxy.heads[-1]
        assert "Proxy-Authorization: Basic" in proxy.heads[-1]
    with pytest.raises(errors.ConnectionFailedError) as caught:
        client.call(LIST)
    assert "s3cret" not in str(caught.value) + caplog.text


def test_proxies_of_the_environment_are_not_asked_for_this_machine(
    emulator: EmulatorServer, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert transport(settings, max_retries=0).call(LIST)["success"] is True


def test_cookies_are_not_kept() -> None:
    with odd_server(answer(b"{}", **{"Set-Cookie": "a=b"})) as server:
        client = odd(server.url)
        client.call(LIST)
        client.call(LIST)
    assert not any("cookie" in head.lower() for head in server.heads)


def test_requests_say_who_they_are() -> None:
    with odd_server(answer(b"{}")) as server:
        odd(server.url, user_agent="me/1").call(LIST)
    assert all("User-Agent: me/1" in head for head in server.heads)
    assert "Authorization: Bearer tok" in server.heads[-1]


def test_no_log_at_any_level_holds_what_a_filter_asks_for(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(error_every=2, reset_every=3)
    caplog.set_level(logging.DEBUG)
    emulator_behind_a_path = {**settings, "api_url": f"{settings['api_url']}/a-prefix"}
    for reach in (settings, emulator_behind_a_path):
        sakari = SakariClient.from_settings(reach, clock=Sleeps().clock)
        with contextlib.suppress(errors.SakariError):
            list(sakari.contacts.list({"mobile": "+15550100002", "email": "ada@example.com"}))
    assert "/contacts" in caplog.text
    assert "/a-prefix" in caplog.text
    assert "5550100002" not in caplog.text
    assert "ada" not in caplog.text
    assert settings["client_secret"] not in caplog.text


def test_a_longer_wait_than_allowed_is_named_whatever_the_status() -> None:
    with odd_server(answer(b"", "503 No", **{"Retry-After": "120"})) as server:
        with pytest.raises(errors.ServerError, match="asks to wait 120 s"):
            odd(server.url, max_retries=5).call(LIST)


@pytest.mark.parametrize("value", ["../../accounts/other", "a/b?c#d", "\U0001f600", "%2e%2e"])
def test_ids_cannot_leave_their_place_in_the_path(value: str) -> None:
    with odd_server(answer(b"{}")) as server:
        odd(server.url).call(Operation("GET", "/contacts/{contactId}"), ids={"contactId": value})
    path = server.heads[-1].split()[1]
    assert path.startswith("/v1/accounts/1a/contacts/")
    assert path.count("/") == 5
    assert "?" not in path


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_ids_that_are_no_ids_are_refused(value: str) -> None:
    with pytest.raises(errors.InvalidInputError, match="contactId"):
        odd("https://api.sakari.io").call(
            Operation("GET", "/contacts/{contactId}"), ids={"contactId": value}
        )


def test_the_hook_sees_every_try_and_nothing_personal(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(error_every=2)
    seen: list[Try] = []
    sakari = SakariClient.from_settings(settings, clock=Sleeps().clock, on_try=seen.append)
    list(sakari.contacts.list({"email": "ada@example.com"}))
    list(sakari.contacts.list({"email": "ada@example.com"}))
    assert [one.operation for one in seen].count("POST /oauth2/token") == 1
    assert {(one.status, one.number) for one in seen if "contacts" in one.operation} == {
        (200, 1),
        (500, 1),
        (200, 2),
    }
    assert "ada" not in json.dumps([str(one) for one in seen])
