"""Sends that nobody knows the end of, and requests that certainly came to nothing."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.exits import exit_code
from target_sakari.ledger.errors import LedgerError
from tests.target.run import record, state
from tests.target.sends import places
from tests.target.sends.places import open_ledger
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from target_sakari.ledger.entries import Entry
    from tests.target.sends.watched_account import WatchedAccount

AGAIN: dict[str, Any] = {"resend_unknown": True, "unknown_grace_seconds": 0}


def age(sending: Sending, by: dt.timedelta) -> None:
    """Have all sends of the ledger intended earlier than they were."""
    places.age(sending.folder / "ledger.db", by)


def only(sending: Sending) -> Entry:
    [entry] = sending.entries()
    return entry


@pytest.mark.parametrize("how", ["reset", "500"])
@pytest.mark.parametrize("text", ["Hello", "Hi {{firstName}}, {{lastName}}!"])
def test_what_went_out_without_an_answer_is_found_at_once(
    sending: Sending, how: str, text: str
) -> None:
    sending.server.switch(fail_after_accept_every=1, fail_after_accept=how)
    done = sending.run(sends(3, text))
    assert done.ended == ["written"] * 3
    assert {one["sakari_id"] for one in done.outcomes} == {one.id for one in sending.texts()}
    assert len(sending.texts()) == 3
    assert {one.status for one in sending.entries()} == {"accepted"}


def test_what_is_nowhere_to_be_found_is_left_to_people(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    done = sending.run([*sends(1), state(1)])
    assert done.ended == ["unknown no_clear_answer"]
    key = only(sending).key
    assert f"sakari ledger settle {key} --as accepted" in done.outcomes[0]["detail"]
    assert [one["type"] for one in done.rejects] == ["SCHEMA", "RECORD"]
    told = [line.split(".")[0] for line in done.log if line.startswith(("Failed", "Nobody"))]
    rejects = sending.folder / "run-1" / "rejects"
    assert told == [
        f"Failed or unknown: 1 record, kept in {rejects}",
        "Nobody knows whether the texts of 1 record went out",
    ]
    assert any("sakari ledger list, and sakari ledger settle KEY" in line for line in done.log)

    assert sending.run(sends(1)).ended == ["unknown unresolved"]
    age(sending, dt.timedelta(seconds=400))
    done = sending.run(sends(1))
    assert done.ended == ["unknown not_found_in_sakari"]
    assert sending.run(sends(1), dry_run=True).ended == ["unknown unresolved"]
    assert not sending.texts()
    assert sending.run(sends(1), resend_unknown=True).ended == ["written"]
    assert only(sending).tries == 2
    assert sending.run(sends(1)).ended == ["skipped already_sent"]
    assert len(sending.texts()) == 1


def test_what_a_person_settled_as_rejected_is_not_said_to_be_refused(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    sending.run(sends(1))
    age(sending, dt.timedelta(days=1))
    with open_ledger(sending.address) as ledger:
        assert ledger.settle(only(sending).key, "rejected", now=dt.datetime.now(dt.timezone.utc))
    done = sending.run(sends(1))
    assert done.ended == ["rejected already_rejected"]
    said = done.outcomes[0]["detail"]
    assert said.startswith("It was refused, or settled as rejected, before. Mend the record; or ")


def test_one_text_is_no_evidence_for_two_sends(sending: Sending, account: WatchedAccount) -> None:
    sending.run([record("sends", id="first", mobile=number(0), text="Hello")])
    account.fail_next_send()
    second = [record("sends", id="second", mobile=number(0), text="Hello")]
    assert sending.run(second).ended == ["unknown no_clear_answer"]
    assert sending.run(second).ended == ["unknown unresolved"]
    assert sending.run(second, **AGAIN).ended == ["written"]
    assert sending.received() == {number(0): 2}


def test_an_older_text_is_no_evidence(sending: Sending, account: WatchedAccount) -> None:
    sending.server.receive(number(0), "Hello")
    sending.run(sends(1))
    for one in sending.texts():
        one.created -= 3_600_000
    with open_ledger(sending.address) as ledger:
        ledger.forget(only(sending).key, now=only(sending).intended_at)
    account.fail_next_send()
    assert sending.run(sends(1)).ended == ["unknown no_clear_answer"]


def test_a_text_that_was_made_plain_is_found(sending: Sending, account: WatchedAccount) -> None:
    text = "It\u2019s {{firstName}}"
    sending.run(sends(1, text), plain_characters=True)
    _forget_the_end(sending)
    for one in sending.texts():
        one.template = None
    assert sending.run(sends(1, text)).ended == ["written"]
    assert len(sending.texts()) == 1


def _forget_the_end(sending: Sending) -> None:
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET status = 'unknown', message_id = NULL")


def test_at_least_once_sends_again_at_once(sending: Sending, account: WatchedAccount) -> None:
    account.fail_next_send()
    done = sending.run(sends(1), delivery="at_least_once")
    assert done.ended == ["written"]
    assert only(sending).tries == 2
    assert len(sending.texts()) == 1


def test_a_record_that_was_mended_meanwhile_is_not_guessed_at(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    sending.run(sends(1))
    done = sending.run(sends(1, "Another"), **AGAIN)
    assert done.ended == ["unknown unresolved"]
    assert "its text has changed" in done.outcomes[0]["detail"]
    elsewhere = [record("sends", id=0, mobile=number(7), text="Hello")]
    assert sending.run(elsewhere, **AGAIN).ended == ["unknown unresolved"]
    assert not sending.texts()


def test_an_intent_of_a_run_that_may_be_alive_is_left_alone(sending: Sending) -> None:
    sending.run(sends(1), send_enabled=True)
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET status = 'intent', message_id = NULL, run = 'x'")
    sending.server.account.messages.remove(sending.texts()[0])
    assert sending.run(sends(1), **AGAIN).ended == ["unknown unresolved"]
    age(sending, dt.timedelta(hours=1))
    assert sending.run(sends(1), **AGAIN).ended == ["written"]


@pytest.mark.parametrize(
    ("switches", "code"),
    [({"rate_limit": 0, "rate_limit_every": 1}, 6), ({"error_every": 1, "error_status": 403}, 4)],
)
def test_what_was_certainly_not_sent_is_sent_by_the_next_run(
    sending: Sending, switches: dict[str, Any], code: int
) -> None:
    asked = _Switching(sending, switches)
    done = sending.run(
        [*sends(4), state(1)], recipients_per_request=2, max_retries=0, concurrency=1
    )
    assert asked.struck
    assert isinstance(done.error, Exception)
    assert exit_code(done.error) == code
    assert done.states == []
    assert len(sending.entries()) == len(sending.texts()) == 2
    asked.stop()
    assert sending.run(sends(4)).ended == [*["skipped already_sent"] * 2, *["written"] * 2]


def test_an_answer_that_cannot_be_noted_stops_the_run(
    sending: Sending, account: WatchedAccount
) -> None:
    def fill(_: int) -> None:
        with contextlib.closing(sqlite3.connect(sending.folder / "ledger.db")) as database:
            database.execute(
                "CREATE TRIGGER full BEFORE UPDATE ON sakari_sends "
                "BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
            )

    account.watch(accepted=fill)
    done = sending.run([*sends(4), state(1)], recipients_per_request=2, concurrency=1)
    assert isinstance(done.error, LedgerError)
    assert exit_code(done.error) == 7
    assert "the disk is full" in str(done.error)
    assert (done.outcomes, done.states) == ([], [])
    assert [one.status for one in sending.entries()] == ["intent"] * 2
    assert len(sending.texts()) == 2
    account.watch()
    with contextlib.closing(sqlite3.connect(sending.folder / "ledger.db")) as database:
        database.execute("DROP TRIGGER full")
    assert sending.run(sends(4)).ended == ["written"] * 4
    assert sending.received() == {number(at): 1 for at in range(4)}


class _Switching:
    """Turns switches on once the first text is out."""

    def __init__(self, sending: Sending, switches: dict[str, Any]) -> None:
        self._server, self._switches = sending.server, switches
        self.struck = False
        self._server.account.messages.added = self._strike

    def _strike(self, _: object) -> None:
        self.struck = True
        self._server.switch(**self._switches)

    def stop(self) -> None:
        self._server.account.messages.added = lambda _: None
        self._server.switch(**dict.fromkeys(self._switches, 0) | {"error_status": 500})


def test_a_request_refused_for_one_of_many_is_not_the_others_fault(sending: Sending) -> None:
    numbers = [number(at) for at in range(7)]
    records = [record("sends", id=at, mobile=one, text="Hello") for at, one in enumerate(numbers)]
    records.insert(3, record("sends", id="x", conversation="f" * 24, text="Hello"))
    fields = ("id", "mobile", "conversation", "text")
    streams = {"sends": {"fields": {"mobile": "mobile", "conversations": "conversation"}}}
    done = sending.run(records, fields=fields, streams=streams, check_consent=False)
    by_key = {one["key"]["id"]: f"{one['outcome']} {one['reason']}" for one in done.outcomes}
    assert by_key.pop("x") == "rejected refused"
    assert set(by_key.values()) == {"written None"}
    assert sending.received() == dict.fromkeys(numbers, 1)
    assert sorted(one.status for one in sending.entries()) == [*["accepted"] * 7, "rejected"]
    assert {one.code for one in sending.entries()} == {None, "CONV-001"}
