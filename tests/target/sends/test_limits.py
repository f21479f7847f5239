"""Limits, caps and quiet hours hold for what really goes out, and a dry run tells the same."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator import answers
from target_sakari.ledger.ledger import Ledger
from target_sakari.run import Run
from target_sakari.settings import ROWS
from tests.target.recorder import Recorder
from tests.target.run import people, record, run_target, schema, state
from tests.target.sends.sending import Sending, number, sends
from tests.target.sends.test_once import hello, run
from tests.target.sends.test_unknown import age

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.responses import Response

    from tests.target.run import Done, Message
    from tests.target.sends.watched_account import WatchedAccount

EVENING = dt.datetime(2026, 3, 2, 5, 59, tzinfo=dt.timezone.utc)
"""20:59 in Alaska, where the numbers belong."""


def parts(count: int) -> list[Message]:
    """Different texts for different people, so that each is a request."""
    return [record("sends", id=at, mobile=number(at), text=f"Part {at}") for at in range(count)]


def counted(done: Done) -> int:
    """The texts by the summary."""
    figures: int = done.summary["sends"]["messages"]
    return figures


def test_what_came_before_a_torn_line_is_sent_though_there_is_a_limit(sending: Sending) -> None:
    torn: Any = '{"type": "RECORD", "stream": "sends", "rec'
    done = sending.run([*parts(2), state(1), torn], max_messages=5)
    assert "is not JSON" in str(done.error)
    assert done.ended == ["written"] * 2
    assert sending.run([*parts(2), torn], max_messages=1).ended == ["skipped already_sent"] * 2
    more = [record("sends", id=at, mobile=number(at), text="More") for at in (8, 9)]
    assert sending.run([*more, torn], max_messages=1).ended == ["deferred max_messages"] * 2


# What goes out counts


@pytest.mark.parametrize("dry", [True, False])
def test_a_plan_has_each_send_once(sending: Sending, *, dry: bool) -> None:
    done = run(
        sending, hello(1, number(0)), hello(1, number(0), number(1)), max_messages=2, dry_run=dry
    )
    assert done.ended == ["planned" if dry else "written"] * 2
    assert counted(done) == 2


@pytest.mark.parametrize("dry", [True, False])
def test_what_the_cap_puts_off_takes_nothing_from_limits(sending: Sending, *, dry: bool) -> None:
    records = [record("sends", id=at, mobile=number(0), text=f"Part {at}") for at in range(3)]
    done = sending.run(records, max_messages=1, max_per_recipient_per_day=1, dry_run=dry)
    assert done.ended == ["planned" if dry else "written", *["deferred recipient_cap"] * 2]


@pytest.mark.parametrize("dry", [True, False])
def test_without_a_window_equal_texts_are_two(sending: Sending, *, dry: bool) -> None:
    twice = [record("sends", mobile=number(0), text="Hello")] * 2
    done = sending.run(twice, key=(), send_window_hours=0, max_messages=1, dry_run=dry)
    assert done.ended == ["deferred max_messages"] * 2


def test_a_second_record_goes_out_for_a_refused_first_and_counts(
    sending: Sending, account: WatchedAccount
) -> None:
    account.watch(arrived=lambda at: answers.failure(422, "json") if at == 1 else None)
    wrong, right = (
        record("sends", id=1, mobile=number(0), text=text) for text in ("Helo", "Hello")
    )
    done = sending.run([wrong, right, *parts(3)[2:]], batch_size_rows=2, max_messages=1)
    assert done.ended == ["rejected refused", "written", "deferred max_messages"]
    assert counted(done) == len(sending.texts()) == 1


def test_a_second_record_for_a_refused_first_keeps_within_the_limit(
    sending: Sending, account: WatchedAccount
) -> None:
    account.watch(arrived=lambda at: answers.failure(422, "json") if at == 1 else None)
    short, long = (record("sends", id=1, mobile=number(0), text="x" * size) for size in (9, 161))
    done = sending.run([short, long], max_segments=1)
    assert done.ended == ["rejected refused", "deferred max_segments"]
    assert [one.status for one in sending.entries()] == ["rejected"]


# All of the input


@pytest.mark.parametrize(
    ("size", "limit"),
    [(3, {"max_messages": 2}), (3, {"max_segments": 2}), (3, {"max_cost": "0.1"}),
     (ROWS + 1, {"max_messages": ROWS})],
)  # fmt: skip
def test_no_text_goes_out_before_all_of_the_input_is_checked(
    sending: Sending, size: int, limit: dict[str, Any]
) -> None:
    [reason] = limit
    done = sending.run([*sends(size), state(1)], batch_wait=0, **limit)
    assert done.ended == [f"deferred {reason}"] * size
    assert not sending.posts()
    assert any("all of the input is read before the first text" in line for line in done.log)
    done = sending.run(sends(3), batch_wait=0, max_messages=3)
    assert done.ended == ["written"] * 3
    assert sending.posts() == 1


def test_without_a_limit_texts_do_not_wait_for_the_end(sending: Sending) -> None:
    done = sending.run(sends(3), batch_wait=0)
    assert done.ended == ["written"] * 3
    assert sending.posts() == 3
    assert not any("all of the input" in line for line in done.log)


def test_only_where_texts_are_sent_is_all_of_the_input_waited_for(
    sending: Sending, tmp_path: Path
) -> None:
    writers = Recorder()
    settings = {**sending.settings, "batch_wait": 0, "max_messages": 5}
    texts = [schema("sends", "id"), *sends(2)]
    run_target(settings, [*people(3), *texts, *people(2)[1:]], tmp_path, writers)
    assert [len(batch) for batch in writers.batches] == [1, 1, 1, 2, 2]


# What the summary says


def test_a_run_that_fails_counts_what_went_out(sending: Sending, account: WatchedAccount) -> None:
    account.watch(arrived=lambda at: answers.failure(403, "json") if at > 1 else None)
    done = sending.run(parts(4), concurrency=1)
    assert done.error
    assert counted(done) == len(sending.texts()) == 1


def test_what_another_run_has_sent_meanwhile_is_no_text_of_this_one(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    others: list[Done] = []
    claim = Ledger.claim

    def claim_after_another(self: Ledger, *given: Any, **more: Any) -> Any:
        monkeypatch.setattr(Ledger, "claim", claim)
        others.append(sending.run(sends(1)))
        return claim(self, *given, **more)

    monkeypatch.setattr(Ledger, "claim", claim_after_another)
    done = sending.run([*sends(1), *parts(2)[1:]], batch_size_rows=1, max_messages=1)
    assert done.ended == ["skipped already_sent", "written"]
    assert [counted(one) for one in (*others, done)] == [1, 1]
    assert len(sending.texts()) == 2


def test_what_may_have_gone_out_stays_within_the_limits(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    done = sending.run(parts(2), batch_size_rows=1, max_messages=1)
    assert done.ended == ["unknown no_clear_answer", "deferred max_messages"]
    assert counted(done) == len(sending.texts()) == 0


def test_a_text_that_is_sent_again_is_not_capped_by_itself(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    both = [record("sends", id=at, mobile=number(0), text=f"Part {at}") for at in range(2)]
    capped: dict[str, Any] = {"max_per_recipient_per_day": 1}
    assert sending.run(both[:1], **capped).ended == ["unknown no_clear_answer"]
    age(sending, dt.timedelta(seconds=400))
    done = sending.run(both, **capped, resend_unknown=True)
    assert done.ended == ["written", "deferred recipient_cap"]
    assert sending.received() == {number(0): 1}


# Quiet hours that begin meanwhile


def test_a_long_batch_ends_where_the_quiet_hours_begin(
    sending: Sending, account: WatchedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [EVENING]
    monkeypatch.setattr(Run, "now", lambda _: now[0])

    def half_an_hour(_: int) -> Response | None:
        now[0] += dt.timedelta(minutes=30)
        return None

    account.watch(accepted=half_an_hour)
    done = sending.run([*parts(3), state(1)], quiet_hours="21:00-08:00", concurrency=1)
    assert done.ended == ["written", *["deferred quiet_hours"] * 2]
    assert len(done.rejects) == 3
    assert [one.status for one in sending.entries()] == ["accepted"]  # no intents are left behind
    assert counted(done) == len(sending.texts()) == 1
    now[0] += dt.timedelta(hours=12)
    assert sorted(sending.run(parts(3), quiet_hours="21:00-08:00").ended) == [
        "skipped already_sent", "written", "written",
    ]  # fmt: skip
