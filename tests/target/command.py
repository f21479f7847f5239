"""Run the command `target-sakari` as a user would, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def target(
    *arguments: str, settings: dict[str, Any], folder: Path, given: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder, with what it is given on standard input."""
    return subprocess.run(
        _command(arguments, settings, folder), input=given, text=True, capture_output=True,
        timeout=60, check=False, cwd=folder, env={**_environment(), **environment},
    )  # fmt: skip


def errors(log: str) -> list[str]:
    """What the lines say that are errors."""
    return [line.split("|", 3)[3].strip() for line in log.splitlines() if "| ERROR " in line]


def summary(log: str) -> dict[str, Any]:
    """The figures at the end of a run."""
    found = re.search(r"\| summary ({.*})", log)
    assert found, log
    figures: dict[str, Any] = json.loads(found[1])
    return figures


def _command(arguments: tuple[str, ...], settings: dict[str, Any], folder: Path) -> list[str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings))
    return [sys.executable, "-m", "target_sakari", "--config", str(config), *arguments]


def _environment() -> dict[str, str]:
    return {
        name: value for name, value in os.environ.items() if not name.startswith("TARGET_SAKARI_")
    }
