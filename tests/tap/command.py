"""Run the command `tap-sakari` as a user would, in a process of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

Message = dict[str, Any]


def tap(
    *arguments: str, settings: dict[str, Any] | None = None, folder: Path, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder with no settings but those given; see `subprocess.run`."""
    more = {"capture_output": True, **more} if "stdout" not in more else more
    return subprocess.run(
        _command(arguments, settings, folder), text=True, timeout=60, check=False,
        cwd=folder, env=_environment(), **more,
    )  # fmt: skip


def start_tap(
    *arguments: str, settings: dict[str, Any], folder: Path, **environment: str
) -> subprocess.Popen[bytes]:
    """Start the command; both its outputs are pipes."""
    return subprocess.Popen(
        _command(arguments, settings, folder), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=folder, env={**_environment(), **environment},
    )  # fmt: skip


def _command(
    arguments: tuple[str, ...], settings: dict[str, Any] | None, folder: Path
) -> list[str]:
    config = folder / "config.json"
    config.write_text(json.dumps(settings or {}))
    return [sys.executable, "-m", "tap_sakari", "--config", str(config), *arguments]


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("TAP_SAKARI_")}


def messages(output: str, kind: str) -> list[Message]:
    """The Singer messages of one kind."""
    return [message for message in map(json.loads, output.splitlines()) if message["type"] == kind]


def errors(log: str) -> list[str]:
    """What the lines say that are errors."""
    return [line.split("|", 3)[3].strip() for line in log.splitlines() if "| ERROR " in line]


def last_lines(log: str) -> dict[str, str]:
    """What the last lines of a run say, by stream; only the first line of each."""
    said: dict[str, str] = {}
    for line in log.splitlines():
        found = re.search(
            r"\| (\w+): ((?:(?:FAILED|INTERRUPTED) after )?read .*|NOT STARTED.*)", line
        )
        if found:
            said.setdefault(found[1], found[2])
    return said


def figures(line: str) -> dict[str, int]:
    """The numbers of a last line: `read 5,312, emitted 251` and so on."""
    named = re.findall(r"(read|emitted|unchanged|duplicates|requests|retries) ([\d,]+)", line)
    return {name: int(number.rstrip(",").replace(",", "")) for name, number in named}
