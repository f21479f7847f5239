"""The client over real HTTP: what it repeats, how it renews its token, what its errors say."""

from __future__ import annotations

import contextlib
import json
import logging
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from sakari_client import errors
from sakari_client.client import SakariClient
from sakari_client.clock import Clock
from sakari_client.config import ClientConfig
from sakari_client.retry import Repeat
from sakari_client.transport import Operation, Transport, Try
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer

LIST = Operation("GET", "/contacts")
SEND = Operation("POST", "/messages", Repeat.HARMFUL)
PLANTED = ("Ada", "ada@example.com", "+15550100002", "5550100002", "s3cret", "hello there")


class Sleeps:
    """A clock with real time whose sleeps take none, and are noted."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.clock = Clock(sleep=self.seconds.append, random=lambda: 1.0)


def transport(settings: dict[str, Any], clock: Clock | None = None, **more: Any) -> Transport:
    return Transport(ClientConfig.from_settings({**settings, **more}), clock=clock)


def odd(url: str, **more: Any) -> Transport:
    """A transport for a server that is none of ours."""
    config = {"client_id": "an-id", "client_secret": "s3cret", "account_id": "1a"}
    return transport(
        {**config, "api_url": url, "max_retries": 0, "requests_per_second": 1000, **more}
    )


# --- what goes wrong, and what the error says -----------------------------------------------


@pytest.mark.parametrize(
    ("switches", "kind", "said"),
    [
        ({"error_every": 1}, errors.ServerError, ["GET /contacts", "500", "try again later"]),
        ({"error_every": 1, "error_status": 503, "error_body": "html"}, errors.ServerError,
         ["GET /contacts", "503", "an HTML page"]),
        ({"error_every": 1, "error_status": 502, "error_body": "empty"}, errors.ServerError,
         ["GET /contacts", "502", "an empty body"]),
        ({"html_every": 1}, errors.InvalidAnswerError,
         ["GET /contacts", "200", "an HTML page", "api_url"]),
        ({"bad_json_every": 1}, errors.InvalidAnswerError, ["GET /contacts", "200", "broken JSON"]),
        ({"truncate_every": 1}, errors.InvalidAnswerError, ["GET /contacts", "cut short"]),
        ({"success_false_every": 1}, errors.RequestRefusedError, ["GET /contacts", "200"]),
        ({"reset_every": 1}, errors.ConnectionLostError, ["GET /contacts", "broke"]),
        ({"rate_limit_every": 1}, errors.RateLimitError,
         ["GET /contacts", "429", "requests_per_second"]),
    ],
    ids=str,
)  # fmt: skip
def test_each_fault_is_one_clear_error(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    switches: dict[str, Any],
    kind: type[errors.SakariError],
    said: list[str],
) -> None:
    emulator.switch(**switches)
    with pytest.raises(errors.SakariError) as caught:
        transport(settings, max_retries=0).call(LIST)
    assert type(caught.value) is kind
    assert caught.value.operation == "GET /contacts"
    for part in said:
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        ("401 Unauthorized", b"go away", errors.AuthenticationError, "401, text. Check client_id"),
        ("401 Unauthorized", b"", errors.AuthenticationError, "401, an empty body. Check client_i"),
        ("403 Forbidden", b'{"error":{"code":"ACCT-016","message":"Ada"}}',
         errors.AccessDeniedError, "403, ACCT-016: the credentials may not use this API."),
        ("404 Not Found", b'{"success":false,"error":{"code":"ACCT-008"}}',
         errors.NotFoundError, "404, ACCT-008: the account id is not valid. Check account_id"),
        ("400 Bad Request", b'{"error":{"code":"CONT-001","message":"Bad +15550100002 of Ada"}}',
         errors.RequestRefusedError, "400, CONT-001: not a valid mobile number"),
        ("400 Bad Request", b'{"error":{"code":"+15550100002","message":"hello there"}}',
         errors.RequestRefusedError, "400, no error code"),
        ("200 OK", b'{"success":false,"error":{"code":"NEW-123","description":"Ada"}}',
         errors.RequestRefusedError, "200, NEW-123."),
        ("500 Oops", b'{"error":"ada@example.com"}', errors.ServerError, "500, no error code."),
        ("302 Found", b"", errors.RequestRefusedError, "Redirects are not followed"),
        ("200 OK", b"<html>Ada +15550100002</html>", errors.InvalidAnswerError, "an HTML page"),
        ("200 OK", b"Ada, ada@example.com", errors.InvalidAnswerError, "with text in place of"),
        ("200 OK", b"[" * 100_000, errors.InvalidAnswerError, "broken JSON"),
    ],
)  # fmt: skip
def test_errors_name_the_code_and_no_person(
    status: str,
    body: bytes,
    kind: type[errors.SakariError],
    said: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "sakari_client")
    with odd_server(answer(body, status)) as server:
        with pytest.raises(errors.SakariError) as caught:
            odd(server.url).call(LIST, query={"mobile": "+15550100002"})
    assert type(caught.value) is kind
    assert said in str(caught.value)
    for secret in PLANTED:
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
        assert secret not in caplog.text


def test_a_server_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
    with pytest.raises(errors.ConnectionFailedError, match=r"no connection.*api_url"):
        odd(url).call(LIST)


def test_a_drip_feed_ends_at_the_timeout() -> None:
    def drip(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        for _number in range(200):
            connection.sendall(b" ")
            time.sleep(0.05)

    with odd_server(drip) as server:
        started = time.monotonic()
        with pytest.raises(errors.RequestTimeoutError, match="request_timeout"):
            odd(server.url, request_timeout=0.3).call(LIST)
        assert time.monotonic() - started < 3


def test_silence_ends_at_the_timeout() -> None:
    with odd_server(lambda connection, _: time.sleep(2)) as server:
        with pytest.raises(errors.RequestTimeoutError):
            odd(server.url, request_timeout=0.2).call(LIST)


def test_an_answer_that_is_too_large_is_not_read_to_its_end() -> None:
    with odd_server(answer(b"[" + b"1," * 2_000_000 + b"1]")) as server:
        with pytest.raises(errors.AnswerTooLargeError, match="larger than 1 MB.*page_size"):
            odd(server.url, max_response_mb=1).call(LIST)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (rb'{"a":"nul \u0000, no nul \\u0000"}', {"a": r"nul �, no nul \u0000"}),
        (b'{"a":"raw \0"}', {"a": "raw �"}),
        (rb'{"a":"half \ud83d emoji"}', {"a": "half � emoji"}),
        (rb'{"a":"\ud83d\ude00 whole, \ude00 half"}', {"a": "\U0001f600 whole, � half"}),
        (b'{"a":"caf\xe9"}', {"a": "caf�"}),
        (b'{"a":10E400}', {"a": "10E400"}),
        (b'{"a":NaN}', {"a": None}),
        (b'{"a":"tab\tinside"}', {"a": "tab\tinside"}),
    ],
)
def test_odd_but_readable_answers_are_read(body: bytes, expected: Any) -> None:
    with odd_server(answer(body)) as server:
        assert odd(server.url).call(LIST) == expected


# --- what is repeated ------------------------------------------------------------------------


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
    sakari = SakariClient.from_settings({**settings, "page_size": 20}, clock=sleeps.clock)
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
            sender.call(SEND, body={"template": "hello there"})
    assert caught.value.ambiguous is ambiguous
    assert len([head for head in server.heads if "/messages" in head]) == tries


def test_a_send_whose_answer_is_lost_is_ambiguous() -> None:
    with odd_server(lambda connection, _: None) as server:
        with pytest.raises(errors.ConnectionLostError) as caught:
            odd(server.url, max_retries=3).call(SEND, body={})
    assert caught.value.ambiguous
    assert len([head for head in server.heads if "/messages" in head]) == 1


def test_a_send_that_never_left_is_not_ambiguous() -> None:
    def no_token(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer(b"", "503 No"))

    with odd_server(no_token) as server:
        sender = odd(server.url, auth_url=f"{server.url}/token")
        with pytest.raises(errors.ServerError, match="POST /oauth2/token") as caught:
            sender.call(SEND, body={})
    assert not caught.value.ambiguous
    assert not any("/messages" in head for head in server.heads)


def test_a_closed_client_stops_trying(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(error_every=1)
    client = transport(settings)
    client._clock = Clock(sleep=lambda _: client.close())
    with pytest.raises(errors.SakariError, match="the client was closed"):
        client.call(LIST)
    assert len([one for one in emulator.requests if one.path.endswith("/contacts")]) == 1


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


# --- the access token ------------------------------------------------------------------------


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


# --- the connection --------------------------------------------------------------------------


def test_a_tls_handshake_that_breaks_is_not_about_certificates() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.recv(1)
            connection.close()

        threading.Thread(target=hang_up, daemon=True).start()
        with pytest.raises(errors.ConnectionLostError):
            odd(f"https://localhost:{listener.getsockname()[1]}").call(LIST)


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
    with pytest.raises(errors.ConfigError, match="contactId"):
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
