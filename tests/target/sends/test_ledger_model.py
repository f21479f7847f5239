"""Several runs do at random what they may to a ledger; a plain dict tells what must come of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from target_sakari.ledger.entries import OPEN, STATUSES, Cap, Claim, Ending, Entry, Intent
from target_sakari.ledger.key import recipient_of
from tests.examples import examples
from tests.target.sends.places import HOUR, NOW, intent, open_ledger

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.target.sends.places import Fresh

KEYS = ["k0", "k1", "k2"]
HOLDS = {"A": HOUR / 4, "B": HOUR}
RUNS = st.sampled_from(list(HOLDS))
CONTACT = recipient_of("a" * 24, "contact", "1")
INTENTS = st.builds(
    intent,
    st.none() | st.sampled_from(KEYS),
    stream=st.sampled_from(["s0", "s1"]),
    content=st.sampled_from(["c0", "c1"]),
    recipient=st.sampled_from(["r0", "r1"]),
    contact_id=st.none() | st.just("1"),
    other_recipients=st.just(()) | st.just((CONTACT,)),
    read_at=st.none() | st.just(NOW + HOUR),
)
KEYED = st.builds(
    lambda one, record: replace(one, record=record if one.key else None),
    INTENTS,
    st.none() | st.sampled_from(["x", "y"]),
)
SPANS = st.sampled_from([dt.timedelta(0), HOUR, 24 * HOUR])
ENDINGS = st.builds(
    Ending,
    key=st.just(""),
    status=st.sampled_from(["accepted", "rejected", "unknown"]),
    message_id=st.none() | st.sampled_from(["m0", "m1"]),
    job_id=st.none() | st.just("j"),
    price=st.none() | st.sampled_from([Decimal(0), Decimal("0.05")]),
    code=st.none() | st.just("SMS-001"),
)
ANY = st.integers(0, 2) | st.integers(0, 50)
"""Which of those there are."""


def as_intended(wanted: Intent, key: str, run: str, now: dt.datetime, tries: int = 1) -> Entry:
    given = {**vars(wanted), "key": key}
    del given["other_recipients"], given["read_at"]
    return Entry(
        **given,
        contact=CONTACT if wanted.contact_id else None,
        status="intent",
        run=run,
        intended_at=now,
        held_until=now + HOLDS[run],
        first_at=now,
        changed_at=now,
        tries=tries,
    )


class Runs(RuleBasedStateMachine):
    """The runs, each with the ledger open, and what it must hold."""

    def __init__(self, fresh: Fresh) -> None:
        super().__init__()
        self.address = fresh()
        self.ledgers = {run: open_ledger(self.address, hold=HOLDS[run]) for run in HOLDS}
        self.now = NOW
        self.rows: dict[str, Entry] = {}
        self.read: list[Entry] = []

    def teardown(self) -> None:
        for ledger in self.ledgers.values():
            ledger.close()

    def write(self, entry: Entry) -> None:
        self.rows[entry.key] = entry
        self.read.append(entry)

    def some_key(self, at: int) -> str:
        keys = [*self.rows, "none"]
        return keys[at % len(keys)]

    def seen(self, at: int) -> Entry:
        """A row as some run read it; it may have changed since."""
        return self.read[-1 - at % len(self.read)]

    def count(self, people: Collection[str], since: dt.datetime) -> int:
        """The texts of somebody who goes by any of these hashes."""
        return sum(
            bool(one.people & set(people)) and one.status != "rejected" and one.intended_at >= since
            for one in self.rows.values()
        )

    def there(self, wanted: Intent, window: dt.timedelta) -> list[Entry]:
        """The rows that may stand for an intent."""
        theirs = [one for one in self.rows.values() if one.people & set(wanted.recipients)]
        since = min(self.now, wanted.read_at or self.now) - window
        if wanted.key:
            found = [
                one
                for one in theirs
                if wanted.record == one.record is not None
                and (one.status != "rejected" or one.recipient == wanted.recipient)
            ]
            found += [self.rows[wanted.key]] if wanted.key in self.rows else []
        else:
            found = [
                one
                for one in theirs
                if one.content == wanted.content
                and (one.status in OPEN or one.intended_at >= since)
            ]
        for sure in (("accepted",), OPEN, ("rejected",)):
            if best := [one for one in found if one.status in sure]:
                newest = max(one.intended_at for one in best)
                return [one for one in best if one.intended_at == newest]
        return []

    def is_held(self, row: Entry) -> bool:
        return row.status == "intent" and row.held_until > self.now

    @rule(
        wanted=st.lists(KEYED, min_size=1, max_size=4), run=RUNS, window=SPANS,
        cap=st.none() | st.tuples(st.integers(0, 3), SPANS),
    )  # fmt: skip
    def claim(
        self, wanted: list[Intent], run: str, window: dt.timedelta,
        cap: tuple[int, dt.timedelta] | None,
    ) -> None:  # fmt: skip
        limit = Cap(cap[0], self.now - cap[1]) if cap else None
        claims = self.ledgers[run].claim(wanted, run=run, now=self.now, window=window, cap=limit)
        assert len(claims) == len(wanted)
        for one, claim in zip(wanted, claims, strict=True):
            if there := self.there(one, window):
                assert claim in [Claim("there", entry) for entry in there]
            elif limit and self.count(one.recipients, limit.since) >= limit.texts:
                assert claim == Claim("capped", None)
            else:
                assert claim.entry is not None
                assert claim.entry.key not in self.rows
                key = one.key or claim.entry.key
                assert claim == Claim("claimed", as_intended(one, key, run, self.now))
                self.write(claim.entry)

    @rule(picks=st.lists(st.tuples(ANY, ENDINGS), max_size=3), run=RUNS)
    def end(self, picks: list[tuple[int, Ending]], run: str) -> None:
        by_key = {self.some_key(at): ending for at, ending in picks}
        endings = [replace(ending, key=key) for key, ending in by_key.items()]
        lost = self.ledgers[run].end(endings, run=run, now=self.now)
        for one in endings:
            row = self.rows.get(one.key)
            surer = (
                row
                and {
                    "intent": True,
                    "unknown": False,
                    "rejected": one.status != "unknown",
                    "accepted": one.status == "accepted"
                    or (one.status == "rejected" and row.tries == 1 and not row.message_id),
                }[row.status]
            )
            assert (one.key in lost) == (not row or row.run != run or not surer)
        ours = [one for one in endings if one.key not in lost]
        for one in ours:
            self.write(replace(self.rows[one.key], **vars(one), changed_at=self.now, found=False))
        for row in list(self.rows.values()):
            if row.found and any(self.is_evidence(one, row) for one in ours):
                again = vars(Ending(row.key, "unknown"))
                self.write(replace(row, **again, changed_at=self.now, found=False))

    def is_evidence(self, ending: Ending, row: Entry) -> bool:
        """Whether what a row was found to be is what a request has become."""
        if ending.status == "unknown":
            return False
        if ending.message_id or ending.status == "rejected":
            return ending.message_id == row.message_id is not None
        same = self.rows[ending.key].people & row.people
        return bool(same) and ending.job_id == row.job_id is not None

    @precondition(lambda self: self.read)
    @rule(at=ANY, ending=ENDINGS, run=RUNS)
    def resolve(self, at: int, ending: Ending, run: str) -> None:
        entry = self.seen(at)
        ending = replace(ending, key=entry.key)
        others = [one for one in self.rows.values() if one.key != entry.key]
        taken = ending.message_id in {one.message_id for one in others} - {None}
        taken |= ending.job_id not in {None, entry.job_id} and any(
            one.job_id == ending.job_id
            and one.message_id is None
            and one.status != "rejected"
            and one.people & entry.people
            for one in others
        )
        assert self.ledgers[run].free(entry, [ending]) == ([] if taken else [ending])
        contested = any(self.is_held(one) and one.people & entry.people for one in others)
        done = self.ledgers[run].resolve(entry, ending, now=self.now)
        assert done == (self.rows.get(entry.key) == entry and not taken and not contested)
        if done:
            self.write(replace(entry, **vars(ending), changed_at=self.now, found=True))

    @precondition(lambda self: self.read)
    @rule(picks=st.lists(st.tuples(ANY, KEYED), max_size=3), run=RUNS)
    def retake(self, picks: list[tuple[int, Intent]], run: str) -> None:
        by_key = {self.seen(at).key: (self.seen(at), wanted) for at, wanted in picks}
        taken = self.ledgers[run].retake(list(by_key.values()), run=run, now=self.now)
        assert taken.keys() == {
            key
            for key, (entry, _) in by_key.items()
            if self.rows.get(key) == entry and (entry.run == run or not self.is_held(entry))
        }
        for key, entry in taken.items():
            assert entry
            before, wanted = by_key[key]
            first_at = before.first_at if before.status in OPEN else self.now
            assert entry == replace(
                as_intended(wanted, key, run, self.now, before.tries + 1), first_at=first_at
            )
            self.write(entry)

    @rule(at=ANY, status=st.sampled_from(["accepted", "rejected"]), run=RUNS)
    def settle(self, at: int, status: Any, run: str) -> None:
        key = self.some_key(at)
        row = self.rows.get(key)
        done = self.ledgers[run].settle(key, status, now=self.now)
        ends = {*OPEN, "rejected"} if status == "accepted" else OPEN
        assert done == (row is not None and row.status in ends and not self.is_held(row))
        if row and done:
            self.write(replace(row, status=status, changed_at=self.now))

    @rule(at=ANY, run=RUNS)
    def forget(self, at: int, run: str) -> None:
        key = self.some_key(at)
        row = self.rows.get(key)
        gone = row is not None and not self.is_held(row)
        assert self.ledgers[run].forget(key, now=self.now) == gone
        if gone:
            del self.rows[key]

    @rule(seconds=st.sampled_from([0.001, 1, 1_800, 50_000]))
    def wait(self, seconds: float) -> None:
        self.now += dt.timedelta(seconds=seconds)

    @rule(run=RUNS)
    def reopen(self, run: str) -> None:
        self.ledgers[run].close()
        self.ledgers[run] = open_ledger(self.address, make=False, hold=HOLDS[run])

    @rule(span=SPANS, run=RUNS)
    def look(self, span: dt.timedelta, run: str) -> None:
        since = self.now - span
        for people in (("r0", "r1"), ("r0", CONTACT)):
            sent = self.ledgers[run].sent_since(people, since)
            for names in (people, people[:1], people[1:]):
                assert sent.to(names) == self.count(names, since)
        for status in STATUSES:
            found = {one.key for one in self.ledgers[run].entries(status=status, since=since)}
            assert found == {
                one.key
                for one in self.rows.values()
                if one.status == status and one.intended_at >= since
            }

    @invariant()
    def the_ledger_holds_what_it_must(self) -> None:
        assert {one.key: one for one in self.ledgers["A"].entries()} == self.rows


def test_whatever_runs_do_the_ledger_does_as_the_model(fresh: Fresh) -> None:
    class RunsHere(Runs):
        def __init__(self) -> None:
            super().__init__(fresh)

    run_state_machine_as_test(RunsHere, settings=settings(examples(40), stateful_step_count=40))
