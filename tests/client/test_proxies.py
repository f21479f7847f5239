"""Behind a proxy, too, a send whose answer is lost was sent, and is not sent again."""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from sakari_client.errors import AmbiguousError, ConnectionFailedError, ConnectionLostError
from sakari_client.http.bodies import as_json
from tests.client.reach import LIST, SEND, Sleeps, odd
from tests.odd_server import OddServer, answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXT = as_json({"template": "hello there"}, "POST /messages")


def _end(connection: socket.socket, _: bytes) -> None:
    """Close without a word."""
    with contextlib.suppress(OSError):
        if isinstance(connection, ssl.SSLSocket):
            connection.unwrap()


def _reset(connection: socket.socket, _: bytes) -> None:
    """Break off."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


BREAKS = pytest.mark.parametrize("lose", [_end, _reset])


def _sends(server: OddServer) -> int:
    return sum("/messages " in head.split("\r\n")[0] for head in server.heads)


def _send(api_url: str, **more: Any) -> None:
    sender = odd(api_url, max_retries=2, **more)
    sender._clock = sender._throttle._clock = Sleeps().clock
    sender.call(SEND, body=TEXT)


@BREAKS
def test_a_send_by_proxy(lose: Any) -> None:
    with odd_server(lose) as proxy:
        with pytest.raises(AmbiguousError) as caught:
            _send("http://127.0.0.2:9", proxy_url=proxy.url)
    assert isinstance(caught.value.__cause__, ConnectionLostError)
    assert _sends(proxy) == 1


@BREAKS
def test_a_send_through_a_tunnel(lose: Any, tmp_path: Path) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(tls)
    with odd_server(lose, tls) as server, _tunnel() as proxy:
        with pytest.raises(AmbiguousError) as caught:
            _send(server.url, proxy_url=proxy, ca_file=str(tmp_path / "ca.pem"))
    assert isinstance(caught.value.__cause__, ConnectionLostError)
    assert _sends(server) == 1


def test_a_proxy_that_lets_nobody_through_has_sent_nothing() -> None:
    with odd_server(answer(b"", "407 Proxy Authentication Required")) as proxy:
        with pytest.raises(ConnectionFailedError, match="no connection"):
            odd("https://api.sakari.io", proxy_url=proxy.url).call(LIST)


def test_what_a_proxy_answers_is_not_taken_for_a_tunnel_that_failed() -> None:
    with odd_server(b"Tunnel connection failed: 502 Bad Gateway\r\n\r\n") as proxy:
        with pytest.raises(AmbiguousError):
            _send("http://127.0.0.2:9", proxy_url=proxy.url)
    assert _sends(proxy) == 1


def test_a_proxy_that_is_not_there_has_sent_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}"
    with pytest.raises(ConnectionFailedError, match="no connection"):
        _send("http://127.0.0.2:9", proxy_url=nowhere)


@pytest.mark.parametrize("status", ["408 Request Timeout", "499 Client Closed Request"])
def test_a_proxy_that_gave_up_waiting_may_have_passed_it_on(status: str) -> None:
    with odd_server(answer(b"", status)) as server:
        with pytest.raises(AmbiguousError):
            _send(server.url)
    assert _sends(server) == 1


@contextlib.contextmanager
def _tunnel() -> Iterator[str]:
    """A proxy that lets everybody through (CONNECT)."""
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def serve(client: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += client.recv(65_536)
        port = int(head.split()[1].rpartition(b":")[2])
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(server, client), daemon=True)
            back.start()
            pump(client, server)
            back.join(5)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = listener.accept()
                threading.Thread(target=serve, args=(client,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
