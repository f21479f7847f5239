from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from sakari_emulator.server import EmulatorServer
from tests.fake_clock import FakeClock
from tests.odd_server import OddServer, answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 5
START = 1_800_000_000
"""Where the clock of `timed` stands at first: later than all generated rows."""


class Api:
    """A plain HTTP client with a token, for whatever path of the account."""

    def __init__(self, server: EmulatorServer) -> None:
        self.server = server
        self.session = requests.Session()

    def token(self, **more: Any) -> requests.Response:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.server.client_id,
            "client_secret": self.server.client_secret,
        }
        more.setdefault("json", asked)
        return self.session.post(f"{self.server.url}/oauth2/token", timeout=PATIENCE, **more)

    def log_in(self) -> None:
        token = self.token().json()["access_token"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        url = f"{self.server.url}/v1/accounts/{self.server.account_id}/{path}"
        return self.session.request(method, url, timeout=PATIENCE, **more)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.call("GET", path, params=query)

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, **query).json()["data"]
        return found

    def ids(self, path: str, **query: Any) -> list[str]:
        return [row["id"] for row in self.rows(path, **query)]

    def one(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(path).json()["data"]
        return found

    def write(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        return self.call(method, path, json=body, params=query)

    def control(self, method: str, path: str, **more: Any) -> requests.Response:
        url = f"{self.server.url}/_emulator/{path}"
        return self.session.request(method, url, timeout=PATIENCE, **more)


@pytest.fixture
def api(emulator: EmulatorServer) -> Iterator[Api]:
    """A client of a freshly reset emulator, logged in."""
    client = Api(emulator)
    client.log_in()
    yield client
    client.session.close()


@pytest.fixture(scope="session")
def _running_timed() -> Iterator[tuple[EmulatorServer, FakeClock]]:
    clock = FakeClock(START)
    with EmulatorServer(contacts=20, messages=30, clock=lambda: clock.now) as server:
        yield server, clock


@pytest.fixture
def clock(_running_timed: tuple[EmulatorServer, FakeClock]) -> FakeClock:
    """The clock of `timed`."""
    _running_timed[1].now = START
    return _running_timed[1]


@pytest.fixture
def timed(_running_timed: tuple[EmulatorServer, FakeClock], clock: FakeClock) -> Iterator[Api]:
    """A client of a freshly reset emulator whose clock only moves by hand, logged in for long."""
    _running_timed[0].reset()
    _running_timed[0].switch(token_lifetime=10**9)
    client = Api(_running_timed[0])
    client.log_in()
    yield client
    client.session.close()


@pytest.fixture
def receiver() -> Iterator[OddServer]:
    """A server on this machine that takes whatever is posted."""
    with odd_server(answer(b"")) as server:
        yield server
