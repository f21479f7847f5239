"""No log at any level, no error and no repr holds a secret, a text or a person's data.

Everything planted goes out in a request and comes back in an answer, head and body.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sakari_client import errors
from sakari_client.client import SakariClient
from tests.client.reach import Sleeps, odd
from tests.client.test_hostile_servers import BROKEN, GOOD, OK
from tests.odd_server import Handle, answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

SECRET, TOKEN = "planted-secret-5ec2e7", "planted-token-70c3"
NUMBER, EMAIL, TAG = "+15550100002", "planted@example.com", "planted-tag"
TEXT, NAME, HOOK = "planted text", "Plantagenet", "https://example.com/hook?key=planted-key"
PLANTED = (SECRET, TOKEN, NUMBER[1:], EMAIL, TAG, TEXT, NAME, "planted-key")
FORMS = {form for one in PLANTED for form in (one, quote(one, safe=""), one.replace(" ", "+"))}

CONTACT = {
    "id": "1",
    "mobile": {"number": NUMBER},
    "firstName": NAME,
    "email": EMAIL,
    "tags": [{"tag": TAG}],
}

CALLS: dict[str, Callable[[SakariClient], Any]] = {
    "list": lambda it: list(it.contacts.list({"mobile": NUMBER, "email": EMAIL, "tags": TAG})),
    "find": lambda it: it.contacts.find_by_mobile(NUMBER),
    "find by email": lambda it: it.contacts.with_email(EMAIL),
    "get": lambda it: it.contacts.get(NUMBER),
    "get of nothing": lambda it: it.contacts.get(EMAIL + "\ud83d"),
    "create": lambda it: it.contacts.create(CONTACT),
    "create of what is no JSON": lambda it: it.contacts.create({**CONTACT, "a": {TEXT: {NAME}}}),
    "upsert": lambda it: it.contacts.upsert(CONTACT),
    "update": lambda it: it.contacts.update("1", {"firstName": NAME + "!"}),
    "delete": lambda it: it.contacts.delete(EMAIL),
    "upload": lambda it: list(it.contacts.upload([
        CONTACT, {**CONTACT, "tags": [TAG + "|"]}, {**CONTACT, "attributes": {NAME: "\ud83d"}},
    ])),
    "send": lambda it: it.messages.send(TEXT, contacts=[NUMBER, {"id": "1"}]),
    "send to nobody": lambda it: it.messages.send(TEXT, contacts=[NAME]),
    "template": lambda it: it.templates.create({"name": NAME, "template": TEXT}),
    "unsubscribe": lambda it: it.webhooks.unsubscribe(HOOK),
    "subscribe": lambda it: it.webhooks.subscribe(HOOK, []),
    "share": lambda it: it.files.share(TEXT.encode(), name=NAME, as_form=True),
    "share of what is not there": lambda it: it.files.share(f"/nowhere/{NAME}"),
    "account": lambda it: it.account.get(),
}  # fmt: skip


def echo(status: str) -> bytes:
    """An answer that holds everything planted, wherever an answer can hold something."""
    words = " ".join(PLANTED)
    error = {"code": NUMBER, "message": words, "description": words}
    contact = {**CONTACT, "error": error, "url": HOOK, "extra": words}
    data = {
        **contact, "messages": [{"contact": contact, "text": TEXT}], "invalid": [contact],
        "contacts": [contact], "errors": [contact], "link": HOOK, "submitted": 9, "success": 1,
    }  # fmt: skip
    body = {"success": status == "200", "error": error, "data": data}
    return answer(json.dumps(body).encode(), f"{status} {words}", **{
        "Set-Cookie": words, "Location": f"https://example.com/{EMAIL}", "X-Words": words,
    })  # fmt: skip


ANSWERS: dict[str, bytes] = {
    **{status: echo(status) for status in ("200", "202", "302", "400", "401", "404", "429", "500")},
    "success false": echo("400").replace(b"HTTP/1.1 400", b"HTTP/1.1 200"),
    "text": answer(" ".join(PLANTED).encode()),
    "malformed head": OK + f"{' '.join(PLANTED)}\r\n{EMAIL}\r\n\r\n".encode() + GOOD,
    "head that is none": " ".join(PLANTED).encode() + b"\r\n\r\n",
    "status that is none": b"HTTP/1.1 " + NUMBER.encode() + b" OK\r\n\r\n",
    "length": OK + b"Content-Length: " + EMAIL.encode() + b"\r\nContent-Length: 1\r\n\r\n",
    "chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n" + EMAIL.encode() + b"\r\n",
    "compressed": answer(EMAIL.encode(), **{"Content-Encoding": "gzip"}),
}


@pytest.fixture
def seen() -> Iterator[list[str]]:
    """Collects what may be shown to somebody, the log included; nothing planted may be in it."""
    shown: list[str] = []
    log, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(log), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield shown
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert "POST /token" in log.getvalue()  # it did look
    everything = "\n".join([*shown, log.getvalue()])
    assert [form for form in FORMS if form in everything] == []


def show(sakari: SakariClient, call: Callable[[SakariClient], Any]) -> Iterator[str]:
    """What a program might print of a call."""
    yield from (repr(sakari), repr(sakari.config), repr(vars(sakari)))
    try:
        result = call(sakari)
    except errors.SakariError as error:
        yield from (str(error), repr(error), *traceback.format_exception(error))
        return
    # Records are what was asked for; everything else is ours to keep quiet.
    for one in result if isinstance(result, list) else [result]:
        if not isinstance(one, dict):
            yield repr(one)


@contextlib.contextmanager
def client_of(handle: Handle | bytes) -> Iterator[SakariClient]:
    def serve(connection: socket.socket, head: bytes) -> None:
        if b"/token" in head.split(b"\r\n")[0]:
            connection.sendall(answer(json.dumps({"access_token": TOKEN}).encode()))
        elif isinstance(handle, bytes):
            connection.sendall(handle)
        else:
            handle(connection, head)

    with odd_server(serve) as server:
        config = odd(
            server.url,
            auth_url=f"{server.url}/token",
            client_secret=SECRET,
            max_retries=1,
            max_response_mb=1,
            request_timeout=0.2,
        ).config
        with SakariClient(config, clock=Sleeps().clock) as sakari:
            yield sakari


@pytest.mark.parametrize("answered", ANSWERS.values(), ids=ANSWERS)
def test_nothing_planted_is_shown_whatever_comes_back(seen: list[str], answered: bytes) -> None:
    with client_of(answered) as sakari:
        for call in CALLS.values():
            seen.extend(show(sakari, call))


@pytest.mark.parametrize("handle", [handle for handle, _ in BROKEN.values()], ids=BROKEN)
def test_nothing_planted_is_shown_whatever_a_server_does(
    seen: list[str], handle: Handle | bytes
) -> None:
    with client_of(handle) as sakari:
        for name in ("list", "get", "send"):
            seen.extend(show(sakari, CALLS[name]))


@pytest.mark.parametrize("status", ["302", "400", "401", "403", "404", "429", "500"])
def test_nothing_planted_is_shown_of_a_refused_token(seen: list[str], status: str) -> None:
    with odd_server(echo(status)) as server:
        config = odd(
            server.url, auth_url=f"{server.url}/token", client_id=SECRET, client_secret=SECRET
        ).config
        seen.extend(show(SakariClient(config), lambda it: it.contacts.get("1")))
