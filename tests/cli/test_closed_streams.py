"""The command where nobody reads what it says, or a standard stream is not there at all."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.process import COMMAND, PATIENCE, environment
from tests.conftest import settings_for
from tests.odd_server import odd_server

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer

NUMBER = "+12125550199"
SEND = ("send", "--to", NUMBER, "--text", "Hello")
CREATE = ("contacts", "create", "--mobile", NUMBER)


def without_a_reader(arguments: tuple[str, ...], settings: dict[str, Any], folder: Path) -> int:
    """The exit code with stdout and stderr in one pipe that nobody reads, as `2>&1 | true`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        return subprocess.run(
            [*COMMAND, *arguments], stdin=subprocess.DEVNULL, stdout=gone, stderr=gone,
            timeout=PATIENCE, check=False, env=environment(settings), cwd=folder,
        ).returncode  # fmt: skip


def without(
    closed: str, arguments: tuple[str, ...], settings: dict[str, Any], folder: Path
) -> subprocess.CompletedProcess[bytes]:
    """Run it with standard streams closed: `>&-` is without stdout."""
    return subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *arguments],  # noqa: S607
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, check=False,
        env=environment(settings), cwd=folder,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "switches", "code"),
    [
        ((*SEND, "--yes"), {}, 0),
        ((*SEND, "--yes"), {"success_false_every": 2}, 1),
        ((*SEND, "--yes"), {"fail_after_accept_every": 1}, 3),
        ((*SEND, "--contact", "f" * 24, "--yes"), {}, 1),
        (("send", "--tag", "no-such-tag", "--text", "x", "--yes"), {}, 1),
        ((*SEND, "--text-file", "-", "--yes"), {}, 2),
        (SEND, {}, 2),
        (("send", "--nonsense"), {}, 2),
        ((), {}, 2),
        (CREATE, {"fail_after_accept_every": 1}, 3),
        (CREATE, {}, 0),
        (("contacts", "get", "f" * 24), {}, 1),
        (("contacts", "upload", "a.csv"), {}, 1),
        (("balance",), {"error_every": 1, "error_status": 403}, 4),
        (("contacts", "list"), {}, 0),
        (("--help",), {}, 0),
    ],
)
def test_a_reader_of_everything_who_leaves_does_not_change_what_became_of_it(
    tmp_path: Path, emulator: EmulatorServer, arguments: tuple[str, ...], switches: Any, code: int
) -> None:
    settings = settings_for(emulator)
    (tmp_path / "a.csv").write_text("mobile\n12\n", "utf-8")
    emulator.switch(**switches)
    assert without_a_reader(arguments, settings, tmp_path) == code


@pytest.mark.parametrize("closed", [">&-", "2>&-", "0<&-", ">&- 2>&-"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("balance",), 0),
        (("contacts", "list", "--limit", "2"), 0),
        (SEND, 2),
        ((*SEND, "--yes"), 0),
        (("contacts", "get", "f" * 24), 1),
        (("contacts", "upload", "-"), 2),
    ],
)
def test_a_stream_that_is_not_there_is_no_mistake(
    settings: dict[str, Any], tmp_path: Path, closed: str, arguments: tuple[str, ...], code: int
) -> None:
    done = without(closed, arguments, settings, tmp_path)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if arguments == SEND and "2>" not in closed:
        assert b"there is no terminal to ask at" in done.stderr


def test_ctrl_c_without_a_reader_is_still_ctrl_c(settings: dict[str, Any], tmp_path: Path) -> None:
    over = threading.Event()

    def hang(_connection: socket.socket, _head: bytes) -> None:
        over.wait(PATIENCE)

    reading, writing = os.pipe()
    os.close(reading)
    with odd_server(hang) as server, os.fdopen(writing, "wb") as gone:
        process = subprocess.Popen(
            [*COMMAND, "contacts", "list"], stdout=gone, stderr=gone, cwd=tmp_path,
            env=environment({**settings, "api_url": server.url}),
        )  # fmt: skip
        while not server.heads:
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 130
        over.set()
