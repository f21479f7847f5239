"""What goes over the wire, and what is not done anew for each request."""

from __future__ import annotations

import contextlib
import gzip
import random
import re
import socket
import ssl
import threading
import time
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from sakari_client import errors
from sakari_client.http.bodies import as_bytes, as_json
from sakari_client.http.wire import Request
from tests.client.reach import LIST, SEND, odd, transport
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sakari_client.http.answers import Answer
    from sakari_emulator.server import EmulatorServer

ELSEWHERE = "https://api.sakari.io/v1/accounts/1a/contacts"


def test_a_read_has_no_body_and_a_write_says_how_long_its_is() -> None:
    with odd_server(answer(b"{}")) as server:
        client = odd(server.url)
        client.call(LIST)
        client.call(SEND, body=as_json({"name": "Zoë"}, "SEND"))
    read, write = server.heads[-2:]
    assert "Content-" not in read
    assert "\r\nContent-Type: application/json\r\n" in write
    assert f"\r\nContent-Length: {len(server.bodies[-1])}\r\n" in f"{write}\r\n"
    assert server.bodies[-1] == '{"name": "Zoë"}'.encode()


def test_answers_may_be_compressed() -> None:
    body = gzip.compress(b'{"data":[' + b"1," * 50_000 + b"1]}")
    with odd_server(answer(body, **{"Content-Encoding": "gzip"})) as server:
        assert len(odd(server.url).call(LIST)["data"]) == 50_001
    assert re.search(r"\r\nAccept-Encoding: .*gzip", server.heads[-1])


def test_a_compressed_answer_is_measured_after_unpacking() -> None:
    body = gzip.compress(b"[" + b"1," * 2_000_000 + b"1]")
    with odd_server(answer(body, **{"Content-Encoding": "gzip"})) as server:
        with pytest.raises(errors.AnswerTooLargeError):
            odd(server.url, max_response_mb=1).call(LIST)


@pytest.mark.parametrize("odd_one", ["too large", "drips", "broken gzip"])
def test_an_answer_that_is_given_up_gives_its_connection_back(odd_one: str) -> None:
    answers = [b"", answer(b"{}")]

    def serve(connection: socket.socket, _: bytes) -> None:
        if len(answers) == 2:
            answers.pop(0)
            if odd_one == "too large":
                connection.sendall(answer(b"[" + b"1," * 1_000_000 + b"1]"))
            elif odd_one == "broken gzip":
                body = gzip.compress(random.Random(1).randbytes(500_000))
                broken = body[:200_000] + b"\0" * 100 + body[200_100:]
                connection.sendall(answer(broken, **{"Content-Encoding": "gzip"}))
            else:
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n")
                for _number in range(20):
                    connection.sendall(b" ")
                    time.sleep(0.05)
        else:
            connection.sendall(answers[0])

    with odd_server(serve) as server:
        limits = {"max_response_mb": 1, "request_timeout": 0.4, "max_retries": 0}
        client = odd(server.url, concurrency=1, **limits)
        with pytest.raises(errors.SakariError):
            client.call(LIST)
        assert client.call(LIST) == {}


LARGE = as_bytes(bytes(16_000_000))
"""More than the operating system keeps for a server that does not read."""


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def tls(request: pytest.FixtureRequest, tmp_path: Path) -> ssl.SSLContext | None:
    """None, or what a server needs whose authority is in the file `ca.pem`."""
    if not request.param:
        return None
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@contextlib.contextmanager
def reading_server(
    tls: ssl.SSLContext | None, read: Callable[[socket.socket], None]
) -> Iterator[str]:
    """A server that reads one connection as a test wants; gives its address."""

    def serve() -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
            connection = stack.enter_context(listener.accept()[0])
            if tls:
                connection = stack.enter_context(tls.wrap_socket(connection, server_side=True))
            read(connection)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        scheme, host = ("https", "localhost") if tls else ("http", "127.0.0.1")
        yield f"{scheme}://{host}:{listener.getsockname()[1]}"
        thread.join(10)


def send_large(url: str, tls: ssl.SSLContext | None, folder: Path, **limits: float) -> Answer:
    config = {**limits, **({"ca_file": str(folder / "ca.pem")} if tls else {})}
    request = Request("POST /sharefile", "POST", f"{url}/v1/tools/sharefile", LARGE)
    return odd(url, **config)._wire.send(request, "tok")


def test_a_request_may_take_longer_to_be_sent_than_a_connection_to_be_made(
    tls: ssl.SSLContext | None, tmp_path: Path
) -> None:
    def late(connection: socket.socket) -> None:
        threading.Event().wait(1.5)
        left = len(LARGE.content)
        while left > 0:
            left -= len(connection.recv(1_000_000))
        connection.sendall(answer(b"{}"))

    with reading_server(tls, late) as url:
        sent = send_large(url, tls, tmp_path, connect_timeout=1, request_timeout=60)
    assert sent.status == 200


@pytest.mark.parametrize("bytes_at_once", [0, 4096])
def test_a_request_that_is_read_slowly_ends_with_the_request_timeout(
    tls: ssl.SSLContext | None, tmp_path: Path, bytes_at_once: int
) -> None:
    given_up = threading.Event()

    def slowly(connection: socket.socket) -> None:
        while not given_up.wait(0.005 if bytes_at_once else 20):
            connection.recv(bytes_at_once)

    with reading_server(tls, slowly) as url:
        with pytest.raises(errors.RequestTimeoutError):
            send_large(url, tls, tmp_path, connect_timeout=20, request_timeout=0.3)
        given_up.set()


def test_connections_are_used_again() -> None:
    def keep_alive(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
        while connection.recv(65536):
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with odd_server(keep_alive) as server:
        client = odd(server.url)
        for _ in range(5):
            assert client.call(LIST) == {}
        client.close()
    assert len([head for head in server.heads if "/contacts" in head]) == 1


def test_the_servers_clock_is_read_off_its_answers() -> None:
    dates = [
        formatdate(seconds, usegmt=True)
        for seconds in (2e9, 2e9, 2.1e9, 2e9 + 1, 2.1e9 + 2, 2.1e9 + 3)
    ]
    dates += ["yesterday", "", "Mon, 01 Jan 0001 00:00:00 +9999"]

    def dated(connection: socket.socket, _: bytes) -> None:
        connection.sendall(answer(b"{}", Date=dates.pop(0)))

    with odd_server(dated) as server:
        client = odd(server.url)
        # A jump that the next answer does not confirm was another server's, or a mistake.
        for expected in (2e9, 2e9, 2e9, 2e9, 2e9, 2.1e9, 2.1e9, 2.1e9, 2.1e9):
            client.call(LIST)
            assert client.server_time() == pytest.approx(expected, abs=60)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment without proxies."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("no_proxy", "asked"),
    [
        ("", True), ("example.com", True), ("api.sakari.io", False), ("sakari.io", False),
        (".sakari.io", False), ("api.sakari.io:8443", True), ("*", False),
    ],
)  # fmt: skip
def test_proxies_of_the_environment(
    environment: pytest.MonkeyPatch, no_proxy: str, *, asked: bool
) -> None:
    environment.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    environment.setenv("NO_PROXY", no_proxy)
    wire = odd("https://api.sakari.io")._wire
    for _ in range(2):
        proxies: dict[str, Any] = wire._proxies(ELSEWHERE)
        assert (proxies.get("https") == "http://proxy.example.com:3128") is asked


def test_each_host_has_its_own_proxies(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    environment.setenv("NO_PROXY", "api.sakari.io")
    wire = odd("https://api.sakari.io", auth_url="https://login.example.com/token")._wire
    assert not wire._proxies(ELSEWHERE)
    assert wire._proxies("https://login.example.com/token")
    assert not wire._proxies("http://127.0.0.1:8998/oauth2/token")


def test_the_environment_is_read_once_for_each_host(environment: pytest.MonkeyPatch) -> None:
    wire = odd("https://api.sakari.io")._wire
    assert not wire._route(ELSEWHERE).pool.proxy
    environment.setenv("HTTPS_PROXY", "http://proxy.example.com:3128")
    assert not wire._route(f"{ELSEWHERE}?offset=99").pool.proxy
    assert wire._route("https://login.example.com/token").pool.proxy


def test_a_header_cannot_be_smuggled_in_by_a_token() -> None:
    with odd_server(answer(b"{}")) as server:
        wire = odd(server.url)._wire
        request = Request("GET /contacts", "GET", f"{server.url}/v1/accounts/1a/contacts")
        with pytest.raises(errors.ConfigError):
            wire.send(request, "tok\r\nX-Injected: yes")
    assert not server.heads


def test_a_first_answer_with_a_wrong_clock_is_not_believed_for_long() -> None:
    dates = [formatdate(seconds, usegmt=True) for seconds in (2.1e9, 2e9, 2e9 + 1, 2.1e9 + 2)]
    with odd_server(lambda link, _: link.sendall(answer(b"{}", Date=dates.pop(0)))) as server:
        client = odd(server.url)
        for expected in (2.1e9, 2e9, 2e9, 2e9):
            client.call(LIST)
            assert client.server_time() == pytest.approx(expected, abs=60)


def test_nothing_is_sent_after_connecting_took_too_long(
    emulator: EmulatorServer, settings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up = socket.getaddrinfo

    def slowly(*args: Any, **more: Any) -> Any:
        time.sleep(0.2)
        return looked_up(*args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    client = transport(settings, request_timeout=0.1, max_retries=0)
    with pytest.raises(errors.ConnectionFailedError):
        client.call(LIST)
    assert not emulator.requests
