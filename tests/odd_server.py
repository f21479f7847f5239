"""A server that answers every request with whatever bytes a test wants."""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl

Handle = Callable[[socket.socket, bytes], None]
"""Answers one connection, given the head of its request."""


@dataclass
class OddServer:
    """Where the server listens, and the heads and bodies of the requests that came."""

    url: str
    heads: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A well-formed HTTP answer that closes the connection."""
    fields = {"Content-Length": str(len(body)), "Connection": "close", **headers}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


TOKEN = answer(json.dumps({"access_token": "tok", "token_type": "Bearer"}).encode())


@contextlib.contextmanager
def odd_server(handle: Handle | bytes, tls: ssl.SSLContext | None = None) -> Iterator[OddServer]:
    """Run a server on loopback; token requests are answered properly, all others by `handle`."""
    listener = socket.create_server(("127.0.0.1", 0))
    scheme, port = "https" if tls else "http", listener.getsockname()[1]
    host = "localhost" if tls else "127.0.0.1"
    server = OddServer(f"{scheme}://{host}:{port}")

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_serve_one, args=(connection,), daemon=True).start()

    def _serve_one(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), contextlib.ExitStack() as open_sockets:
            open_sockets.callback(connection.close)
            if tls:
                connection = tls.wrap_socket(connection, server_side=True)
                open_sockets.callback(connection.close)
            head, body = _read_request(connection)
            server.heads.append(head.decode())
            server.bodies.append(body)
            if b"/oauth2/token" in head.split(b"\r\n")[0]:
                connection.sendall(TOKEN)
            elif isinstance(handle, bytes):
                connection.sendall(handle)
            else:
                handle(connection, head)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(5)


def _read_request(connection: socket.socket) -> tuple[bytes, bytes]:
    """Head and body of a request; closing with unread data would be a reset."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(65536)
    head, body = received.split(b"\r\n\r\n", 1)
    length = re.search(rb"(?i)content-length: (\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head, body
