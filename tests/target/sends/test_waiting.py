"""Requests that Sakari keeps waiting, and texts that it lists late: nobody gets two of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from sakari_client.clock import Clock
from sakari_client.errors import RateLimitError
from sakari_client.http.wire import Wire
from sakari_emulator import answers
from tests.fake_clock import FakeClock
from tests.target.run import record
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_client.http.answers import Answer
    from sakari_client.http.wire import Request
    from sakari_emulator.rows import Message as Text
    from tests.target.run import Done
    from tests.target.sends.watched_account import WatchedAccount

RESENDS: dict[str, Any] = {"resend_unknown": True}


def limited(seconds: int = 60) -> Response:
    refusal = answers.failure(429, "json")
    refusal.headers["retry-after"] = str(seconds)
    return refusal


def night(clock: FakeClock) -> str:
    """Quiet hours that begin in an hour."""
    now = dt.datetime.fromtimestamp(clock.now, ZoneInfo("America/Anchorage"))
    begin, end = (now + dt.timedelta(hours=hours) for hours in (1, 9))
    return f"{begin:%H:%M}-{end:%H:%M}"


def hide(sending: Sending) -> list[Text]:
    """What went out, which Sakari does not list yet."""
    texts = sending.texts()
    for one in texts:
        sending.server.account.messages.remove(one)
    return texts


@pytest.mark.parametrize("waits", [0, 5])
def test_the_grace_time_begins_when_the_request_has_ended(
    sending: Sending, account: WatchedAccount, clock: FakeClock, waits: int
) -> None:
    hidden: list[Text] = []

    def lose(_: int) -> Response:
        hidden.extend(hide(sending))
        return answers.failure(500, "json")

    account.watch(arrived=lambda at: limited() if at <= waits else None, accepted=lose)
    done = sending.run(sends(1), **RESENDS, clock=clock)
    assert sum(clock.sleeps) >= 60 * waits
    assert done.ended == ["unknown no_clear_answer"]
    assert len(hidden) == 1
    assert not sending.texts()
    sending.server.account.messages.add(hidden[0])
    assert sending.run(sends(1), **RESENDS, clock=clock).ended == ["written"]
    assert sending.posts() == waits + 1


def test_whoever_takes_a_claim_over_gives_sakari_its_time_too(
    sending: Sending, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside: list[Done] = []
    send = Wire.send

    def slowly(self: Wire, request: Request, token: str | None) -> Answer:
        answer = send(self, request, token)
        if sending.posts():
            monkeypatch.setattr(Wire, "send", send)
            [hidden] = hide(sending)
            clock.now += 241
            given = {**RESENDS, "unknown_grace_seconds": 60}
            beside.append(sending.run(sends(1), **given, clock=clock))
            sending.server.account.messages.add(hidden)
        return answer

    monkeypatch.setattr(Wire, "send", slowly)
    done = sending.run(sends(1), clock=clock)
    assert [*beside[0].ended, *done.ended] == ["unknown unresolved", "written"]
    assert sending.received() == {number(0): 1}


def test_a_run_that_is_refused_again_and_again_comes_to_an_end(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    account.watch(arrived=lambda at: limited() if at < 20 else None)
    done = sending.run(sends(1), max_retries=3, clock=clock)
    assert isinstance(done.error, RateLimitError)
    assert sending.posts() == 4
    assert not sending.entries()


@pytest.mark.parametrize("refused", [429, 400])
def test_no_try_is_made_at_night(
    sending: Sending, account: WatchedAccount, clock: FakeClock, refused: int
) -> None:
    def fall_asleep(_: int) -> Response:
        clock.now += 3601
        return limited() if refused == 429 else answers.failure(refused, "json")

    account.watch(arrived=fall_asleep)
    done = sending.run(sends(2), quiet_hours=night(clock), clock=clock)
    assert done.ended == ["deferred quiet_hours"] * 2
    assert sending.posts() == 1
    assert not sending.entries()


def test_what_may_have_gone_out_is_not_put_off_but_unknown(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    def fall_asleep(_: int) -> Response:
        hide(sending)
        clock.now += 3601
        return answers.failure(500, "json")

    account.watch(accepted=fall_asleep)
    hours = night(clock)
    done = sending.run(sends(1), quiet_hours=hours, delivery="at_least_once", clock=clock)
    assert done.ended == ["unknown unresolved"]
    assert "not sent again now: It is" in done.outcomes[0]["detail"]
    assert [one.status for one in sending.entries()] == ["unknown"]


@pytest.mark.parametrize("is_late", [False, True])
def test_a_machine_that_slept_looks_again_before_it_sends(
    sending: Sending,
    account: WatchedAccount,
    clock: FakeClock,
    is_late: bool,  # noqa: FBT001
) -> None:
    awake = FakeClock(now=clock.now)
    beside: list[Done] = []

    def sleep(seconds: float) -> None:
        awake.sleep(seconds)
        clock.now += seconds
        if sending.posts() == 1 and not beside:
            clock.now += 3600
            beside.append(sending.run(sends(1), **RESENDS, clock=clock))

    # Its monotonic clock stands still in the meantime, as on Linux and macOS; that of a virtual
    # machine does so altogether.
    laptop = SimpleNamespace(
        clock=Clock(
            time=lambda: (awake if is_late else clock).now,
            monotonic=lambda: awake.now,
            sleep=sleep,
            random=lambda: 1.0,
        )
    )
    account.watch(arrived=lambda at: limited() if at == 1 else None)
    done = sending.run(sends(1), clock=laptop)
    assert [*beside[0].ended, *done.ended] == ["written", "skipped already_sent"]
    assert sending.received() == {number(0): 1}


def test_at_least_once_sends_to_nobody_more_often_than_it_tries(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    sent: list[Text] = []

    def lose(_: int) -> Response:
        sent.extend(hide(sending))
        return answers.failure(500, "json")

    account.watch(
        arrived=lambda at: answers.failure(400, "json") if at == 2 else None, accepted=lose
    )
    sending.run(sends(2), delivery="at_least_once", max_retries=1, clock=clock)
    got = Counter(one.contact.mobile.number for one in sent if one.contact and one.contact.mobile)
    assert got == {number(0): 2, number(1): 2}


def test_a_conversation_is_read_whatever_its_id_looks_like(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    account.receive(number(0), "Hi")
    account.switch(id_form="integer")
    account.watch(accepted=lambda at: answers.failure(500, "json") if at == 1 else None)
    given: dict[str, Any] = {
        "fields": ("id", "conversation", "text"),
        "check_consent": False,
        "clock": clock,
    }
    answer = [record("sends", id=1, conversation="1", text="Hello")]
    assert sending.run(answer, **given).ended == ["written"]
    clock.now += 400
    assert sending.run(answer, **RESENDS, **given).ended == ["skipped already_sent"]
    assert len(sending.texts()) == 1
