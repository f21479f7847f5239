"""Answers, and the ways in which one can fail to arrive whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import msgspec
from starlette.responses import Response

from sakari_emulator import connections
from sakari_emulator.errors import FAULT, envelope

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_PIECES = 20
_MEGABYTE = 1_000_000
_HTML = b"<!DOCTYPE html><html><head><title>Oops</title></head><body>Not JSON</body></html>\n"


def json(value: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")


def html(status: int = 200) -> Response:
    """A page such as a proxy or a load balancer would send."""
    return Response(_HTML, status, media_type="text/html")


def failure(status: int, body: str) -> Response:
    """A server error whose body is json, html or empty."""
    if body == "html":
        return html(status)
    if body == "empty":
        return Response(b"", status)
    return json(envelope(FAULT, "Something went wrong, as it was told to"), status)


def bad_json(whole: Response) -> Response:
    """The answer with its last byte replaced, so that it is no JSON."""
    return _with_body(whole, bytes(whole.body)[:-1] + b",")


def padded(whole: Response, megabytes: int) -> Response:
    """The answer with that much padding in it; still JSON where it was."""
    body = bytes(whole.body)
    if not body.endswith(b"}"):
        return whole
    return _with_body(whole, body[:-1] + b',"padding":"' + b"x" * megabytes * _MEGABYTE + b'"}')


def _with_body(whole: Response, body: bytes) -> Response:
    return Response(body, whole.status_code, media_type=whole.headers.get("content-type"))


class Reset(Response):
    """No answer: the connection is reset."""

    def __init__(self) -> None:
        super().__init__(status_code=500)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Reset the connection."""
        connections.reset()
        await _gone(receive)


class Hang(Response):
    """No answer, until the client gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait."""
        await _gone(receive)


class Truncated(Response):
    """The length of the whole answer is announced, but only half of it is sent."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the first half, then close."""
        await _start(self, send)
        await _piece(send, bytes(self.body[: len(self.body) // 2]), last=False)
        connections.close()
        await _gone(receive)


class Slow(Response):
    """The whole answer, a little at a time."""

    def __init__(self, whole: Response, pause: float) -> None:
        super().__init__(whole.body, whole.status_code, dict(whole.headers))
        self._pause = pause

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send piece after piece with pauses of `pause` seconds."""
        await _start(self, send)
        size = len(self.body) // _PIECES + 1
        for start in range(0, len(self.body), size):
            await asyncio.sleep(self._pause)
            await _piece(send, bytes(self.body[start : start + size]), last=False)
        await _piece(send, b"", last=True)


async def _start(response: Response, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )


async def _piece(send: Send, body: bytes, *, last: bool) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": not last})


async def _gone(receive: Receive) -> None:
    """Wait until the connection is gone: leaving earlier, uvicorn would answer for us."""
    while (await receive())["type"] != "http.disconnect":
        pass
