"""One client, many threads, and a server with faults: no effect is lost, and none is doubled.

The emulator's account is the judge. `CALLS` is small so that the test is quick; it was run with
10,000 as well.
"""

# ruff: noqa: ARG002 - each action is given a number and a turn, and may need neither.

from __future__ import annotations

import contextlib
import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sakari_client import errors
from sakari_client.client import SakariClient
from tests.client.reach import Sleeps

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.http.transport import Try
    from sakari_emulator.rows import Contact
    from sakari_emulator.server import EmulatorServer

THREADS = 16
CALLS = 1_600
FAULTS = {
    "error_every": 17,
    "reset_every": 23,
    "revoke_every": 101,
    "rate_limit_every": 41,
    "truncate_every": 59,
    "bad_json_every": 67,
    "fail_after_accept_every": 13,
}


@dataclass
class Worker:
    """One thread: contacts of its own, what it wrote last, and what it was told.

    Attributes:
        number: which thread.
        sakari: the client that all share.
        names: the last name written of each of its contacts, by number.
        doubtful: numbers of contacts whose last write ended in an error, so either name will do.
        gone: numbers of deleted contacts.
        accepted: texts whose send was accepted.
        unclear: texts whose send was ambiguous.
        ended: how calls ended, by the class of their error.
    """

    number: int
    sakari: SakariClient
    names: dict[str, str] = field(default_factory=dict)
    doubtful: dict[str, set[str | None]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    accepted: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    ended: Counter[str] = field(default_factory=Counter)

    def run(self, calls: int) -> None:
        chance = random.Random(self.number)
        actions: list[Callable[[str, int], None]] = [
            self.upsert, self.upsert, self.update, self.delete, self.send, self.send,
            self.get, self.page, self.balance,
        ]  # fmt: skip
        for turn in range(calls):
            number = f"+1555{self.number:03}{chance.randrange(12):04}"
            try:
                chance.choice(actions)(number, turn)
                self.ended["(success)"] += 1
            except errors.SakariError as error:
                self.ended[type(error).__name__] += 1

    @contextlib.contextmanager
    def writing(self, number: str, name: str | None) -> Any:
        """Take note of what a contact is afterwards: named so, or None if it is to be gone."""
        before = self.doubtful.pop(number, {self.names.get(number)})
        try:
            yield
        except errors.SakariError:
            self.doubtful[number] = {*before, name}
            raise
        self.names.pop(number, None)
        if name is not None:
            self.names[number] = name
            self.gone.discard(number)
        else:
            self.gone.add(number)

    def upsert(self, number: str, turn: int) -> None:
        with self.writing(number, f"Upsert {turn}"):
            written = self.sakari.contacts.upsert(
                {"mobile": {"number": number}, "firstName": f"Upsert {turn}"}
            )
        assert (written["mobile"]["number"], written["firstName"]) == (number, f"Upsert {turn}")

    def update(self, number: str, turn: int) -> None:
        found = self.find(number)
        if found is not None:
            with self.writing(number, f"Update {turn}"):
                written = self.sakari.contacts.update(found, {"firstName": f"Update {turn}"})
            assert (written["id"], written["firstName"]) == (found, f"Update {turn}")

    def delete(self, number: str, turn: int) -> None:
        found = self.find(number)
        if found is not None:
            with self.writing(number, None):
                self.sakari.contacts.delete(found)

    def send(self, number: str, turn: int) -> None:
        text = f"thread {self.number} turn {turn}"
        # Its own number: a contact that a send makes is none of those that are counted.
        to = f"+1555{self.number:03}9999"
        try:
            result = self.sakari.messages.send(text, contacts=[to])
        except errors.AmbiguousError:
            self.unclear.append(text)
            raise
        assert [one.status for one in result.recipients] == ["accepted"]
        assert result.recipients[0].message is not None
        assert result.recipients[0].message["message"] == text
        self.accepted.append(text)

    def get(self, number: str, turn: int) -> None:
        found = self.find(number)
        if found is not None:
            assert self.sakari.contacts.get(found)["id"] == found

    def page(self, number: str, turn: int) -> None:
        pages = self.sakari.messages.read(page_size=20).pages()
        assert next(pages)
        pages.close()

    def balance(self, number: str, turn: int) -> None:
        assert "balance" in self.sakari.account.balance()

    def find(self, number: str) -> str | None:
        found = self.sakari.contacts.find_by_mobile(number)
        name = found and found["firstName"]
        assert name in self.doubtful.get(number, {self.names.get(number)})
        return found["id"] if found else None


def test_no_effect_is_lost_and_none_is_doubled(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(**FAULTS)
    tries: list[Try] = []
    with SakariClient.from_settings(
        {**settings, "concurrency": THREADS, "circuit_breaker_failures": 1_000},
        clock=Sleeps().clock,
        on_try=tries.append,
    ) as sakari:
        workers = [Worker(number, sakari) for number in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda worker: worker.run(CALLS // THREADS), workers))
    asked = Counter((one.method, one.path.rpartition("/")[2]) for one in emulator.requests)
    assert len(emulator.requests) == len(tries)
    assert asked["POST", "messages"] == sum(one.operation == "POST /messages" for one in tries)
    for worker in workers:
        judge_contacts(worker, list(emulator.account.contacts))
    judge_sends(workers, Counter(message.text for message in emulator.account.messages))
    ended = sum((worker.ended for worker in workers), Counter[str]())
    assert ended.total() == CALLS // THREADS * THREADS
    # The faults did bite, and most calls got past them.
    assert ended["AmbiguousError"] > 0
    assert ended["(success)"] > 0.8 * CALLS


def judge_contacts(worker: Worker, contacts: list[Contact]) -> None:
    """The account has each contact of a thread once, as that thread wrote it last."""
    prefix = f"+1555{worker.number:03}0"
    mine = [(one.mobile.number, one.first_name) for one in contacts if one.mobile]
    mine = [(number, name) for number, name in mine if number.startswith(prefix)]
    found = dict(mine)
    assert len(found) == len(mine)
    for number in {*worker.names, *worker.doubtful, *worker.gone, *found}:
        expected = worker.doubtful.get(number, {worker.names.get(number)})
        assert found.get(number) in expected


def judge_sends(workers: list[Worker], made: Counter[str]) -> None:
    """What was accepted was sent once, what is unclear at most once, and the rest not at all."""
    accepted = {text for worker in workers for text in worker.accepted}
    unclear = {text for worker in workers for text in worker.unclear}
    assert accepted
    assert all(made[text] == 1 for text in accepted)
    assert all(made[text] <= 1 for text in unclear)
    ours = {text for text in made if text.startswith("thread ")}
    assert ours <= accepted | unclear
