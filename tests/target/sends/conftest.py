from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from devtools.private_postgres import Database, private_postgres
from sakari_client.http.wire import Wire
from tests.fake_clock import FakeClock
from tests.target.sends.places import Fresh, fresh_file, fresh_schema
from tests.target.sends.sending import Sending
from tests.target.sends.watched_account import WatchedAccount

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Database]:
    with private_postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Fresh:
    """Gives the address of a ledger that is not there yet, each time it is called."""
    if request.param == "sqlite":
        return lambda: fresh_file(tmp_path)
    database = request.getfixturevalue("postgres")
    return lambda: fresh_schema(database)


@pytest.fixture
def address(fresh: Fresh) -> str:
    """The address of a ledger that is not there yet."""
    return fresh()


@pytest.fixture(scope="module")
def _watched() -> Iterator[WatchedAccount]:
    with WatchedAccount() as server:
        yield server


@pytest.fixture
def account(_watched: WatchedAccount) -> WatchedAccount:
    """An account that can be looked at, and disturbed, between a send and its answer."""
    _watched.reset()
    return _watched


@pytest.fixture
def sending(account: WatchedAccount, tmp_path: Path) -> Sending:
    """Sends to it, with a ledger of its own."""
    return Sending(account, tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The time, which Sakari's answers do not tell."""
    monkeypatch.setattr(Wire, "_note_date", lambda *_: None)
    return FakeClock(now=time.time())
