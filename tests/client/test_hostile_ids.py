"""Whatever is given as an id stays one segment of a path, or is refused before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidInputError, SakariError
from tests.client.reach import odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.odd_server import OddServer

ACCOUNT = "/v1/accounts/1a"

# A method that takes an id, and what its path holds before and behind it.
METHODS: dict[str, tuple[Callable[[SakariClient, Any], Any], str, str]] = {
    "contacts.get": (lambda it, id_: it.contacts.get(id_), "/contacts/", ""),
    "contacts.update": (lambda it, id_: it.contacts.update(id_, {"a": 1}), "/contacts/", ""),
    "contacts.replace": (lambda it, id_: it.contacts.replace(id_, {}), "/contacts/", ""),
    "contacts.delete": (lambda it, id_: it.contacts.delete(id_), "/contacts/", ""),
    "messages.get": (lambda it, id_: it.messages.get(id_), "/messages/", ""),
    "templates.get": (lambda it, id_: it.templates.get(id_), "/templates/", ""),
    "templates.update": (lambda it, id_: it.templates.update(id_, {"a": 1}), "/templates/", ""),
    "templates.replace": (lambda it, id_: it.templates.replace(id_, {}), "/templates/", ""),
    "templates.delete": (lambda it, id_: it.templates.delete(id_), "/templates/", ""),
    "campaigns.get": (lambda it, id_: it.campaigns.get(id_), "/campaigns/", ""),
    "campaigns.update": (lambda it, id_: it.campaigns.update(id_, {"a": 1}), "/campaigns/", ""),
    "campaigns.replace": (lambda it, id_: it.campaigns.replace(id_, {}), "/campaigns/", ""),
    "campaigns.delete": (lambda it, id_: it.campaigns.delete(id_), "/campaigns/", ""),
    "conversations.get": (lambda it, id_: it.conversations.get(id_), "/conversations/", ""),
    "conversations.close": (
        lambda it, id_: it.conversations.close(id_), "/conversations/", "/close",
    ),
    "webhooks.unsubscribe": (lambda it, id_: it.webhooks.unsubscribe(id_), "/webhooks/", ""),
}  # fmt: skip

SENT = {
    "up and over": "../../accounts/other",
    "query and fragment": "a/b?c#d",
    "encoded dots": "%2e%2e",
    "encoded slash": "a%2Fb",
    "encoded nothing": "%",
    "three dots": "...",
    "dots and a slash": "../",
    "backslashes": "..\\..\\other",
    "parameters": "a;b=c&d=e",
    "a header": "a HTTP/1.1\r\nX-Injected: yes\r\n\r\n",
    "newline": "\n",
    "NUL": "a\0b",
    "blank": " ",
    "right to left": "\u202egnp",
    "emoji": "\U0001f600",
    "placeholder": "{accountId}",
    "address": "https://elsewhere.example.com/hook?key=1",
    "long": "x" * 10_000,
    "long and wide": "\U0001f600" * 10_000,
}
REFUSED = {
    "nothing": "",
    "one dot": ".",
    "two dots": "..",
    "half an emoji": "\ud83d",
    "number": 5,
    "bytes": b"abc",
    "none": None,
    "list": ["a"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[OddServer]:
    with odd_server(answer(b'{"success":true,"data":{"id":"1"}}')) as running:
        yield running


@pytest.fixture(scope="module")
def sakari(server: OddServer) -> Iterator[SakariClient]:
    with SakariClient(odd(server.url, circuit_breaker_failures=1000).config) as client:
        yield client


@pytest.mark.parametrize("value", SENT.values(), ids=SENT)
@pytest.mark.parametrize("method", METHODS)
def test_an_id_arrives_as_it_is_and_where_it_belongs(
    server: OddServer, sakari: SakariClient, method: str, value: str
) -> None:
    call, before, behind = METHODS[method]
    sakari.auth.token()
    server.heads.clear()
    call(sakari, value)
    assert server.heads
    for head in server.heads:
        line, *fields = head.split("\r\n")
        _, target, version = line.split(" ")
        assert version == "HTTP/1.1"
        assert target.startswith(ACCOUNT + before)
        assert target.endswith(behind)
        segment = target[len(ACCOUNT + before) : len(target) - len(behind)]
        assert not set(segment) & set("/?#\\;&= \r\n\0")
        assert unquote(segment, errors="strict") == value
        assert not any(field.startswith("X-Injected") for field in fields)


@pytest.mark.parametrize("value", REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("method", METHODS)
def test_what_can_be_no_id_is_refused_and_nothing_sent(
    server: OddServer, sakari: SakariClient, method: str, value: Any
) -> None:
    call, _, _ = METHODS[method]
    server.heads.clear()
    with pytest.raises(InvalidInputError, match=r"^(\w+Id|url) (must|holds)"):
        call(sakari, value)
    assert not server.heads


@pytest.mark.parametrize("value", SENT.values(), ids=SENT)
def test_an_account_id_cannot_leave_its_place_either(value: str) -> None:
    with odd_server(answer(b'{"data":{}}')) as server:
        try:
            client = SakariClient(odd(server.url, account_id=value).config)
        except SakariError:
            return
        client.account.balance()
    target = server.heads[-1].split(" ")[1]
    segment = target.removeprefix("/v1/accounts/").removesuffix("/balance")
    assert "/" not in segment
    assert unquote(segment) == value.strip()


@pytest.mark.parametrize("value", ["\r\nX-Injected: yes", "a&limit=9#?/../", "\U0001f600", "\0"])
def test_a_filter_asks_for_just_its_value(value: str) -> None:
    with odd_server(answer(b'{"data":[]}')) as server:
        list(SakariClient(odd(server.url).config).contacts.list({"firstName": value}))
    line, *fields = server.heads[-1].split("\r\n")
    pairs = [pair.split("=") for pair in line.split(" ")[1].split("?")[1].split("&")]
    asked = {unquote(name): unquote(found.replace("+", " ")) for name, found in pairs}
    assert asked == {"offset": "0", "limit": "100", "firstName": value}
    assert not any(field.startswith("X-Injected") for field in fields)


def test_half_a_character_in_a_filter_is_refused() -> None:
    with odd_server(answer(b'{"data":[]}')) as server:
        sakari = SakariClient(odd(server.url).config)
        with pytest.raises(InvalidInputError, match="half a character"):
            list(sakari.contacts.list({"firstName": "\ud83d"}))
    assert not server.heads


@pytest.mark.parametrize("name", ['a"\r\nX-Injected: yes\r\n\r\n', "\0", "\U0001f600", "../../etc"])
def test_the_name_of_a_file_is_no_header(name: str) -> None:
    with odd_server(answer(b'{"data":{"link":"https://sakari.example.com/1"}}')) as server:
        SakariClient(odd(server.url).config).files.share(b"content", name=name, as_form=True)
    head, content = server.bodies[-1].split(b"\r\n\r\n", 1)
    assert len([line for line in head.split(b"\r\n") if not line.startswith(b"--")]) == 2
    assert content.startswith(b"content\r\n--")


@pytest.mark.parametrize(
    ("file", "name"), [("a\0b", None), ("\ud83d", None), (b"content", "\ud83d")]
)
def test_a_file_that_none_can_be_is_refused(file: Any, name: str | None) -> None:
    with odd_server(answer(b"{}")) as server:
        with pytest.raises(InvalidInputError):
            SakariClient(odd(server.url).config).files.share(file, name=name, as_form=True)
    assert not server.heads


def test_a_user_agent_is_no_header_of_its_own() -> None:
    for value in ("me\r\nX-Injected: yes", "me\n", "caf\u00e9"):
        with pytest.raises(SakariError, match="user_agent"):
            odd("http://127.0.0.1:9", user_agent=value)
