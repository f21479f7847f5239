from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sakari_client.cli.main import sakari
from sakari_client.client import SakariClient
from tests.cli.process import environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from click.testing import Result


@pytest.fixture
def run(
    settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs the command in this process, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("TAP_SAKARI_"):
            monkeypatch.delenv(name)
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str, **more: Any) -> Result:
        return CliRunner().invoke(sakari, arguments, **more)

    return run


@pytest.fixture
def client(settings: dict[str, Any]) -> Iterator[SakariClient]:
    """A client of the same account, to look at what the command did."""
    with SakariClient.from_settings(settings) as found:
        yield found
