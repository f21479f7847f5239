"""Ten thousand texts, while much goes wrong: each is accounted for, and nobody gets two."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from sakari_emulator.server import EmulatorServer
from tests.target.run import record
from tests.target.sends.sending import Sending

if TYPE_CHECKING:
    from pathlib import Path

    from sakari_emulator.contact_table import ContactTable

COUNT = 10_000
OPTED_OUT = 100
INVALID = 50
"""So many are for no numbers at all, and as many for numbers that Sakari knows to be wrong."""
RIGHT = COUNT - OPTED_OUT - 2 * INVALID
RUNS = 5


def test_ten_thousand(tmp_path: Path) -> None:
    with EmulatorServer(
        contacts=OPTED_OUT + INVALID, messages=0, templates=0, conversations=0
    ) as server:
        server.account.balance = 100_000
        numbers = _numbers(server.account.contacts)
        given = [
            record("sends", id=at, mobile=numbers[at * 7_919 % COUNT], text="Hello")
            for at in range(COUNT)
        ]
        # Every 20th request is carried out and not answered; others fail and are not carried out.
        server.switch(
            fail_after_accept_every=20, error_every=101, rate_limit_every=17, revoke_every=40
        )
        sending = Sending(server, tmp_path)
        done = sending.run(given)
        written = _check(sending, numbers, done.summary, before=0)

        for _ in range(RUNS):
            if written == RIGHT:
                break
            done = sending.run(given, resend_unknown=True, unknown_grace_seconds=0)
            written = _check(sending, numbers, done.summary, before=written)
        assert written == RIGHT
        assert set(sending.received()) == set(numbers[-RIGHT:])
        assert Counter(one.status for one in sending.entries()) == {"accepted": RIGHT}


def _check(sending: Sending, numbers: list[str], summary: dict[str, Any], *, before: int) -> int:
    """Hold a run's figures against the account; returns how many texts have gone out by now."""
    received, figures = sending.received(), summary["streams"]["sends"]
    assert summary["sends"]["messages"] == len(received) - before
    assert set(received.values()) == {1}
    outcomes, reasons = figures["outcomes"], figures["reasons"]
    assert sum(outcomes.values()) == COUNT
    assert figures["without_outcome"] == 0
    assert reasons["opted_out"] == OPTED_OUT
    assert reasons["invalid_number"] == reasons["invalid_contact"] == INVALID
    assert reasons.get("already_sent", 0) == before
    assert outcomes["written"] + before == len(received)
    assert outcomes.get("unknown", 0) == RIGHT - len(received)
    return len(received)


def _numbers(contacts: ContactTable) -> list[str]:
    """Those of people who opted out, wrong ones, and at the end those that are right."""
    for at, one in enumerate(contacts):
        assert one.mobile
        contacts.give(one, replace(one.mobile, line_type="mobile"))
        one.valid, one.error = at < OPTED_OUT, None
        one.blocked = "2026-01-01T00:00:00.000Z" if at < OPTED_OUT else None
    known = [one.mobile.number for one in contacts if one.mobile]
    return [*known, *["12"] * INVALID, *(f"+1646{555_0000 + at}" for at in range(RIGHT))]
