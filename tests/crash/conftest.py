"""The servers that the crash tests share, started once for each pytest worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.rig import Rig, running_rig
from tests.crash.targets import target_csv, target_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def rig(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    with running_rig(tmp_path_factory.mktemp("crash"), target_csv(), target_jsonl()) as running:
        yield running
