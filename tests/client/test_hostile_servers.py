"""What servers can do to a client: it ends in a clear error or a correct value, and soon.

A send whose outcome is not clear is ambiguous, and is not repeated.
"""

from __future__ import annotations

import contextlib
import gzip
import itertools
import json
import time
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import errors
from sakari_client.client import SakariClient
from tests.client.reach import LIST, Sleeps, odd
from tests.odd_server import Handle, answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable

    from sakari_client.resources.sent import SendResult

TIMEOUT = 0.4
PATIENCE = 4.0
LIMITS = {"max_response_mb": 1, "request_timeout": TIMEOUT}
PATIENT = {**LIMITS, "request_timeout": 10 * TIMEOUT}
"""Where it is not the time that ends it: a busy machine may take long over a token."""

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = OK + b"Content-Encoding: gzip\r\n\r\n"
GZIP_HEAD = b"\x1f\x8b\x08\0\0\0\0\0\0\x03"
EMPTY_BLOCK = b"\0\0\0\xff\xff"
GOOD = b'{"success":true,"data":{"valid":1}}'


def endless(start: bytes, piece: bytes, pause: float = 0.0) -> Handle:
    """An answer that goes on until the client hangs up; not more than a gigabyte."""

    def handle(connection: socket.socket, _: bytes) -> None:
        connection.sendall(start)
        for _number in range(1_000_000_000 // len(piece)):
            connection.sendall(piece)
            time.sleep(pause)

    return handle


def zipped(body: bytes, encoding: str = "gzip", times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body)
    return answer(body, **{"Content-Encoding": encoding})


def interim(status: bytes, times: int) -> bytes:
    return b"HTTP/1.1 %s\r\nLink: </a>\r\n\r\n" % status * times


LARGE, LOST, LATE, BAD = (
    errors.AnswerTooLargeError,
    errors.ConnectionLostError,
    errors.RequestTimeoutError,
    errors.InvalidAnswerError,
)

# What a server does, and what becomes of a read.
BROKEN: dict[str, tuple[Handle | bytes, type[errors.SakariError]]] = {
    "a gigabyte": (endless(OK + b"Content-Length: 1000000000\r\n\r\n", b"1" * 65536), LARGE),
    "no end": (endless(OK + b"\r\n", b"1" * 65536), LARGE),
    "no end of chunks": (endless(CHUNKED, b"10000\r\n" + b"1" * 65536 + b"\r\n"), LARGE),
    "no end, slowly": (endless(OK + b"\r\n", b"1", 0.01), LATE),
    "head that drips": (endless(OK + b"X-A: ", b"a", 0.01), LATE),
    "status that drips": (endless(b"HTTP/1.1 2", b"0", 0.01), LATE),
    "size of a chunk that drips": (endless(CHUNKED + b"2;", b"a", 0.01), LATE),
    "no end of trailers": (endless(CHUNKED + b"0\r\n", b"X-A: a\r\n", 0.001), LATE),
    "no end of interim answers": (endless(b"", interim(b"100 Continue", 1), 0.001), LATE),
    "no end of compressed nothing": (endless(GZIP + GZIP_HEAD, EMPTY_BLOCK, 0.001), LATE),
    "silence": (lambda connection, _: time.sleep(2 * TIMEOUT), LATE),
    "closed at once": (b"", LOST),
    "closed in the status": (b"HTTP/1.", LOST),
    "closed in a chunk": (CHUNKED + b'10\r\n{"data":', LOST),
    "closed in the size of a chunk": (CHUNKED + b"1", LOST),
    "closed before the last chunk": (CHUNKED + b"2\r\n{}\r\n", LOST),
    "chunk of no size": (CHUNKED + b"many\r\n{}\r\n", LOST),
    "chunk of a negative size": (CHUNKED + b"-2\r\n{}\r\n0\r\n\r\n", LOST),
    "length too large": (OK + b"Content-Length: 99\r\n\r\n{}", BAD),
    "length too small": (OK + b"Content-Length: 9\r\n\r\n" + GOOD, BAD),
    "two lengths": (OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", LOST),
    "compressed and cut short": (GZIP + gzip.compress(GOOD)[:-20], BAD),
    "compressed, it says": (answer(GOOD, **{"Content-Encoding": "gzip"}), BAD),
    "compressed otherwise": (answer(zlib.compress(GOOD), **{"Content-Encoding": "snappy"}), BAD),
    "compressed a hundred megabytes": (zipped(b" " * 100_000_000), LARGE),
    "compressed twice, a hundred megabytes": (zipped(b" " * 100_000_000, "gzip, gzip", 2), LARGE),
    "compressed very often": (zipped(GOOD, ", ".join(["gzip"] * 9), 9), BAD),
    "HTTP 0.9": (b"<html>Hello</html>", LOST),
    "another protocol": (b"SSH-2.0-OpenSSH_9.6\r\n", LOST),
    "HTTP 7": (b"HTTP/7.1 200 OK\r\n\r\n{}", LOST),
    "status that is none": (b"HTTP/1.1 xyz OK\r\n\r\n{}", LOST),
    "status 999": (answer(GOOD, "999 Beyond"), BAD),
    "ten thousand headers": (OK + b"X-A: a\r\n" * 10_000 + b"\r\n{}", LOST),
    "a header of a megabyte": (OK + b"X-A: " + b"a" * 1_000_000 + b"\r\n\r\n{}", LOST),
    "early hints": (interim(b"103 Early Hints", 1) + answer(GOOD), BAD),
    "processing": (interim(b"102 Processing", 3) + answer(GOOD), BAD),
    "another protocol from now on": (interim(b"101 Switching Protocols", 1), BAD),
    "500": (answer(b"", "500 Oops"), errors.ServerError),
    "599": (answer(b"", "599 Oops"), errors.ServerError),
    "not modified": (b"HTTP/1.1 304 Not Modified\r\n\r\n", errors.RedirectedError),
    "not modified, with a body": (answer(GOOD, "304 Not Modified"), errors.RedirectedError),
    "broken JSON": (answer(GOOD[:-1]), BAD),
    "two documents": (answer(GOOD + GOOD), BAD),
    "UTF-16": (answer(GOOD.decode().encode("utf-16")), BAD),
    "a string without an end": (answer(b"[" * 101 + b'"' + b'\\"' * 400_000), BAD),
    "brackets without an end": (answer(b'[{"a":' * 100_000), BAD),
}  # fmt: skip


def call(url: str, **more: Any) -> Any:
    return odd(url, **LIMITS, **more).call(LIST)


def send(url: str) -> SendResult:
    config = odd(url, **LIMITS, max_retries=3).config
    with SakariClient(config, clock=Sleeps().clock) as sakari:
        return sakari.messages.send("hello there", contacts=["+15550100002"])


@pytest.fixture
def soon() -> Iterable[None]:
    """Holds a test to a time that is far above the timeout, and far below what is endless."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < PATIENCE


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize(("handle", "kind"), BROKEN.values(), ids=BROKEN)
def test_a_read_ends_in_a_clear_error(
    handle: Handle | bytes, kind: type[errors.SakariError]
) -> None:
    limits = LIMITS if kind is LATE else PATIENT
    with odd_server(handle) as server, pytest.raises(errors.SakariError) as caught:
        odd(server.url, **limits).call(LIST)
    assert type(caught.value) is kind
    assert str(caught.value).startswith("GET /contacts: ")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("handle", [handle for handle, _ in BROKEN.values()], ids=BROKEN)
def test_a_send_is_ambiguous_and_not_repeated(handle: Handle | bytes) -> None:
    with odd_server(handle) as server, pytest.raises(errors.AmbiguousError, match="look up"):
        send(server.url)
    assert len([head for head in server.heads if head.startswith("POST /v1")]) == 1


@pytest.mark.parametrize(
    "handle",
    [
        BROKEN[name][0]
        for name in BROKEN
        if "gigabyte" in name or "megabyte" in name or name.startswith("no end")
    ],
)
def test_memory_is_bounded(handle: Handle | bytes) -> None:
    with odd_server(handle) as server, contextlib.suppress(errors.SakariError):
        client = odd(server.url, **LIMITS)
        client.auth.token()
        tracemalloc.start()
        try:
            client.call(LIST)
        finally:
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
            assert peak < 8_000_000


EMPTY = {
    "204": b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
    "204 with a body": answer(b"[7]", "204 No Content"),
    "205": answer(b"", "205 Reset Content"),
    "200 of blanks": answer(b" \r\n "),
    "202": answer(b"", "202 Accepted"),
    "compressed, and cut short in its head": GZIP + GZIP_HEAD[:9],
}


@pytest.mark.parametrize("answered", EMPTY.values(), ids=EMPTY)
def test_success_without_a_body(answered: bytes) -> None:
    with odd_server(answered) as server:
        sakari = SakariClient(odd(server.url).config)
        assert sakari.contacts.delete("1") is True
        with pytest.raises(errors.InvalidAnswerError):
            sakari.contacts.get("1")
        with pytest.raises(errors.AmbiguousError):
            send(server.url)


# What a server sends for `requested` of a send, and what it is as JSON.
VALUES: dict[str, tuple[bytes, Any]] = {
    "10^400": (b"1" + b"0" * 400, 10**400),
    "a number of 5,000 digits": (b"1" * 5_000, "1" * 5_000),
    "1e400": (b"1e400", "1e400"),
    "-1e400": (b"-1e400", "-1e400"),
    "1e-400": (b"1e-400", 0.0),
    "NaN": (b"NaN", "NaN"),
    "Infinity": (b"Infinity", "Infinity"),
    "text NaN": (b'"nan"', "nan"),
    "text infinity": (b'"-Infinity"', "-Infinity"),
    "Latin-1": (b'"caf\xe9"', "caf\ufffd"),
    "lone surrogate": (rb'"\udc00"', "\ufffd"),
    "NUL": (rb'"\u0000"', "\ufffd"),
    "list": (b"[1]", [1]),
    "object": (b"{}", {}),
    "true": (b"true", True),
    "null": (b"null", None),
}


@pytest.mark.parametrize(("text", "value"), VALUES.values(), ids=VALUES)
def test_odd_values_are_read_and_never_spoil_what_was_sent(text: bytes, value: Any) -> None:
    fields = ("jobId", "job", "requested", "valid", "estimatedPrice", "messages", "invalid")
    for name in fields:
        with odd_server(answer(b'{"data":{"%s":%s}}' % (name.encode(), text))) as server:
            assert call(server.url) == {"data": {name: value}}
            result = send(server.url)
        assert len(result.recipients) == 1


@pytest.mark.parametrize("answered", [
    answer(b"\xef\xbb\xbf" + GOOD),
    answer(b'{"data":0,"success":false,"success":true,"data":{"valid":1}}'),
    answer(GOOD, **{"Content-Encoding": "identity"}),
    answer(GOOD, **{"Content-Encoding": "unheard-of"}),
    answer(GOOD, **{"Content-Type": "text/plain; charset=no-such"}),
    answer(GOOD, **{"Set-Cookie": "a=b; Domain=.", "Date": "'", "Location": "https://example.com"}),
    zipped(GOOD, "GZIP"),
    zipped(GOOD, "gzip, gzip", 2),
    interim(b"100 Continue", 5) + answer(GOOD),
    OK + b"Content-Length: many\r\n\r\n" + GOOD,
    OK + b"Content-Length: -5\r\n\r\n" + GOOD,
    OK + b"no header at all\r\n\r\n" + GOOD,
    CHUNKED + b'%x;ext="1"\r\n%s\r\n0\r\nX-Trailer: 1\r\n\r\n' % (len(GOOD), GOOD),
    GZIP + gzip.compress(GOOD[:9]) + gzip.compress(GOOD[9:]),
    answer(GOOD, "299 Whatever"),
    answer(GOOD, "200"),
])  # fmt: skip
def test_odd_but_whole_answers_are_read(answered: bytes) -> None:
    with odd_server(answered) as server:
        assert call(server.url)["data"] == {"valid": 1}
        assert [one.status for one in send(server.url).recipients] == ["accepted"]


def test_what_is_nested_a_hundred_thousand_times_is_kept_as_text() -> None:
    deep = b'{"a":' * 50_000 + b"1" + b"}" * 50_000
    with odd_server(answer(b'{"data":{"valid":1,"messages":[%s],"job":%s}}' % (deep, deep))) as it:
        assert call(it.url)["data"]["valid"] == 1
        assert [one.status for one in send(it.url).recipients] == ["accepted"]


@pytest.mark.parametrize("status", ["301", "302", "303", "307", "308", "300", "399"])
def test_a_redirect_is_not_followed(status: str) -> None:
    with odd_server(answer(GOOD)) as elsewhere:
        target = {"Location": f"{elsewhere.url}/v1/accounts/1a/contacts"}
        with odd_server(answer(b"", f"{status} There", **target)) as server:
            with pytest.raises(errors.RedirectedError, match="not followed"):
                call(server.url, max_retries=3)
            assert len([head for head in server.heads if "/contacts" in head]) == 1
            with pytest.raises(errors.AmbiguousError):
                send(server.url)
            assert len([head for head in server.heads if "/messages" in head]) == 1
    assert not elsewhere.heads


@pytest.mark.parametrize("status", ["400", "402", "404", "409", "413", "422", "451"])
def test_a_refused_send_is_not_ambiguous(status: str) -> None:
    with odd_server(answer(b"", f"{status} No")) as server:
        with pytest.raises(errors.SakariError) as caught:
            send(server.url)
    assert not caught.value.ambiguous
    assert len([head for head in server.heads if "/messages" in head]) == 1


def test_an_answer_that_comes_after_an_interim_one_is_not_given_to_the_next_request() -> None:
    connections = itertools.count()

    def handle(connection: socket.socket, _: bytes) -> None:
        if next(connections):
            connection.sendall(answer(b'{"to":"second"}'))
            return
        connection.sendall(interim(b"103 Early Hints", 1))
        if connection.recv(1):
            connection.sendall(answer(b'{"to":"first"}'))

    with odd_server(handle) as server:
        client = odd(server.url)
        with pytest.raises(errors.InvalidAnswerError, match="no answer yet"):
            client.call(LIST)
        assert client.call(LIST) == {"to": "second"}


@pytest.mark.parametrize("lifetime", [10**400, "1e999", "nan", -1, [], {}, True, "soon"])
def test_any_lifetime_of_a_token_will_do(lifetime: Any) -> None:
    token = json.dumps({"access_token": "tok", "expires_in": lifetime}).encode()
    assert token_works(token)


def test_a_token_may_look_like_a_deep_claim() -> None:
    import base64  # noqa: PLC0415

    claim = base64.urlsafe_b64encode(b"[" * 30_000).decode().rstrip("=")
    assert token_works(json.dumps({"access_token": f"a.{claim}.c"}).encode())


def token_works(token: bytes) -> bool:
    def handle(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer(token if b"/token" in head else GOOD))

    with odd_server(handle) as server:
        return bool(odd(server.url, auth_url=f"{server.url}/token").call(LIST))


LISTS: list[bytes] = [
    b'{"data":[%s]}' % row
    for row in (
        b'{"id":1e400}', b'{"id":"1","n":1e400}', b'{"id":%s}' % (b"9" * 400),
        b'{"id":%s}' % (b"9" * 4_200), b'{"id":"1","n":%s}' % (b"9" * 400),
        b'{"id":"1","n":NaN}', rb'{"id":"\ud83d"}', b'{"id":"\xe9"}', b'{"id":"1","id":"2"}',
        b'{"id":null,"created":5,"updated":[]}', b'{"":""}', b'{"id":"1","a":' + b"[" * 9_000
        + b"]" * 9_000 + b"}",
    )
]  # fmt: skip
LISTS += [
    b'{"data":[{"id":"1"}],"pagination":%s}' % hint
    for hint in (
        b'{"totalCount":1e400}', b'{"totalCount":%s}' % (b"9" * 400), b'{"totalCount":-5}',
        b'{"totalCount":"1"}', b'{"hasNext":1}', b"[]", b"7",
    )
]  # fmt: skip


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("body", LISTS, ids=lambda body: body[:48].decode("latin-1"))
def test_a_list_of_odd_rows_is_read_or_refused(body: bytes) -> None:
    def once(connection: socket.socket, head: bytes) -> None:
        connection.sendall(answer(body if b"offset=0&" in head else b'{"data":[]}'))

    with odd_server(once) as server:
        sakari = SakariClient(odd(server.url).config, clock=Sleeps().clock)
        try:
            rows = list(sakari.contacts.list())
        except errors.PagingError:
            assert b"totalCount" in body
        else:
            assert len(rows) == 1
