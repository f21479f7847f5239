"""What goes wrong over real HTTP is one clear error, without secrets or people in it."""

from __future__ import annotations

import logging
import socket
import time
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import errors
from tests.client.reach import LIST, PLANTED, odd, transport
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer


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
        ("302 Found", b"", errors.RedirectedError, "Redirects are not followed"),
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
        (b'{"a":NaN}', {"a": "NaN"}),
        (b'{"a":-Infinity}', {"a": "-Infinity"}),
        (b'{"a":%s}' % (b"9" * 5000), {"a": "9" * 5000}),
        (b'{"a":%s}' % (b"9" * 400), {"a": 10**400 - 1}),
        (b'{"a":1,"a":2}', {"a": 2}),
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        (b'{"a":"tab\tinside"}', {"a": "tab\tinside"}),
    ],
)
def test_odd_but_readable_answers_are_read(body: bytes, expected: Any) -> None:
    with odd_server(answer(body)) as server:
        assert odd(server.url).call(LIST) == expected
