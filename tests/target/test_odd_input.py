"""Input that no reader likes: it is its record's own, or one line says what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.messages import InputError, MessageReader
from tests.target.command import errors

if TYPE_CHECKING:
    from pathlib import Path

Settings = dict[str, Any]


def test_a_line_that_is_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b'{"type": "STATE", "value": {}}\n' + b"x" * 65_000_000)
    with (tmp_path / "input").open("rb") as source, pytest.raises(InputError) as failed:
        MessageReader().process_lines(source, {"STATE": lambda _: None})
    assert str(failed.value).startswith("line 2 of the input is longer than 64 MB. ")


def test_closed_streams_are_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "input").write_text('{"type": "STATE", "value": {"bookmarks": 1}}\n')
    command = f"{sys.executable} -m target_sakari --config config.json"

    def run(redirections: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command} {redirections}"], capture_output=True, text=True,
            timeout=60, check=False, cwd=tmp_path, env={**os.environ},
        )  # fmt: skip
        return done.returncode, errors(done.stderr)

    code, (line,) = run("<&-")
    assert (code, line[:51]) == (1, "there is no input: standard input is closed. Pipe a")
    code, (line,) = run("<input >&-")
    assert (code, line[:43]) == (1, "the state cannot be written to stdout: it is"[:43])
    assert run("<input >/dev/null 2>&-") == (0, [])
