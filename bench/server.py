"""A message server that costs next to nothing, so that what is measured is the tap.

It shows an account of the emulator: the same rows, envelope, token and paging. As every message is
encoded at the start, an answer is a slice of one long text.

    python -m bench.server --messages 10000     prints its address, then answers until Ctrl-C
    GET  /_bench/stats                          what was asked for since the last reset
    POST /_bench/reset?messages=1000&latency_ms=20&error_every=7&reset_every=11

`messages` shows only the newest so many. Each list request is answered after `latency_ms`, however
many are in flight; every `error_every`-th with a 500, every `reset_every`-th with a reset of its
connection. What is not named is off.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import socket
import struct
import sys
import time
from email.utils import formatdate
from http import HTTPStatus
from urllib.parse import parse_qsl

from bench.answers import Answer, Api, Messages, Request

_RESET = struct.pack("ii", 1, 0)  # lingering for zero seconds turns a close into a reset
_SEND_BUFFER = 1 << 20  # bytes: a page goes out in one call


class Connection(asyncio.Protocol):
    """HTTP/1.1 on one connection, which is kept: one request after another."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._came = b""
        self._busy = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Have answers sent whole and at once."""
        self._transport = transport
        self._socket: socket.socket = transport.get_extra_info("socket")
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)

    def data_received(self, data: bytes) -> None:
        """Answer a request once it is there as a whole, and the one before is answered."""
        self._came += data
        if not self._busy:
            self._answer_next()

    def _answer_next(self) -> None:
        request, self._came = parse(self._came)
        if request is None:
            return
        answer = self._api.answer(request)
        if answer.latency:
            self._busy = True
            asyncio.get_running_loop().call_later(answer.latency, self._send, answer)
        else:
            self._send(answer)

    def _send(self, answer: Answer) -> None:
        self._busy = False
        self._api.sent(answer)
        if answer.status is None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()
        elif not self._transport.is_closing():
            self._transport.write(_head(answer.status, len(answer.body)) + answer.body)
            self._answer_next()


def parse(came: bytes) -> tuple[Request | None, bytes]:
    """Take the first request out of what came.

    Returns:
        The request, or None where it is not there as a whole; and what is left.
    """
    head, end, rest = came.partition(b"\r\n\r\n")
    if not end:
        return None, came
    start, *lines = head.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if len(rest) < length:
        return None, came
    method, target, _ = start.split(" ")
    path, _, query = target.partition("?")
    return Request(method, path, dict(parse_qsl(query)), headers, rest[:length]), rest[length:]


def _head(status: int, length: int) -> bytes:
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
        f"Date: {_date(int(time.time()))}\r\n"
        "Content-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


@functools.lru_cache(maxsize=1)
def _date(moment: int) -> str:
    return formatdate(moment, usegmt=True)


async def _serve(api: Api, port: int, *, until_stdin_closes: bool) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", port)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    if until_stdin_closes:
        await loop.run_in_executor(None, sys.stdin.read)
    else:
        await server.serve_forever()


def main() -> None:
    """Make up the account, then answer."""
    parser = argparse.ArgumentParser(prog="python -m bench.server", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--messages", type=int, default=10_000)
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    parser.add_argument(
        "--until-stdin-closes",
        action="store_true",
        help="end when standard input does, as it does when whoever started this is gone",
    )
    options = parser.parse_args()
    api = Api(Messages(options.messages))
    try:
        asyncio.run(_serve(api, options.port, until_stdin_closes=options.until_stdin_closes))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
