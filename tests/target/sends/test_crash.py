"""SIGKILL at every step of a send: each gets one text, or none and a row that says why.

`script/crash-test` does the same at many more points.
"""

from __future__ import annotations

import contextlib
import functools
import re
import signal
import sqlite3
from threading import Event
from typing import TYPE_CHECKING

import pytest

from sakari_emulator import answers
from sakari_emulator.errors import RATE_LIMIT, envelope
from target_sakari.exits import exit_code
from target_sakari.ledger.errors import LedgerError
from target_sakari.ledger.ledger import Ledger
from tests.target.sends.crash_loads import COUNT, KEYED, OTHERS, Load
from tests.target.sends.crashes import (
    PER_REQUEST,
    REQUESTS,
    STEPS,
    Point,
    Scene,
    full_disk,
    python,
    until,
)
from tests.target.sends.places import fresh_schema, open_ledger
from tests.target.sends.sending import Sending, number, sends
from tests.target.sends.watched_account import WatchedAccount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from devtools.private_postgres import Database
    from tests.crash.forkserver import ForkServer
    from tests.target.sends.crashes import Running, Step


@pytest.fixture(scope="module")
def server() -> Iterator[ForkServer]:
    with python() as running:
        yield running


@pytest.fixture(scope="module")
def _account() -> Iterator[WatchedAccount]:
    with WatchedAccount() as account:
        yield account


@pytest.fixture
def load() -> Load:
    return KEYED


@pytest.fixture
def scene(_account: WatchedAccount, tmp_path: Path, load: Load) -> Scene:
    _account.reset()
    return Scene(_account, tmp_path, load)


@pytest.fixture(scope="module")
def another() -> Iterator[ForkServer]:
    with python() as running:
        yield running


POINTS = [
    *(Point(step, 1 if step == "any moment" else 2) for step in STEPS[:-1]),
    Point("intent written, request not", REQUESTS),
    Point("accepted, answer lost", 1, concurrency=4),
    Point("request written", 3, concurrency=4),
    Point("any moment", 90),
]


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_killed(scene: Scene, server: ForkServer, point: Point) -> None:
    scene.kill(server, point)
    verdict = scene.judge(server)
    if point.concurrency == 1 and point.step in EXPECTED:
        assert (verdict.sent, verdict.found, verdict.unknown) == EXPECTED[point.step]


@pytest.mark.parametrize("step", STEPS[2:5])
@pytest.mark.parametrize("load", OTHERS, ids=lambda load: load.name.replace(" ", "-"))
def test_killed_while_other_records_are_sent(scene: Scene, server: ForkServer, step: Step) -> None:
    scene.kill(server, Point(step, 2))
    scene.judge(server)


EXPECTED = {
    # texts out when it was dead, of which found by the next run, and left to people
    "before the intent": (0, 0, 0),
    "request written": (3, 0, 3),
    "accepted, answer lost": (6, 3, 0),
    "answer read, not noted": (6, 3, 0),
    "outcomes written, state not": (12, 0, 0),
    "state out": (12, 0, 0),
}


@pytest.mark.parametrize("point", [None, *(Point(step, 2) for step in STEPS[2:5])], ids=str)
def test_two_at_once(
    scene: Scene, server: ForkServer, another: ForkServer, point: Point | None
) -> None:
    scene.race((server, another), point)
    scene.judge(server)


def test_two_at_once_on_postgresql(
    scene: Scene, server: ForkServer, another: ForkServer, postgres: Database
) -> None:
    address = fresh_schema(postgres)
    running = [scene.start(one, concurrency=2, ledger_url=address) for one in (server, another)]
    assert [one.end() for one in running] == [0, 0]
    assert scene.received() == {number(at): 1 for at in range(COUNT)}
    with open_ledger(address, make=False) as ledger:
        assert [one.status for one in ledger.entries()] == ["accepted"] * COUNT


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_signal_ends_what_is_in_flight_and_claims_nothing_more(
    scene: Scene, server: ForkServer, concurrency: int
) -> None:
    started: list[Running] = []
    ready = Event()

    def stop(at: int) -> None:
        if at == 2:
            assert ready.wait(30)
            started[0].child.send(signal.SIGTERM)
            until(lambda: b"SIGTERM: ending" in started[0].log.read_bytes())

    scene.account.watch(accepted=stop)
    started.append(scene.start(server, concurrency=concurrency))
    ready.set()
    assert started[0].end() == 128 + signal.SIGTERM
    sent = scene.received().total()
    assert 2 * PER_REQUEST <= sent < COUNT
    assert scene.statuses() == {"accepted": sent}
    assert scene.outcomes() == ["written"] * sent
    scene.account.watch()
    assert scene.judge(server).found == 0


@pytest.mark.parametrize("concurrency", [1, 2])
def test_a_signal_while_requests_wait_gives_their_claims_back(
    scene: Scene, server: ForkServer, concurrency: int
) -> None:
    refusal = answers.json(envelope(RATE_LIMIT, "Too many requests"), 429)
    refusal.headers["retry-after"] = "50"
    scene.account.watch(arrived=lambda at: refusal if at > 1 else None)
    running = scene.start(server, concurrency=concurrency)
    until(lambda: b"Trying again in 50.0 s" in running.log.read_bytes())
    running.child.send(signal.SIGTERM)
    assert running.end() == 128 + signal.SIGTERM
    assert scene.statuses() == {"accepted": PER_REQUEST}
    assert scene.outcomes() == ["written"] * PER_REQUEST
    scene.account.watch()
    verdict = scene.judge(server)
    assert (verdict.sent, verdict.found, verdict.unknown) == (PER_REQUEST, 0, 0)


def test_a_damaged_ledger_sends_nothing(scene: Scene, server: ForkServer) -> None:
    scene.ledger.write_bytes(b"This is no database. " * 500)
    running = scene.start(server)
    assert running.end() == 7
    assert "is damaged, or is no ledger" in running.log.read_text()
    assert not scene.received()
    assert scene.outcomes() == []


def test_a_full_disk_sends_nothing(scene: Scene, server: ForkServer) -> None:
    with open_ledger(f"sqlite:///{scene.ledger}"):
        pass
    with full_disk(server):
        running = scene.start(server)
        assert running.end() == 7
    assert re.search(r"ledger_url: \S+ .*(disk|full)", running.log.read_text())
    assert not scene.received()


def test_a_locked_ledger_sends_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    address = f"sqlite:///{scene.ledger}"
    with open_ledger(address):
        pass
    with contextlib.closing(sqlite3.connect(scene.ledger, isolation_level=None)) as held:
        held.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(Ledger, "open", functools.partial(Ledger.open, wait=0.05))
        done = Sending(scene.account, scene.folder).run(sends(3))
    assert isinstance(done.error, LedgerError)
    assert exit_code(done.error) == 7
    assert "is locked by another process" in str(done.error)
    assert not scene.received()
