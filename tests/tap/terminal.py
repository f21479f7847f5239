"""A pseudo-terminal, and what a person would see on it."""

from __future__ import annotations

import fcntl
import os
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

CHECKOUT = Path(__file__).parents[2]

_PARTS = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])|\r|\n|[^\x1b\r\n]+|.")


def screen_of(written: str) -> list[str]:
    """The lines that a terminal of endless width shows after all that was written to it."""
    lines, row, column = [""], 0, 0
    for part in _PARTS.finditer(written):
        mode, number, command = part.groups()
        if part[0] == "\r":
            column = 0
        elif part[0] == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif command is None:
            assert part[0].isprintable(), part[0]
            before, after = lines[row][:column], lines[row][column + len(part[0]) :]
            lines[row] = before.ljust(column) + part[0] + after
            column += len(part[0])
        elif command == "K":  # erase in line
            assert number == "2"
            lines[row] = ""
        elif command == "A":  # cursor up
            row = max(0, row - int(number))
        else:  # colours, and the cursor hidden and shown
            assert command == "m" or (mode, number) == ("?", "25"), part[0]
    return [line.rstrip() for line in lines]


class Terminal:
    """Runs `progress_program` with a pseudo-terminal for its stderr.

    Attributes:
        process: the program.
        written: what it wrote to the terminal, as far as it was read.
    """

    def __init__(self, end: str, *, stdout_too: bool = False, **environment: str) -> None:
        """Start the program.

        Args:
            end: how it shall end; see there.
            stdout_too: whether its stdout is the terminal too; else a pipe.
            environment: further variables.
        """
        # Those that rich goes by might be set where the tests run.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not re.match("NO_COLOR|FORCE_COLOR|COLUMNS|LINES|TTY_", name)
        }
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.tap.progress_program", end],
            cwd=CHECKOUT, stdin=subprocess.DEVNULL, stderr=slave,
            stdout=slave if stdout_too else subprocess.PIPE,
            env={**inherited, "TERM": "xterm-256color", **environment},
        )  # fmt: skip
        os.close(slave)
        self._hung_up = False
        self.written = ""

    def read(self, until: str | None = None) -> None:
        """Read what the program writes, up to a text, or else to its end."""
        deadline = time.monotonic() + 20
        while until is None or until not in self.written:
            ready, _, _ = select.select([self._master], [], [], max(0, deadline - time.monotonic()))
            assert ready, f"nothing more came after {self.written!r}"
            try:
                self.written += os.read(self._master, 65_536).decode()
            except OSError:  # nobody holds the other end any more
                assert until is None, f"it ended after {self.written!r}"
                return

    def finish(self) -> tuple[list[str], str]:
        """Wait for the end; return the lines on the screen, and what came out on stdout."""
        if not self._hung_up:
            self.read()
        output, _ = self.process.communicate(timeout=20)
        return screen_of(self.written), (output or b"").decode()

    def hang_up(self) -> None:
        """Take the terminal away from the program."""
        if not self._hung_up:
            self._hung_up = True
            os.close(self._master)

    def __enter__(self) -> Terminal:  # noqa: PYI034 - Self needs Python 3.11
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.process.kill()
        self.process.communicate()
        self.hang_up()
