from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer

PATIENCE = 5


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
