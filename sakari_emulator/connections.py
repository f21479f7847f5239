"""The connection a request came in on, so that an answer can break it off."""

from __future__ import annotations

import socket
import struct
from contextvars import ContextVar
from typing import TYPE_CHECKING

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio

_transport: ContextVar[asyncio.Transport] = ContextVar("transport")


class Connection(H11Protocol):
    """uvicorn's HTTP/1.1, which tells the requests it starts which connection is theirs.

    ASGI hides the connection. uvicorn starts the task of a request inside `data_received`, and a
    task inherits the context it is started in.
    """

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Send small packets at once.

        uvicorn writes head and body separately. asyncio switches Nagle's algorithm off only for
        sockets whose protocol number is set, and uvicorn's are not: each small answer would wait
        40 ms for the client's acknowledgement of its head.
        """
        connection: socket.socket | None = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand bytes on, having noted where they came from."""
        _transport.set(self.transport)
        super().data_received(data)


def reset() -> None:
    """Break the connection of the current request with a TCP reset: the client sees ECONNRESET."""
    transport = _transport.get()
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        # Lingering for zero seconds turns the close into a reset.
        linger = struct.pack("ii", 1, 0)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    transport.abort()


def close() -> None:
    """Close the connection of the current request after what was written so far."""
    _transport.get().close()
