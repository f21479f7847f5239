"""The servers that the end-to-end tests run against, started once for each pytest worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devtools.emulator import Emulator, running_emulator
from devtools.private_postgres import Database, private_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTACTS = 1_000
MESSAGES = 10_000


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    with private_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    folder = tmp_path_factory.mktemp("emulator")
    with running_emulator(folder, contacts=CONTACTS, messages=MESSAGES) as server:
        yield server
