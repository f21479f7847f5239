"""What the tests share: an emulator with its data as generated, and settings that reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.server import EmulatorServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def _running_emulator() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=130, messages=250, templates=10, campaigns=5, seed=1) as server:
        yield server


@pytest.fixture
def emulator(_running_emulator: EmulatorServer) -> EmulatorServer:
    """A Sakari account: 130 contacts, 250 messages and some of the rest; all switches off."""
    _running_emulator.reset()
    return _running_emulator


@pytest.fixture
def settings(emulator: EmulatorServer) -> dict[str, Any]:
    """Settings that reach the emulator, at a speed that no test has to wait for."""
    return settings_for(emulator)


def settings_for(server: EmulatorServer, **more: Any) -> dict[str, Any]:
    """Settings that reach an emulator."""
    return {
        "api_url": server.url,
        "client_id": server.client_id,
        "client_secret": server.client_secret,
        "account_id": server.account_id,
        "requests_per_second": 100_000,
        **more,
    }
