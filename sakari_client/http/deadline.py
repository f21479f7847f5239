"""Answers that are read by a deadline, whatever a server does to draw them out."""

from __future__ import annotations

import http.client
import io
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import socket

    import urllib3
    from _typeshed import WriteableBuffer


def apply(pool: urllib3.HTTPConnectionPool) -> None:
    """Have a pool's connections wait no longer for all of an answer than for a part of it.

    The timeout of a socket is that of each wait. A server that sends a byte now and then can draw
    out the head, the line before a chunk, or a compressed nothing without end.
    """
    pool.ConnectionCls = type(
        "Connection", (pool.ConnectionCls,), {"response_class": _TimelyResponse}
    )


class _TimelyResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        timeout = sock.gettimeout()
        if timeout is not None:
            self.fp = io.BufferedReader(_Timely(self.fp.detach(), sock, timeout))


class _Timely(io.RawIOBase):
    """The bytes of one answer, which a socket gives until a timeout is over."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket, timeout: float) -> None:
        self._raw = raw
        self._sock = sock
        self._deadline = time.monotonic() + timeout

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        # urllib3 sets the whole timeout again before the next request.
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
