"""Conversations are closed once, and only where a record says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from target_sakari.mapping.others import ConversationMapper
from target_sakari.others.conversations import ConversationWriter
from tests.target.others import ATTEMPTS, brief, run_of, writes, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer
    from target_sakari.mapping.inputs import ConversationInput
    from target_sakari.outcome import Outcome
    from target_sakari.routes import Item

WRITTEN = ("close", "written", None)
UNCHANGED = ("close", "unchanged", None)


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, on_try=ATTEMPTS) as client:
        yield client


def mapped(item: Item) -> ConversationInput:
    return ConversationMapper(item.route).read(item.record)


def close(
    sakari: SakariClient, *ids: str, closed: bool = True, dry_run: bool = False
) -> list[Outcome]:
    writer = ConversationWriter(run_of(sakari, dry_run=dry_run), mapped)
    records = ({"id": one, "closed": closed} for one in ids)
    return written(writer, "conversations", *records)


def one_that_is(emulator: EmulatorServer, *, closed: bool) -> str:
    now = emulator.account.now()
    return next(
        one.id
        for one in emulator.account.conversations
        if (one.closes is not None and one.closes <= now) is closed
    )


@pytest.mark.parametrize("form", ["date", "boolean"])
def test_an_open_one_is_closed_once(
    emulator: EmulatorServer, sakari: SakariClient, form: str
) -> None:
    emulator.switch(closed_form=form)
    sakari_id = one_that_is(emulator, closed=False)
    outcomes = close(sakari, sakari_id, sakari_id)
    assert brief(outcomes) == [WRITTEN, UNCHANGED]
    assert {one.sakari_id for one in outcomes} == {sakari_id}
    assert [one.attempts for one in outcomes] == [2, 0]
    assert brief(close(sakari, sakari_id)) == [UNCHANGED]
    assert writes(emulator) == ["PUT"]


def test_a_date_that_lies_ahead_closes_nothing_yet(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(closed_form="future_date")
    assert brief(close(sakari, one_that_is(emulator, closed=False))) == [WRITTEN]


@pytest.mark.parametrize("form", ["date", "boolean"])
def test_one_that_was_closed_is_left_alone(
    emulator: EmulatorServer, sakari: SakariClient, form: str
) -> None:
    emulator.switch(closed_form=form)
    assert brief(close(sakari, one_that_is(emulator, closed=True))) == [UNCHANGED]
    assert writes(emulator) == []


def test_a_record_that_does_not_say_closed_asks_for_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    outcomes = close(sakari, one_that_is(emulator, closed=False), closed=False)
    assert brief(outcomes) == [("close", "skipped", "nothing_to_do")]
    assert not emulator.requests


def test_one_that_is_not_there_is_rejected(sakari: SakariClient) -> None:
    outcomes = close(sakari, "64b0c0ffee0000000000ffff")
    assert brief(outcomes) == [("close", "rejected", "not_found")]


def test_a_dry_run_decides_alike_and_closes_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    there, gone = one_that_is(emulator, closed=False), "64b0c0ffee0000000000ffff"
    ids = (there, there, gone, one_that_is(emulator, closed=True))
    dry = brief(close(sakari, *ids, dry_run=True))
    assert writes(emulator) == []
    real = brief(close(sakari, *ids))
    assert dry == [("close", "planned", None), *real[1:]]
    assert real[0] == WRITTEN
