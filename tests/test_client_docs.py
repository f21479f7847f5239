"""The first examples of docs/client.md and README.md print what the pages say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

CHECKOUT = Path(__file__).parent.parent
PAGE = CHECKOUT / "docs" / "client.md"
README = CHECKOUT / "README.md"


def test_the_first_example_prints_what_the_page_says(emulator: EmulatorServer) -> None:
    text = PAGE.read_text("utf-8")
    [program, *_] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    [printed, *_] = re.findall(r"prints.*?```\n(.*?)```\n\nThe settings", text, re.DOTALL)
    assert "http://127.0.0.1:8998" in program
    program = program.replace("http://127.0.0.1:8998", emulator.url)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == printed, done.stderr


def test_the_readmes_ten_lines_print_what_it_says(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    section = README.read_text("utf-8").split("\n## From Python")[1].split("\n## ")[0]
    [program] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    [printed] = re.findall(r"prints.*?```\n(.*?)```", section, re.DOTALL)
    variables = {f"TAP_SAKARI_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **variables},
    )  # fmt: skip
    assert done.stdout == printed, done.stderr
    assert len([line for line in program.splitlines() if line]) <= 10
    assert not any(one.method == "POST" and "/messages" in one.path for one in emulator.requests)
