"""Which message is whose, where nobody has the answer to a request."""

from __future__ import annotations

import datetime as dt
import os
import signal
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator import answers
from target_sakari.exits import exit_code
from target_sakari.ledger.entries import Ending, Intent
from target_sakari.ledger.errors import LedgerError
from target_sakari.ledger.ledger import Ledger
from target_sakari.sends.resolve import Resolver
from tests.target.run import log_of, record, state
from tests.target.sends.places import age, open_ledger
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.target.run import Done, Message
    from tests.target.sends.watched_account import WatchedAccount

AGAIN: dict[str, Any] = {"resend_unknown": True, "unknown_grace_seconds": 0}


def later(sending: Sending) -> None:
    age(sending.folder / "ledger.db", dt.timedelta(days=1))


def after_end(monkeypatch: pytest.MonkeyPatch, do: Callable[[], None], *, at: str) -> None:
    """Have something done just before, or just after, the first answer is noted."""
    end, done = Ledger.end, list[None]()

    def ended(self: Ledger, *args: Any, **more: Any) -> Any:
        if at == "before" and not done:
            done.append(None)
            do()
        lost = end(self, *args, **more)
        if at == "after" and not done:
            done.append(None)
            do()
        return lost

    monkeypatch.setattr(Ledger, "end", ended)


def _two_of_one_text(
    sending: Sending, account: WatchedAccount
) -> tuple[list[Message], list[Message]]:
    """Records of the same text to the same person; the second is unknown, and did not go out."""
    first, second = (
        [record("sends", id=at, mobile=number(0), text="Hello")] for at in ("first", "second")
    )
    account.fail_next_send()
    sending.run(second)
    account.watch()
    return first, second


def sent_elsewhere(sending: Sending, folder: Path, text: str) -> None:
    """Have an agent text the first number."""
    by_hand = [record("sends", id="by hand", mobile=number(0), text=text)]
    sending.run(by_hand, ledger_url=f"sqlite:///{folder}/agents.db")
    for one in sending.texts():
        one.template = None


@pytest.mark.parametrize("text", ["Hi {{firstName}}", "Hello"])
def test_another_text_is_none_that_is_missing_and_none_is_sent_beside_it(
    sending: Sending, account: WatchedAccount, tmp_path: Path, text: str
) -> None:
    account.fail_next_send()
    assert sending.run(sends(1, text)).ended == ["unknown no_clear_answer"]
    sent_elsewhere(sending, tmp_path, "Hi Ada, please call me back about the invoice")
    later(sending)
    for _ in range(2):
        done = sending.run(sends(1, text), **AGAIN)
        assert done.ended == ["unknown unresolved"]
        assert str(sending.texts()[0].id) in done.outcomes[0]["detail"]
    assert len(sending.texts()) == 1


def test_a_text_that_sakari_has_changed_is_not_sent_again(
    sending: Sending, account: WatchedAccount
) -> None:
    def change(at: int) -> Any:
        [text] = sending.texts()
        text.text += " Reply STOP to opt out."
        text.template = None
        return answers.failure(500, "json")

    account.watch(accepted=change)
    assert sending.run(sends(1)).ended == ["unknown no_clear_answer"]
    later(sending)
    assert sending.run(sends(1), **AGAIN).ended == ["unknown unresolved"]
    assert len(sending.texts()) == 1


def test_one_of_two_alike_that_are_open_is_found_by_its_own_text(
    sending: Sending, account: WatchedAccount
) -> None:
    both = [
        record("sends", id=at, mobile=number(0), text=text)
        for at, text in enumerate(["Hi {{firstName}}", "Hi {{firstName}}, bring your papers"])
    ]
    account.watch(arrived=lambda at: answers.failure(500, "json") if at == 1 else None)
    sending.run(both, concurrency=1)
    [text] = sending.texts()
    text.template = None
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute(
            "UPDATE sakari_sends SET status = 'unknown', message_id = NULL, job_id = NULL"
        )
    account.watch()
    later(sending)
    # The message may be the first one's as long as it is not the second one's.
    done = sending.run(both, concurrency=1, **AGAIN)
    assert done.ended == ["unknown unresolved", "written"]
    assert sending.run(both, **AGAIN).ended == ["written", "skipped already_sent"]
    assert sorted(one.text for one in sending.texts()) == ["Hi ", "Hi , bring your papers"]


def test_one_that_another_run_has_found_meanwhile_is_not_asked_for_again(
    sending: Sending, account: WatchedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find() -> None:
        with open_ledger(sending.address) as other:
            [row], [text] = list(other.entries()), sending.texts()
            ending = Ending(row.key, "accepted", text.id, text.job_id)
            assert other.resolve(row, ending, now=row.intended_at)

    after_end(monkeypatch, find, at="after")
    account.watch(accepted=lambda at: answers.failure(500, "json") if at == 1 else None)
    done = sending.run(sends(1), delivery="at_least_once")
    assert done.ended == ["skipped already_sent"]
    assert len(sending.texts()) == 1


def test_a_ledger_that_fails_while_it_is_looked_up_ends_the_run(
    sending: Sending, account: WatchedAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent_elsewhere(sending, tmp_path, "Hello?")
    account.fail_next_send()
    sending.run(sends(1))

    def fail(*_: object) -> None:
        raise LedgerError("ledger.db", "is damaged")

    monkeypatch.setattr(Ledger, "free", fail)
    done = sending.run(sends(1))
    assert isinstance(done.error, LedgerError)
    assert exit_code(done.error) == 7
    assert done.outcomes == []


def test_a_message_of_a_text_on_its_way_is_not_anothers(
    sending: Sending, account: WatchedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two_of_one_text(sending, account)
    beside: list[Done] = []
    after_end(monkeypatch, lambda: beside.append(sending.run(second, **AGAIN)), at="before")
    assert sending.run(first).ended == ["written"]
    assert beside[0].ended == ["unknown unresolved"]
    assert sending.run(second, **AGAIN).ended == ["written"]
    assert sending.received() == {number(0): 2}
    assert len({one.message_id for one in sending.entries()}) == 2


def test_what_was_found_to_be_anothers_message_is_open_again(
    sending: Sending, account: WatchedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = _two_of_one_text(sending, account)
    beside: list[Done] = []

    def find() -> None:
        later(sending)  # the run was held up for longer than anybody could wait for it
        beside.append(sending.run(second))

    after_end(monkeypatch, find, at="before")
    with log_of("target_sakari.ledger.ledger") as said:
        assert sending.run(first).ended == ["written"]
    assert beside[0].ended == ["written"]
    assert any("is unknown again" in line for line in said)
    assert sorted(one.status for one in sending.entries()) == ["accepted", "unknown"]
    assert sending.run(second, **AGAIN).ended == ["written"]
    assert sending.received() == {number(0): 2}


def _forget_the_answers(sending: Sending) -> None:
    """As if the run had been killed before it read any, a while ago."""
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute(
            "UPDATE sakari_sends SET status = 'intent', message_id = NULL, job_id = NULL"
        )
    later(sending)


@pytest.mark.parametrize("delivery", ["at_most_once", "at_least_once"])
def test_what_was_found_is_not_sent_again_as_another_run_sends_to_them(
    sending: Sending, delivery: str
) -> None:
    sending.run(sends(1))
    _forget_the_answers(sending)
    [row] = sending.entries()
    other = Intent("other", row.account_id, "others", "another text", row.recipient, row.shown)
    with open_ledger(sending.address) as ledger:
        ledger.claim([other], run="B", now=dt.datetime.now(dt.timezone.utc))
    done = sending.run(sends(1), delivery=delivery)
    assert done.ended == ["unknown unresolved"]
    assert sending.received() == {number(0): 1}


def test_a_look_up_that_a_signal_cuts_short_gives_no_outcome(
    sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending.run(sends(3))
    _forget_the_answers(sending)
    places = Resolver._places

    def stopped(self: Resolver, *args: Any) -> Any:
        os.kill(os.getpid(), signal.SIGTERM)
        return places(self, *args)

    with monkeypatch.context() as patched:
        patched.setattr(Resolver, "_places", stopped)
        done = sending.run([*sends(3), state(1)])
    assert "unknown unresolved" not in done.ended
    assert done.states == []
    assert not done.rejects
    assert set(sending.run(sends(3)).ended) <= {"written", "skipped already_sent"}
    assert len(sending.texts()) == 3
