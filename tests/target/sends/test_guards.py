"""What keeps texts from going out, and what is left for later."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from sakari_emulator.server import EmulatorServer
from target_sakari.exits import exit_code
from target_sakari.sends.errors import LowBalanceError
from tests.target.run import log_of, record, state
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALL_DAY = ("00:00-12:00", "12:00-00:00")


@pytest.fixture(scope="module")
def _running() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=4, messages=0, templates=0, conversations=2) as server:
        yield server


@pytest.fixture
def sending(_running: EmulatorServer, tmp_path: Path) -> Sending:
    _running.reset()
    for one in _running.account.contacts:
        one.blocked, one.valid, one.error = None, True, None
        if one.mobile:
            _running.account.contacts.give(one, replace(one.mobile, line_type="mobile"))
    return Sending(_running, tmp_path)


def test_who_is_blocked_gets_nothing_by_id_number_or_conversation(sending: Sending) -> None:
    thread = next(iter(sending.server.account.conversations))
    assert thread.contact
    contact = sending.server.account.contacts.find(thread.contact.id)
    assert contact
    assert contact.mobile
    contact.blocked = "2026-01-01T00:00:00.000Z"
    records = [
        record("sends", id=1, contact=contact.id, text="Hello"),
        record("sends", id=2, contact=contact.mobile.number, text="Hello"),
    ]
    done = sending.run(records, fields=("id", "contact", "text"))
    assert done.ended == ["skipped opted_out"] * 2
    of_thread = [record("sends", id=3, conversation=thread.id, text="Hello")]
    done = sending.run(of_thread, fields=("id", "conversation", "text"))
    assert done.ended == ["skipped opted_out"]
    assert not sending.posts()

    # Without the guard it is Sakari that refuses, and the ledger remembers.
    done = sending.run(of_thread, fields=("id", "conversation", "text"), check_consent=False)
    assert done.ended == ["rejected refused"]
    assert "CONT-010" in done.outcomes[0]["detail"]
    contact.blocked = None
    done = sending.run(of_thread, fields=("id", "conversation", "text"))
    assert done.ended == ["rejected already_rejected"]
    mended = [record("sends", id=3, conversation=thread.id, text="Hello again")]
    assert sending.run(mended, fields=("id", "conversation", "text")).ended == ["written"]
    assert [one.tries for one in sending.entries()] == [2]


@pytest.mark.parametrize("limit", [{"max_messages": 4}, {"max_segments": 4}, {"max_cost": "0.01"}])
def test_what_is_over_a_limit_stays_for_later_as_a_whole(
    sending: Sending, limit: dict[str, Any]
) -> None:
    [reason] = limit
    done = sending.run([*sends(5), state(1)], **limit)
    assert done.ended == [f"deferred {reason}"] * 5
    assert not sending.posts()
    assert [one["type"] for one in done.rejects] == ["SCHEMA", *["RECORD"] * 5]
    assert done.states == [1]  # the rejects file has them


def test_a_limit_is_the_runs_and_not_the_batchs(sending: Sending) -> None:
    done = sending.run(sends(6), max_messages=5, batch_size_rows=2)
    assert done.ended == [*["written"] * 4, *["deferred max_messages"] * 2]
    assert len(sending.texts()) == 4
    # What was sent before counts for the run that sent it alone.
    assert sending.run(sends(6), max_messages=2).ended == [
        *["skipped already_sent"] * 4, *["written"] * 2,
    ]  # fmt: skip


def test_a_deferred_file_is_a_stream_to_pipe_back_in(sending: Sending) -> None:
    deferred = sending.folder / "deferred.jsonl"
    settings = {"deferred_path": str(deferred)}
    done = sending.run([*sends(2), state(1)], max_messages=1, **settings)
    assert not done.rejects
    assert done.states == [1]
    messages = [json.loads(line) for line in deferred.read_text().splitlines()]
    assert [one["type"] for one in messages] == ["SCHEMA", "RECORD", "RECORD"]
    assert not any(line.startswith("Put off") for line in sending.run(messages, **settings).log)
    assert len(sending.texts()) == 2


def test_what_was_put_off_is_said_at_the_end_with_why_and_where_it_is(sending: Sending) -> None:
    later = "2999-01-01T00:00:00Z"
    messages = [
        record("sends", id=at, mobile=number(min(at, 1)), text=f"Part {at}", send_at=at_time)
        for at, at_time in enumerate([later, None, None, None])
    ]
    settings: dict[str, Any] = {
        "fields": ("id", "mobile", "text", "send_at"), "max_per_recipient_per_day": 1,
    }  # fmt: skip
    done = sending.run(messages, **settings)
    rejects = sending.folder / "run-1" / "rejects.jsonl"
    said = "Put off: 3 records (recipient_cap 2, send_later 1). Kept in {}: unless the tap brings "
    [line] = [line for line in done.log if line.startswith("Put off")]
    assert line.startswith(said.format(rejects))
    deferred = str(sending.folder / "deferred.jsonl")
    done = sending.run(messages, deferred_path=deferred, **settings)
    assert any(line.startswith(said.format(deferred)) for line in done.log)


def test_no_state_goes_past_what_is_put_off_and_kept_nowhere(sending: Sending) -> None:
    messages = [*sends(1), state(1), record("sends", id=9, mobile=number(0), text="B"), state(2)]
    settings: dict[str, Any] = {
        "max_per_recipient_per_day": 1,
        "batch_size_rows": 1,
        "rejects_path": None,
    }
    done = sending.run(messages, **settings)
    assert done.ended == ["written", "deferred recipient_cap"]
    assert done.states == [1]
    assert any("deferred_path" in line for line in done.log)
    assert done.log.count(
        "Put off: 1 record (recipient_cap 1). No file keeps them, so that no state goes out that "
        "comes after them."
    ) == 1  # fmt: skip


def test_one_person_gets_few_texts_a_day(sending: Sending) -> None:
    records = [record("sends", id=at, mobile=number(0), text=f"Part {at}") for at in range(4)]
    done = sending.run(records, max_per_recipient_per_day=3)
    assert sorted(done.ended) == ["deferred recipient_cap", *["written"] * 3]
    planned = sending.run(
        [record("sends", id="x", mobile=number(1), text=f"Part {at}") for at in range(2)],
        max_per_recipient_per_day=1, dry_run=True, batch_size_rows=1, key=(),
    )  # fmt: skip
    assert planned.ended == ["planned", "deferred recipient_cap"]


def test_quiet_hours_and_a_later_time_put_off(sending: Sending) -> None:
    for hours in ALL_DAY:
        done = sending.run(sends(1), quiet_hours=hours, dry_run=True)
        assert done.ended[0] in {"planned", "deferred quiet_hours"}
    later = [record("sends", id=1, mobile=number(1), text="Hi", send_at="2999-01-01T00:00:00Z")]
    done = sending.run(later, fields=("id", "mobile", "text", "send_at"))
    assert done.ended == ["deferred send_later"]
    assert not sending.posts()


def test_a_low_balance_stops_the_run_before_anything_is_sent(sending: Sending) -> None:
    sending.server.account.balance = 0.01
    done = sending.run(sends(5))
    assert isinstance(done.error, LowBalanceError)
    assert exit_code(done.error) == 5
    assert not sending.posts()
    assert not sending.entries()
    assert sending.run(sends(5), check_balance=False).ended == ["written"] * 5


def test_a_dry_run_warns_of_a_low_balance_and_tells_the_cost(sending: Sending) -> None:
    sending.server.account.balance = 0.01
    with log_of("target_sakari.sends.purse") as said:
        done = sending.run(sends(5), dry_run=True)
    assert done.ended == ["planned"] * 5
    assert "The balance is 0.01, and 5 planned texts would cost about" in said[0]
    assert "sends: 5 messages, 5 segments planned, at about" in said[1]
    assert "US 5 messages" in said[1]


@pytest.mark.parametrize("only_plan", [{"dry_run": True}, {"send_enabled": False}])
def test_a_plan_is_shown_with_its_cost_by_country(
    sending: Sending, only_plan: dict[str, Any]
) -> None:
    abroad = record("sends", id="uk", mobile="+491713920001", text="x" * 161)
    done = sending.run([*sends(2), abroad], **only_plan)
    assert done.summary["sends"] == {
        "messages": 3, "segments": 4, "cost": "0.2",
        "countries": {
            "DE": {"messages": 1, "segments": 2, "cost": "0.1"},
            "US": {"messages": 2, "segments": 2, "cost": "0.1"},
        },
    }  # fmt: skip
    assert done.stderr.splitlines()[-4:] == [
        "country  messages  segments  cost, about",
        "DE              1         2          0.1",
        "US              2         2          0.1",
        "all             3         4          0.2",
    ]


def test_the_summary_counts_what_was_accepted(sending: Sending) -> None:
    blocked = next(one for one in sending.server.account.contacts if one.mobile)
    assert blocked.mobile
    blocked.blocked = "2026-01-01T00:00:00.000Z"
    refused = record("sends", id="no", mobile=blocked.mobile.number, text="Hello")
    done = sending.run([*sends(2), refused], check_consent=False)
    assert done.ended == [*["written"] * 2, "rejected refused"]
    assert done.summary["sends"]["messages"] == 2
    assert set(done.summary["sends"]["countries"]) == {"US"}
    assert "country" not in done.stderr


def test_an_odd_character_is_told_of_and_made_plain_if_wanted(sending: Sending) -> None:
    text = "\u2019" + "x" * 120
    with log_of("target_sakari.sends.writer") as said:
        sending.run(sends(2, text))
    assert sum("U+2019" in line for line in said) == 1
    plain = [record("sends", id="p", mobile=number(9), text=text)]
    assert sending.run(plain, plain_characters=True).ended == ["written"]
    assert [one.text for one in sending.texts()].count("'" + "x" * 120) == 1
    lone = [record("sends", id="s", mobile=number(9), text="STOP")]
    assert sending.run(lone).ended == ["rejected stop_word"]
