"""Webhooks: subscribed, and unsubscribed by address or by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import (
    AmbiguousError,
    InvalidInputError,
    NotFoundError,
    RequestRefusedError,
)
from tests.client.reach import odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer

URL = "https://example.com/hook?a=1&b=ä+c%2Fd#part"
TYPES = ["message-received", "message-status"]


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings) as client:
        yield client


def addresses(sakari: SakariClient) -> list[Any]:
    return [one.get("destination", one.get("url")) for one in sakari.webhooks.list()]


@pytest.mark.parametrize("form", ["new", "old"])
def test_subscribing_says_which_events_go_where(
    emulator: EmulatorServer, sakari: SakariClient, form: str
) -> None:
    emulator.switch(webhook_form=form)
    webhook = sakari.webhooks.subscribe(URL, TYPES)
    assert webhook["eventTypes"] == TYPES
    assert addresses(sakari).count(URL) == 1


@pytest.mark.parametrize(
    ("form", "by"), [("old", "url"), ("new", "url"), ("new", "id_404"), ("new", "id_405")]
)
def test_unsubscribing_goes_by_address_or_else_by_id(
    emulator: EmulatorServer, sakari: SakariClient, form: str, by: str
) -> None:
    emulator.switch(webhook_form=form, webhook_delete=by)
    others = addresses(sakari)
    sakari.webhooks.subscribe(URL, TYPES)
    assert sakari.webhooks.unsubscribe(URL) is True
    assert addresses(sakari) == others
    assert sakari.webhooks.unsubscribe(URL) is False
    assert addresses(sakari) == others


def test_a_subscription_whose_answer_is_lost_is_not_repeated(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=1)
    with pytest.raises(AmbiguousError, match="look up the address"):
        sakari.webhooks.subscribe(URL, TYPES)
    assert addresses(sakari).count(URL) == 1


def test_one_that_can_only_be_deleted_by_an_id_it_does_not_show_is_said(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(webhook_form="old", webhook_delete="id_405")
    sakari.webhooks.subscribe(URL, TYPES)
    with pytest.raises(RequestRefusedError, match="405"):
        sakari.webhooks.unsubscribe(URL)
    emulator.switch(webhook_delete="id_404")
    with pytest.raises(NotFoundError):
        sakari.webhooks.unsubscribe(URL)


@pytest.mark.parametrize(
    ("url", "event_types", "field"),
    [
        (URL, "message-received", "event_types"),
        (URL, [], "event_types"),
        (URL, None, "event_types"),
        (URL, [1], "event_types"),
        (URL, ["message-received", " "], "event_types"),
        ("", TYPES, "url"),
        (" ", TYPES, "url"),
        (None, TYPES, "url"),
    ],
)
def test_a_subscription_without_address_or_events_is_refused(
    emulator: EmulatorServer, sakari: SakariClient, url: Any, event_types: Any, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        sakari.webhooks.subscribe(url, event_types)
    assert caught.value.field == field
    assert not emulator.requests


@pytest.mark.parametrize("body", [b"", b'{"success": true}'])
def test_events_that_are_not_documented_are_named_and_subscribed_to(
    body: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with odd_server(answer(body)) as server:
        webhooks = SakariClient(odd(server.url, max_retries=3).config).webhooks
        assert webhooks.subscribe(URL, iter(TYPES)) == {"url": URL, "eventTypes": TYPES}
        assert not caplog.records
        types = [*TYPES, "message-recieved"]
        assert webhooks.subscribe(URL, types) == {"url": URL, "eventTypes": types}
    (said,) = caplog.records
    assert said.levelname == "WARNING"
    assert said.getMessage().endswith("documented: message-recieved.")
    assert sum(head.startswith("POST /v1/accounts") for head in server.heads) == 2
