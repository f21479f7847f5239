"""The first example of docs/client.md prints what the page says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

PAGE = Path(__file__).parent.parent / "docs" / "client.md"


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
