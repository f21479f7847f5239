"""Requests that are sent and answered by a deadline, whatever a server does to draw them out."""

from __future__ import annotations

import http.client
import io
import time
from typing import TYPE_CHECKING, Any

import urllib3.connection
from urllib3.exceptions import ConnectTimeoutError

if TYPE_CHECKING:
    import socket

    from _typeshed import WriteableBuffer

_PIECE = 16 * 1024
"""Bytes sent at once; what TLS sends at once, too."""


def apply(pool: urllib3.HTTPConnectionPool, seconds: float) -> None:
    """Have a pool's connections take no longer for a whole request and answer than these seconds.

    No request goes out, either, after connecting took that long: to one dead address of the host
    after the other, or by a proxy that takes its time.

    The timeout of a socket is that of each wait. A server that takes or sends a byte now and then
    can draw out the request, the head of the answer, the line before a chunk, or a compressed
    nothing without end. And while a request is sent, urllib3 keeps the timeout for connecting.
    """
    if not issubclass(pool.ConnectionCls, _TimelyConnection):
        pool.ConnectionCls = type(
            "Connection", (_TimelyConnection, pool.ConnectionCls), {"seconds": seconds}
        )


class _TimelyConnection(urllib3.connection.HTTPConnection):
    seconds: float
    _deadline: float | None = None

    def connect(self) -> None:
        self._deadline = None  # what is sent to a proxy for a tunnel is part of connecting
        began, since = time.monotonic(), time.time()
        super().connect()
        # Where the machine is suspended meanwhile, the monotonic clock may stand still.
        if max(time.monotonic() - began, time.time() - since) > self.seconds:
            raise ConnectTimeoutError(self, "connecting took too long")
        self._begin()

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        self._begin()
        super().putrequest(*args, **kwargs)

    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        if self._deadline is None:
            super().send(data)
            return
        pieces = memoryview(data)
        for start in range(0, len(pieces), _PIECE):
            self.sock.settimeout(_left(self._deadline))
            super().send(pieces[start : start + _PIECE])

    def getresponse(self) -> Any:
        if self._deadline is not None:
            self.timeout = _left(self._deadline)
        return super().getresponse()

    def _begin(self) -> None:
        self._deadline = time.monotonic() + self.seconds


def _left(deadline: float) -> float:
    """Seconds until a deadline.

    Raises:
        TimeoutError: there are none.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


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
        # urllib3 sets the whole timeout again before the next request.
        self._sock.settimeout(_left(self._deadline))
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


_TimelyConnection.response_class = _TimelyResponse
