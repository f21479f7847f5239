"""The ledger of sends, step by step, on SQLite and on PostgreSQL."""

from __future__ import annotations

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from target_sakari.ledger.entries import Cap, Ending
from target_sakari.ledger.key import recipient_of
from target_sakari.ledger.opening import HOLD
from tests.target.sends.places import HOUR, NOW, SECOND, intent, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target_sakari.ledger.entries import Entry
    from target_sakari.ledger.ledger import Ledger


@pytest.fixture
def ledger(address: str) -> Iterator[Ledger]:
    with open_ledger(address) as opened:
        yield opened


def claimed(ledger: Ledger, key: str | None = "k", run: str = "A", **other: str) -> Entry:
    (claim,) = ledger.claim([intent(key, **other)], run=run, now=NOW)
    assert claim.outcome == "claimed"
    assert claim.entry is not None
    return claim.entry


def test_a_key_is_claimed_once(ledger: Ledger) -> None:
    both = ledger.claim([intent(), intent(), intent("other")], run="A", now=NOW)
    assert [one.outcome for one in both] == ["claimed", "there", "claimed"]
    assert both[0].entry == both[1].entry
    (again,) = ledger.claim([intent(content="mended")], run="B", now=NOW + HOUR)
    assert (again.outcome, again.entry) == ("there", both[0].entry)


def test_what_was_claimed_is_there_when_it_is_opened_again(address: str) -> None:
    with open_ledger(address) as ledger:
        entry = claimed(ledger)
        ending = Ending("k", "accepted", "m1", "j1", Decimal("0.0500"))
        assert ledger.end([ending], run="A", now=NOW + SECOND) == set()
    with open_ledger(address, make=False) as ledger:
        after = ledger.get(["k"])["k"]
    assert after == replace(
        entry, status="accepted", message_id="m1", job_id="j1", price=Decimal("0.05"),
        changed_at=NOW + SECOND,
    )  # fmt: skip
    assert str(after.price) == "0.0500"


def test_moments_are_held_to_the_millisecond_in_any_zone(ledger: Ledger) -> None:
    east = dt.timezone(dt.timedelta(hours=5))
    moment = dt.datetime(2026, 1, 1, 2, 0, 0, 1_999, tzinfo=east)
    (claim,) = ledger.claim([intent()], run="A", now=moment)
    assert claim.entry == ledger.get(["k"])["k"]
    assert claim.entry is not None
    assert claim.entry.intended_at.isoformat() == "2025-12-31T21:00:00.001000+00:00"


def test_only_who_holds_an_intent_ends_it(ledger: Ledger) -> None:
    entry = claimed(ledger)
    assert ledger.end([Ending("k", "rejected")], run="B", now=NOW) == {"k"}
    assert ledger.get(["k"])["k"] == entry
    assert ledger.end([Ending("k", "unknown"), Ending("none", "unknown")], run="A", now=NOW) == {
        "none"
    }
    assert ledger.end([Ending("k", "accepted", "m")], run="A", now=NOW) == {"k"}
    assert ledger.get(["k"])["k"].status == "unknown"


def test_without_a_key_the_same_content_is_the_same_send_within_the_window(ledger: Ledger) -> None:
    first = claimed(ledger, None)
    assert first.key != claimed(ledger, None, recipient="r2").key
    (claim,) = ledger.claim([intent(None)], run="B", now=NOW + 25 * HOUR)
    assert claim.entry == first  # while its end is not known, of any age
    ledger.end([Ending(first.key, "accepted")], run="A", now=NOW)
    for later, outcome in ((23 * HOUR, "there"), (24 * HOUR, "there"), (25 * HOUR, "claimed")):
        (claim,) = ledger.claim([intent(None)], run="B", now=NOW + later)
        assert claim.outcome == outcome
    assert len(list(ledger.entries())) == 3


def test_one_that_was_rejected_hides_none_that_was_not(ledger: Ledger) -> None:
    first = claimed(ledger, "with a key")
    ledger.claim([intent("later")], run="A", now=NOW + SECOND)
    ledger.end([Ending("later", "rejected")], run="A", now=NOW + SECOND)
    (claim,) = ledger.claim([intent(None)], run="B", now=NOW + HOUR)
    assert claim.entry == first


def test_a_record_is_one_send_to_a_person_however_they_are_known(ledger: Ledger) -> None:
    def claim(key: str, record: str, recipient: str) -> Entry | None:
        their = {"recipient": recipient, "contact_id": "1", "other_recipients": (contact,)}
        (found,) = ledger.claim([intent(key, record=record, **their)], run="B", now=NOW + HOUR)
        return found.entry

    contact = recipient_of("a" * 24, "contact", "1")
    first = claimed(ledger, "old", record="x", recipient="old", contact_id="1")
    assert claim("new", "x", "new") == first
    assert claim("of another record", "y", "new") == ledger.get(["of another record"]).popitem()[1]
    claimed(ledger, "of another person", record="x", recipient="another")
    ledger.end([Ending("old", "rejected")], run="A", now=NOW)
    assert claim("again", "x", "old") == ledger.get(["old"])["old"]
    mended = claim("new", "x", "new")
    assert mended == ledger.get(["new"])["new"]
    assert claim("again", "x", "old") == mended


def test_a_cap_counts_a_person_whose_number_is_another_now(ledger: Ledger) -> None:
    contact = recipient_of("a" * 24, "contact", "1")
    claimed(ledger, recipient="old", contact_id="1")
    sent = ledger.sent_since(["old", "new", contact], NOW)
    assert [sent.to(one) for one in (["old"], ["new"], ["new", contact], ["old", contact])] == [
        1, 0, 1, 1,
    ]  # fmt: skip
    # Also beside a text to the number of before.
    corrected = intent("one", recipient="new", contact_id="1", other_recipients=(contact,))
    claims = [corrected, intent("other", recipient="old")]
    capped = ledger.claim(claims, run="A", now=NOW, cap=Cap(1, NOW))
    assert [one.outcome for one in capped] == ["capped", "capped"]


def test_a_cap_counts_what_may_have_gone_out(ledger: Ledger) -> None:
    for at, status in enumerate(("accepted", "rejected", "unknown", "intent")):
        claimed(ledger, f"k{at}")
        if status != "intent":
            ledger.end([Ending(f"k{at}", status)], run="A", now=NOW)  # type: ignore[arg-type]
    sent = ledger.sent_since(["r", "r2"], NOW)
    assert [sent.to([one]) for one in ("r", "r2")] == [3, 0]
    assert ledger.sent_since(["r"], NOW + SECOND).to(["r"]) == 0
    some = [intent("k0"), intent("new"), intent("newer"), intent("other", recipient="r2")]
    claims = ledger.claim(some, run="A", now=NOW, cap=Cap(4, NOW))
    assert [one.outcome for one in claims] == ["there", "claimed", "capped", "claimed"]
    assert claims[2].entry is None
    assert "newer" not in ledger.get(["newer"])


def test_a_resolution_is_of_the_row_as_it_was_read(ledger: Ledger) -> None:
    entry = claimed(ledger)
    found = Ending("k", "accepted", "m1")
    assert ledger.end([Ending("k", "unknown")], run="A", now=NOW) == set()
    assert not ledger.resolve(entry, found, now=NOW)
    assert ledger.resolve(ledger.get(["k"])["k"], found, now=NOW)
    assert ledger.get(["k"])["k"].message_id == "m1"


def test_a_message_is_evidence_for_one_send(ledger: Ledger) -> None:
    first, second = claimed(ledger, "k1"), claimed(ledger, "k2")
    later = NOW + HOUR
    assert ledger.resolve(first, Ending("k1", "accepted", "m1"), now=later)
    assert not ledger.resolve(second, Ending("k2", "accepted", "m1"), now=later)
    both = [Ending("k2", "accepted", "m1"), Ending("k2", "accepted", "m2")]
    assert ledger.free(second, both) == both[1:]
    # Should Sakari have told two sends of one message, it is none's for certain.
    third = claimed(ledger, "k3")
    assert ledger.end([Ending("k3", "unknown", "m1")], run=third.run, now=NOW) == set()
    for key in ("k1", "k3"):
        row = ledger.get([key])[key]
        assert not ledger.resolve(row, Ending(key, "accepted", "m1"), now=later)
    assert ledger.resolve(second, Ending("k2", "accepted", "m2"), now=later)


def test_the_answer_to_one_opens_what_another_was_found_to_be(ledger: Ledger) -> None:
    other, ours, elses = claimed(ledger, "k1"), claimed(ledger, "k2"), claimed(ledger, "k3", "B")
    later = {"now": NOW + HOUR}
    assert ledger.resolve(other, Ending("k1", "accepted", "m1", "j1", Decimal(1)), **later)
    assert ledger.get(["k1"])["k1"].found
    ledger.end([Ending("k3", "accepted", "m1")], run=elses.run, now=NOW)
    assert ledger.get(["k1"])["k1"] == replace(other, status="unknown", changed_at=NOW)
    # An answer without the message has its job.
    row = ledger.get(["k1"])["k1"]
    assert ledger.resolve(row, Ending("k1", "accepted", "m2", "j2"), **later)
    ledger.end([Ending("k2", "accepted", None, "j2")], run=ours.run, now=NOW)
    assert ledger.get(["k1"])["k1"].status == "unknown"
    # What was answered stays, though it be the same message.
    ledger.end([Ending("k2", "accepted", "m1")], run=ours.run, now=NOW)
    assert ledger.get(["k3"])["k3"].status == "accepted"


def test_one_of_two_retakes_a_send(ledger: Ledger) -> None:
    entry = claimed(ledger)
    mended = intent(content="c2", recipient="r2", contact_id="1")
    contact = recipient_of("a" * 24, "contact", "1")
    taken = ledger.retake([(entry, mended)], run="B", now=NOW + HOUR)
    assert ledger.retake([(entry, mended)], run="C", now=NOW + HOUR) == {}
    assert taken == ledger.get(["k"])
    assert taken["k"] == replace(
        entry, content="c2", recipient="r2", contact=contact, contact_id="1", run="B", tries=2,
        intended_at=NOW + HOUR, held_until=NOW + HOUR + HOLD, changed_at=NOW + HOUR,
    )  # fmt: skip
    assert ledger.end([Ending("k", "accepted")], run="A", now=NOW) == {"k"}


def test_a_retaken_send_has_nothing_left_of_its_refusal(ledger: Ledger) -> None:
    claimed(ledger)
    ledger.end([Ending("k", "rejected", "m", "j", Decimal(1), "SMS-001")], run="A", now=NOW)
    rejected = ledger.get(["k"])["k"]
    assert (rejected.code, rejected.job_id) == ("SMS-001", "j")
    again = ledger.retake([(rejected, intent())], run="B", now=NOW)["k"]
    assert again
    assert (again.message_id, again.job_id, again.price, again.code) == (None, None, None, None)
    assert ledger.get(["k"])["k"] == again


def test_a_forgotten_one_cannot_be_retaken(ledger: Ledger) -> None:
    entry = claimed(ledger)
    assert ledger.forget("k", now=NOW + HOUR)
    assert not ledger.forget("k", now=NOW + HOUR)
    assert ledger.retake([(entry, intent())], run="B", now=NOW) == {}
    assert not ledger.resolve(entry, Ending("k", "accepted"), now=NOW)


def test_what_is_known_is_not_settled(ledger: Ledger) -> None:
    claimed(ledger)
    assert not ledger.settle("none", "accepted", now=NOW + HOUR)
    assert ledger.settle("k", "accepted", now=NOW + HOUR)
    assert not ledger.settle("k", "rejected", now=NOW + HOUR)
    assert ledger.get(["k"])["k"].status == "accepted"


def test_what_is_rejected_can_only_be_settled_as_accepted(ledger: Ledger) -> None:
    claimed(ledger)
    assert ledger.settle("k", "rejected", now=NOW + HOUR)
    assert not ledger.settle("k", "rejected", now=NOW + HOUR)
    assert ledger.settle("k", "accepted", now=NOW + HOUR)
    assert ledger.get(["k"])["k"].status == "accepted"


def test_entries_come_in_pages_and_by_what_is_asked(ledger: Ledger) -> None:
    moments = [NOW, NOW, NOW + SECOND]
    for part, moment in enumerate(moments):
        some = [intent(f"{part}-{at}", stream=f"s{part}") for at in range(400)]
        ledger.claim(some, run="A", now=moment)
    ledger.end([Ending("1-7", "unknown")], run="A", now=NOW)
    found = list(ledger.entries())
    assert found == sorted(found, key=lambda one: (one.intended_at, one.key), reverse=True)
    assert len({one.key for one in found}) == 1_200
    assert [one.key for one in ledger.entries(status="unknown")] == ["1-7"]
    assert {one.stream for one in ledger.entries(since=NOW + SECOND)} == {"s2"}
    assert sum(1 for _ in ledger.entries(stream="s1", status="intent")) == 399
    assert len(ledger.get(one.key for one in found)) == 1_200


THREADS = 8


def at_once(work: Callable[[int], list[str]]) -> list[str]:
    """What several threads give that begin together."""
    together = threading.Barrier(THREADS)

    def begin(number: int) -> list[str]:
        together.wait(30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(chain.from_iterable(pool.map(begin, range(THREADS))))


def test_threads_share_a_ledger(ledger: Ledger) -> None:
    def claim(number: int) -> list[str]:
        wanted = [intent(f"k{at}") for at in range(100)]
        claims = [ledger.claim([one], run=f"run{number}", now=NOW)[0] for one in wanted]
        return [one.entry.key for one in claims if one.outcome == "claimed" and one.entry]

    assert sorted(at_once(claim)) == sorted(f"k{at}" for at in range(100))


def test_several_make_one_ledger(address: str) -> None:
    def make(number: int) -> list[str]:
        with open_ledger(address) as opened:
            (claim,) = opened.claim([intent()], run=f"run{number}", now=NOW)
            return [claim.outcome]

    assert sorted(at_once(make)) == ["claimed"] + ["there"] * (THREADS - 1)
