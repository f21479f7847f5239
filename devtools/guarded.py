"""Processes that cannot outlive their owner, however it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

_GUARD = Path(__file__).with_name("guard.py")


class Guarded:
    """A command that runs until it ends, or until this object's `with` block does.

    Args:
        command: the program and its arguments.
        log: where its output goes.
        environment: the whole environment it sees.
        cwd: the folder it starts in.
        stop_signal: the name of the signal that asks it to end.
        grace: seconds between that signal and SIGKILL.
        identity: the user to run as, in the words of `subprocess.Popen`.
        folder: a folder to remove once it has ended.
    """

    def __init__(  # noqa: PLR0913 - each has one plain meaning and a default
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str],
        cwd: Path,
        stop_signal: str = "SIGTERM",
        grace: float = 10,
        identity: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._grace = grace
        order = {
            "command": [str(part) for part in command],
            "identity": dict(identity or {}),
            "stop_signal": stop_signal,
            "grace": grace,
            "folder": str(folder) if folder else None,
        }
        self._output = log.open("w+b")  # stays readable when the log goes with the folder
        # -I -S: the guard needs nothing but the standard library, and starts at once.
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", _GUARD, json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def exit_code(self) -> int | None:
        """Return how the command ended, None while it runs."""
        return self._process.poll()

    def wait(self) -> int:
        """Wait until the command ends by itself; return its exit code."""
        return self._process.wait()

    def stop(self) -> None:
        """End the command if it still runs, and wait for it. Harmless when repeated."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=self._grace + 10)
        self._output.close()

    def output(self) -> str:
        """Return what it has written so far."""
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), size, 0).decode(errors="replace")

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the output, for an error message."""
        return "\n".join(self.output().splitlines()[-count:])
