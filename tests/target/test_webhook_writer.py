"""Webhooks are subscribed where they are not yet, and unsubscribed where they are gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from target_sakari.mapping.others import WebhookMapper
from target_sakari.others.webhooks import WebhookWriter
from tests.target.others import ATTEMPTS, brief, run_of, writes, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer
    from target_sakari.mapping.inputs import WebhookInput
    from target_sakari.outcome import Outcome
    from target_sakari.routes import Item

URL = "https://example.com/hook?a=1&b=ä+c%2Fd#part"
SUBSCRIBE = {"url": URL, "event_types": ["message-received", "message-status"]}
TURNED = {"url": URL, "event_types": ["message-status", "message-received"]}
FEWER = {"url": URL, "event_types": "message-received"}
GONE = {"url": URL, "_sdc_deleted_at": "2026-11-28T00:00:00Z"}
UNSAID = {"url": URL}
FORMS = pytest.mark.parametrize("form", ["old", "new"])


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, on_try=ATTEMPTS) as client:
        yield client


def mapped(item: Item) -> WebhookInput:
    return WebhookMapper(item.route).read(item.record)


def write(
    sakari: SakariClient, *records: dict[str, Any], dry_run: bool = False, **route: Any
) -> list[Outcome]:
    writer = WebhookWriter(run_of(sakari, dry_run=dry_run), mapped)
    return written(writer, "webhooks", *records, **{"delete": True, **route})


def events(emulator: EmulatorServer) -> list[list[str]]:
    """What is delivered to the address, once for each webhook of it."""
    return [list(one.event_types) for one in emulator.account.webhooks if one.url == URL]


@FORMS
def test_a_subscription_is_made_once_and_changed_where_its_events_are_others(
    emulator: EmulatorServer, sakari: SakariClient, form: str
) -> None:
    emulator.switch(webhook_form=form)
    outcomes = write(sakari, SUBSCRIBE, TURNED, UNSAID, FEWER)
    assert brief(outcomes) == [
        ("subscribe", "written", None),
        ("subscribe", "unchanged", None),
        ("subscribe", "unchanged", None),
        ("subscribe", "written", None),
    ]
    assert events(emulator) == [["message-received"]]
    assert all(bool(one.sakari_id) is (form == "new") for one in outcomes)
    assert brief(write(sakari, FEWER)) == [("subscribe", "unchanged", None)]
    assert writes(emulator) == ["POST", "POST"]


@FORMS
def test_one_that_is_gone_is_unsubscribed(
    emulator: EmulatorServer, sakari: SakariClient, form: str
) -> None:
    emulator.switch(webhook_form=form)
    others = len(emulator.ids("webhooks"))
    assert brief(write(sakari, SUBSCRIBE, GONE, GONE)) == [
        ("subscribe", "written", None),
        ("unsubscribe", "written", None),
        ("unsubscribe", "skipped", "already_absent"),
    ]
    assert events(emulator) == []
    assert len(emulator.ids("webhooks")) == others


@pytest.mark.parametrize(
    ("mode", "there", "expected"),
    [
        ("create", False, ("subscribe", "written", None)),
        ("create", True, ("subscribe", "skipped", "exists")),
        ("update", False, ("subscribe", "rejected", "not_found")),
        ("update", True, ("subscribe", "written", None)),
        ("delete", False, ("unsubscribe", "skipped", "already_absent")),
        ("delete", True, ("unsubscribe", "written", None)),
    ],
)
def test_modes(
    emulator: EmulatorServer,
    sakari: SakariClient,
    mode: str,
    *,
    there: bool,
    expected: tuple[str, str, str | None],
) -> None:
    if there:
        write(sakari, SUBSCRIBE)
    assert brief(write(sakari, FEWER, mode=mode)) == [expected]
    kept = {"create": True, "update": there, "delete": False}[mode]
    assert bool(events(emulator)) is kept


def test_a_new_one_needs_events(emulator: EmulatorServer, sakari: SakariClient) -> None:
    assert brief(write(sakari, UNSAID)) == [("subscribe", "rejected", "invalid")]
    assert writes(emulator) == []


def test_a_subscription_without_a_clear_answer_is_looked_up_and_not_repeated(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    writer = WebhookWriter(run_of(sakari), mapped)
    emulator.switch(fail_after_accept_every=1)
    lost = written(writer, "webhooks", SUBSCRIBE)
    emulator.switch(fail_after_accept_every=0)
    again = written(writer, "webhooks", SUBSCRIBE)
    assert brief(lost + again) == [
        ("subscribe", "unknown", "no_clear_answer"),
        ("subscribe", "unchanged", None),
    ]
    assert len(events(emulator)) == 1


def test_a_refusal_is_the_records_own(emulator: EmulatorServer, sakari: SakariClient) -> None:
    emulator.switch(unknown_event="reject")
    wrong = {"url": URL, "event_types": ["no-such-event"]}
    outcomes = write(sakari, wrong, SUBSCRIBE)
    assert brief(outcomes) == [("subscribe", "rejected", "refused"), ("subscribe", "written", None)]
    assert outcomes[0].detail is not None
    assert "example.com" not in outcomes[0].detail


def test_a_dry_run_decides_alike_and_writes_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    records = (GONE, SUBSCRIBE, TURNED, FEWER, GONE, UNSAID, SUBSCRIBE)
    dry = write(sakari, *records, dry_run=True)
    assert writes(emulator) == []
    real = write(sakari, *records)
    assert len(dry) == len(records)
    assert brief(dry) == [
        (action, "planned" if outcome == "written" else outcome, reason)
        for action, outcome, reason in brief(real)
    ]
