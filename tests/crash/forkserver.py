"""Start a Python program in milliseconds, as a process of its own, as often as a test wants.

A run of the tap takes a tenth of a second, but importing it takes half a second more, too much for
hundreds of runs. So `ForkServer` starts this file as a process that imports the program once, and
forks a fresh child for every run. What a child does from then on is what the program does when it
is started from a shell: pipes, signals and exit codes are the real ones.

The process runs in the program's own virtual environment, so that part of this file must need
nothing but the standard library. It ends when its owner does, however that ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from typing_extensions import Self

_PATIENCE = 60.0
_ORDER_BYTES = 65_536


class ForkServer:
    """A Python with some modules imported, which runs a function of them in a child process."""

    def __init__(
        self,
        python: Path,
        *modules: str,
        path: Path | None = None,
        unbuffered: bool = False,
        quick: bool = False,
    ) -> None:
        """Start it.

        Args:
            python: the interpreter of the virtual environment to run in.
            modules: what to import.
            path: a folder to import from, besides that environment.
            unbuffered: whether output goes out as with PYTHONUNBUFFERED, as in many containers.
            quick: whether children that come to their end leave at once. To take itself to pieces
                takes Python as long as a short run; but only this shows what else goes wrong then.
        """
        assert python.exists(), f"{python} is not installed: run `script/setup test`"
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("TAP_")},
            "PYTHONPATH": str(path or ""),
            "PYTHONUNBUFFERED": "1" if unbuffered else "",
        }
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.settimeout(_PATIENCE)
        with theirs:
            number = theirs.fileno()
            self._process = subprocess.Popen(
                [python, __file__, str(number), "quick" if quick else "as usual", *modules],
                pass_fds=[number],
                stdin=subprocess.DEVNULL,
                env=environment,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._control.close()
        self._process.wait(_PATIENCE)

    def start(
        self, entry: str, arguments: Sequence[str], folder: Path, streams: Sequence[IO[Any]]
    ) -> Child:
        """Run a function in a child; one child at a time.

        Args:
            entry: the function, such as "package.module:Class.method"; its module is imported.
            arguments: the command line, without the program's name.
            folder: where the child starts.
            streams: its standard input, output and error.
        """
        order = {"entry": entry, "arguments": arguments, "folder": str(folder)}
        socket.send_fds(
            self._control, [json.dumps(order).encode()], [one.fileno() for one in streams]
        )
        _, handles, _, _ = socket.recv_fds(self._control, 1, 1)
        assert handles, f"the fork server of {entry} has ended"
        return Child(handles[0], self._control)


class Child:
    """A running child, known by a handle that never comes to mean another process."""

    def __init__(self, handle: int, control: socket.socket) -> None:
        self._handle = handle
        self._control = control
        self._exit_code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._exit_code is None:
            self.kill()
            self.exit_code()
        os.close(self._handle)

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens where the child has ended."""
        if not self.has_ended():
            signal.pidfd_send_signal(self._handle, number)

    def kill(self) -> None:
        """Kill it with SIGKILL, and return when it holds no file and no pipe any more."""
        self.send(signal.SIGKILL)
        self.has_ended(_PATIENCE)

    def has_ended(self, wait: float = 0) -> bool:
        """Whether it has ended, waiting up to so many seconds for that."""
        return bool(select.select([self._handle], [], [], wait)[0])

    def exit_code(self) -> int:
        """Wait for its end; returns the exit code, or minus the signal that killed it.

        Raises:
            TimeoutError: it does not end.
        """
        if self._exit_code is None:
            self._exit_code = int(self._control.recv(_ORDER_BYTES))
        return self._exit_code


def _serve(control: socket.socket) -> Callable[[], Any]:
    """Fork a child for every order; return in each child, with what it is to run."""
    while True:
        message, streams, _, _ = socket.recv_fds(control, _ORDER_BYTES, 3)
        if not message:
            sys.exit()
        pid = os.fork()
        if not pid:
            control.close()
            return _become(json.loads(message), streams)
        handle = os.pidfd_open(pid)
        socket.send_fds(control, [b"!"], [handle])
        for descriptor in (*streams, handle):
            os.close(descriptor)
        _, status = os.waitpid(pid, 0)
        with contextlib.suppress(BrokenPipeError):
            control.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become(order: dict[str, Any], streams: list[int]) -> Callable[[], Any]:
    """Take the place of a program that was just started."""
    for number, descriptor in enumerate(streams):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["folder"])
    module, _, path = order["entry"].partition(":")
    sys.argv = [order["entry"], *order["arguments"]]
    found: Any = importlib.import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found  # type: ignore[no-any-return]


def _run_and_leave(entry: Callable[[], Any]) -> None:
    try:
        code = entry()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    for _module in sys.argv[3:]:
        importlib.import_module(_module)
    gc.freeze()  # a collection in a child would copy every page it looks at
    _quick = sys.argv[2] == "quick"
    _entry = _serve(socket.socket(fileno=int(sys.argv[1])))
    if _quick:
        _run_and_leave(_entry)
    sys.exit(_entry())
