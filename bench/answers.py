"""What the bench's server answers: an account of the emulator, each message encoded only once."""

from __future__ import annotations

import json
import time
from array import array
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import msgspec

from sakari_emulator.account import STREAMS, Account
from sakari_emulator.errors import FAULT, UNAUTHORIZED, ApiError, bad_request, envelope, not_found
from sakari_emulator.generate import Sizes
from sakari_emulator.shapes import show
from sakari_emulator.switches import Switches, every
from sakari_emulator.tokens import ACCOUNT_ID, Tokens, check_credentials

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTACTS, CONVERSATIONS, SEED = 1_000, 1_000, 1
"""The rest of the account, which the messages refer to."""

_DEFAULT_ROWS, _MOST_ROWS = 10, 100
_LISTS = f"/v1/accounts/{ACCOUNT_ID}/"
_SWITCHES = Switches()


class Messages:
    """All messages, newest first, as one text with commas between them."""

    def __init__(self, count: int) -> None:
        sizes = Sizes(contacts=CONTACTS, messages=count, conversations=CONVERSATIONS)
        rows = [
            msgspec.json.encode(show(row, _SWITCHES))
            for row in Account(sizes, SEED).messages.ordered("newest", "")
        ]
        self._starts = array("Q", [0])
        for row in rows:
            self._starts.append(self._starts[-1] + len(row) + len(","))
        self._text = b",".join(rows)

    def __len__(self) -> int:
        return len(self._starts) - 1

    def cut(self, start: int, end: int) -> bytes:
        """The messages from `start` up to `end`, with commas between them."""
        return self._text[self._starts[start] : self._starts[end] - 1] if start < end else b""


@dataclass
class Behaviour:
    """What `POST /_bench/reset` can ask for; see bench/server.py."""

    messages: int
    latency_ms: int = 0
    error_every: int = 0
    reset_every: int = 0


@dataclass
class Stats:
    """What `GET /_bench/stats` tells, all since the last reset."""

    list_requests: int = 0
    token_requests: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    cpu_seconds: float = 0.0


@dataclass(frozen=True)
class Request:
    """A request; the names of its headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """An answer, to be sent after `latency` seconds; without a status, a connection reset."""

    status: int | None
    body: bytes = b""
    latency: float = 0.0
    counted: Stats | None = None


@dataclass
class Api:
    """The account, and what is asked of it."""

    messages: Messages
    behaviour: Behaviour = field(init=False)
    stats: Stats = field(init=False)
    tokens: Tokens = field(default_factory=Tokens)

    def __post_init__(self) -> None:
        self._reset({})

    def answer(self, request: Request) -> Answer:
        """Find the answer to a request; whoever sends it calls `sent`."""
        try:
            if request.method == "GET" and request.path.startswith(_LISTS):
                return self._list(request)
            if request.method == "POST" and request.path == "/oauth2/token":
                return self._token(request)
            if request.path == "/_bench/stats":
                self.stats.cpu_seconds = time.process_time() - self._cpu_before
                return Answer(200, json.dumps(asdict(self.stats)).encode())
            if request.method == "POST" and request.path == "/_bench/reset":
                self._reset(request.query)
                return Answer(200, b"{}")
            raise not_found("path")
        except ApiError as error:
            return _refusal(error)

    def sent(self, answer: Answer) -> None:
        """Take note that an answer went out."""
        if answer.counted:
            answer.counted.in_flight -= 1

    def _reset(self, query: Mapping[str, str]) -> None:
        asked = {name: _whole(query, name, 0) for name in query}
        self.behaviour = Behaviour(**{"messages": len(self.messages), **asked})
        self.stats = Stats()
        self._cpu_before = time.process_time()

    def _token(self, request: Request) -> Answer:
        self.stats.token_requests += 1
        check_credentials(request.headers.get("content-type", ""), request.body, _SWITCHES)
        return Answer(200, msgspec.json.encode(self.tokens.issue(time.time(), _SWITCHES)))

    def _list(self, request: Request) -> Answer:
        stats, behaviour = self.stats, self.behaviour
        stats.list_requests += 1
        stats.in_flight += 1
        stats.most_in_flight = max(stats.most_in_flight, stats.in_flight)
        latency = behaviour.latency_ms / 1000
        if every(behaviour.reset_every, stats.list_requests):
            return Answer(None, b"", latency, stats)
        try:
            return Answer(200, self._page(request), latency, stats)
        except ApiError as error:
            return _refusal(error, latency, stats)

    def _page(self, request: Request) -> bytes:
        if every(self.behaviour.error_every, self.stats.list_requests):
            raise ApiError(500, FAULT, "Something went wrong, as it was told to")
        if not self.tokens.accepts(request.headers.get("authorization", ""), time.time()):
            raise ApiError(401, UNAUTHORIZED, "Missing, unknown or expired token")
        stream = request.path.removeprefix(_LISTS)
        if stream not in STREAMS:
            raise not_found("path")
        offset = _whole(request.query, "offset", 0)
        limit = min(_whole(request.query, "limit", _DEFAULT_ROWS), _MOST_ROWS)
        total = min(self.behaviour.messages, len(self.messages)) if stream == "messages" else 0
        has_next = "true" if offset + limit < total else "false"
        return b'{"success":true,"pagination":{%s},"data":[%s]}' % (
            f'"totalCount":{total},"limit":{limit},"offset":{offset},"hasNext":{has_next}'.encode(),
            self.messages.cut(offset, min(offset + limit, total)),
        )


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise bad_request(f"{name} must be a whole number from 0")
    return int(text)


def _refusal(error: ApiError, latency: float = 0.0, counted: Stats | None = None) -> Answer:
    body = msgspec.json.encode(envelope(error.code, error.message))
    return Answer(error.status, body, latency, counted)
