"""Run the command `sakari` as a user would: in a process, with pipes or with a terminal."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

CHECKOUT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "sakari_client.cli"]
PATIENCE = 30


def environment(settings: dict[str, Any]) -> dict[str, str]:
    """Variables with the settings, and no other ones of ours."""
    ours = {f"TAP_SAKARI_{name.upper()}": str(value) for name, value in settings.items()}
    inherited = {n: v for n, v in os.environ.items() if not n.startswith("TAP_SAKARI_")}
    return {**inherited, **ours, "PYTHONPATH": str(CHECKOUT)}


def sakari(
    *arguments: str, settings: dict[str, Any], folder: Path, **more: Any
) -> subprocess.CompletedProcess[str]:
    """Run it to its end, without a terminal."""
    more = {"stdin": subprocess.DEVNULL, **more} if "input" not in more else more
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False,
        cwd=folder, env=environment(settings), **more,
    )  # fmt: skip


class AtTerminal:
    """The command with a pseudo-terminal for stdin and stderr, and a pipe for stdout."""

    def __init__(self, *arguments: str, settings: dict[str, Any], folder: Path) -> None:
        self._master, slave = os.openpty()
        self.process = subprocess.Popen(
            [*COMMAND, *arguments], stdin=slave, stderr=slave, stdout=subprocess.PIPE,
            cwd=folder, env=environment(settings), start_new_session=True,
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def read(self, until: str | None = None) -> str:
        """Read what is shown, up to a text or to the end."""
        deadline = time.monotonic() + PATIENCE
        while until is None or until not in self.seen:
            ready, _, _ = select.select([self._master], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"nothing more came after {self.seen!r}"
            try:
                self.seen += os.read(self._master, 65_536).decode()
            except OSError:
                assert until is None, f"it ended after {self.seen!r}"
                break
        return self.seen

    def press(self, text: str) -> None:
        os.write(self._master, text.encode())

    def finish(self) -> tuple[int, str]:
        """Wait for the end; return the exit code and what came out on stdout."""
        self.read()
        output, _ = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, output.decode()

    def __enter__(self) -> AtTerminal:  # noqa: PYI034 - Self needs Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()
        os.close(self._master)
