"""A claim is its run's alone until that can no longer be asking for it."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from devtools.meltano import CHECKOUT
from sakari_client.config import ClientConfig
from sakari_emulator import answers
from target_sakari.ledger.entries import Ending, Intent
from target_sakari.ledger.hold import hold
from tests.conftest import settings_for
from tests.fake_clock import FakeClock
from tests.target.run import log_of
from tests.target.sends.places import HOUR, NOW, age, intent, open_ledger
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_sakari.ledger.entries import Entry
    from target_sakari.ledger.ledger import Ledger
    from tests.target.run import Done
    from tests.target.sends.watched_account import WatchedAccount

MINUTE = dt.timedelta(minutes=1)
SEND_PAGE = CHECKOUT / "docs" / "send.md"


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger(address, hold=HOUR) as opened:
        yield opened


def claimed(ledger: Ledger, *, now: dt.datetime = NOW) -> Entry:
    [claim] = ledger.claim([intent()], run="A", now=now)
    assert claim.entry
    return claim.entry


def test_a_claim_is_left_alone_as_long_as_its_run_says(address: str, ledger: Ledger) -> None:
    entry = claimed(ledger)
    assert entry.held_until == NOW + HOUR
    with open_ledger(address, hold=MINUTE) as other:
        for now in (NOW, NOW + 59 * MINUTE):
            assert other.retake([(entry, intent())], run="B", now=now) == {}
            assert not other.settle("k", "rejected", now=now)
            assert not other.forget("k", now=now)
        assert other.get(["k"])["k"] == entry
        taken = other.retake([(entry, intent())], run="B", now=NOW + HOUR)["k"]
        assert taken
        assert taken.held_until == NOW + 61 * MINUTE


def test_its_run_may_take_it_itself(ledger: Ledger) -> None:
    assert ledger.retake([(claimed(ledger), intent())], run="A", now=NOW)["k"]


def test_a_claim_that_is_renewed_is_held_anew(ledger: Ledger) -> None:
    renewed = ledger.renew([claimed(ledger)], run="A", now=NOW + HOUR)["k"]
    assert renewed.held_until == NOW + 2 * HOUR
    assert ledger.get(["k"])["k"] == renewed
    assert ledger.retake([(renewed, intent())], run="B", now=NOW + HOUR) == {}


def test_what_is_unknown_is_nobodys(ledger: Ledger) -> None:
    claimed(ledger)
    ledger.end([Ending("k", "unknown")], run="A", now=NOW)
    assert ledger.settle("k", "accepted", now=NOW)


@pytest.mark.parametrize("guess", ["accepted", "rejected"])
@pytest.mark.parametrize("ending", ["accepted", "rejected", "unknown"])
def test_what_sakari_answers_is_surer_than_what_a_person_knows(
    ledger: Ledger, guess: Any, ending: Any
) -> None:
    claimed(ledger)
    assert ledger.settle("k", guess, now=NOW + HOUR)
    code = "SMS-001" if ending == "rejected" else None
    lost = ledger.end([Ending("k", ending, None, "j", code=code)], run="A", now=NOW + HOUR)
    row = ledger.get(["k"])["k"]
    if ending == "unknown":
        assert (lost, row.status, row.job_id) == ({"k"}, guess, None)
    else:
        assert (lost, row.status, row.job_id, row.code) == (set(), ending, "j", code)


def test_a_refusal_does_not_undo_what_an_earlier_try_may_have_sent(ledger: Ledger) -> None:
    entry = claimed(ledger)
    again = ledger.retake([(entry, intent())], run="A", now=NOW)["k"]
    assert again
    assert ledger.settle("k", "accepted", now=NOW + HOUR)
    assert ledger.end([Ending("k", "rejected")], run="A", now=NOW + HOUR) == {"k"}
    assert ledger.get(["k"])["k"].status == "accepted"


def test_a_claim_is_held_for_longer_than_a_try_may_last(sending: Sending) -> None:
    for timeout in (0.1, 60, 86_400):
        config = ClientConfig.from_settings(settings_for(sending.server, request_timeout=timeout))
        assert hold(config) > dt.timedelta(seconds=2 * timeout)
    default = ClientConfig.from_settings(settings_for(sending.server))
    page, minutes = SEND_PAGE.read_text("utf-8"), hold(default).seconds // 60
    assert f"({minutes} minutes, unless" in page
    assert f"after {minutes} minutes, unless" in page


def test_a_run_of_less_patience_leaves_the_claims_of_others_alone(sending: Sending) -> None:
    sending.run(sends(1), request_timeout=60)
    sending.server.account.messages.remove(sending.texts()[0])
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET status = 'intent', message_id = NULL, run = 'x'")
    again: dict[str, Any] = {"resend_unknown": True, "request_timeout": 5}
    age(sending.folder / "ledger.db", 3 * MINUTE)
    done = sending.run(sends(1), **again)
    assert done.ended == ["unknown unresolved"]
    assert "A run may be about to send it, until 20" in done.outcomes[0]["detail"]
    age(sending.folder / "ledger.db", HOUR)
    assert sending.run(sends(1), **again).ended == ["written"]


def test_a_text_accepted_after_another_run_took_it_over_is_said_loudly(
    sending: Sending, account: WatchedAccount
) -> None:
    def take(_: int) -> None:
        with open_ledger(sending.address) as ledger:
            [row] = list(ledger.entries())
            again = Intent(row.key, row.account_id, row.stream, row.content, row.recipient, "0000")
            ledger.retake([(row, again)], run="B", now=row.held_until)
            ledger.end([Ending(row.key, "accepted", "theirs")], run="B", now=row.held_until)

    account.watch(accepted=take)
    with log_of("target_sakari.sends.send") as said:
        assert sending.run(sends(1)).ended == ["skipped already_sent"]
    [line] = [one for one in said if "had taken it over" in one]
    [entry], [text] = sending.entries(), sending.texts()
    assert all(part in line for part in (entry.key, str(text.id), "theirs"))


def test_a_person_who_settles_a_text_on_its_way_is_refused(
    sending: Sending, account: WatchedAccount
) -> None:
    settled: list[bool] = []

    def settle(_: int) -> None:
        with open_ledger(sending.address) as ledger:
            [row] = list(ledger.entries())
            settled.append(ledger.settle(row.key, "rejected", now=row.intended_at))

    account.watch(arrived=settle)
    assert sending.run(sends(1)).ended == ["written"]
    assert settled == [False]
    account.watch(arrived=lambda _: answers.failure(500, "json"))
    assert sending.run(sends(1, "Mended")).ended == ["skipped already_sent"]


class _Waits(FakeClock):
    """Has something done in each sleep."""

    def __init__(self, do: Callable[[], None]) -> None:
        super().__init__()
        self._do = do

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._do()


@pytest.mark.parametrize("taken_over", [False, True])
def test_a_run_that_is_kept_waiting_claims_anew(
    sending: Sending,
    account: WatchedAccount,
    taken_over: bool,  # noqa: FBT001
) -> None:
    limited = answers.failure(429, "json")
    limited.headers["retry-after"] = "30"
    account.watch(arrived=lambda at: limited if at == 1 else None)
    beside: list[Done] = []

    def wait() -> None:
        if taken_over and not beside and sending.posts() == 1:
            age(sending.folder / "ledger.db", 5 * MINUTE)
            beside.append(sending.run(sends(1), resend_unknown=True, unknown_grace_seconds=0))

    done = sending.run(sends(1), clock=_Waits(wait))
    assert sending.received() == {number(0): 1}
    assert sending.posts() == 2
    if taken_over:
        assert [beside[0].ended, done.ended] == [["written"], ["skipped already_sent"]]
    else:
        assert done.ended == ["written"]
        [row] = sending.entries()
        assert row.intended_at > row.first_at + dt.timedelta(seconds=25)
