"""The command as it is typed: pipes, no terminal, and a terminal to ask at."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.cli import show
from tests.cli.process import COMMAND, PATIENCE, AtTerminal, environment, sakari
from tests.odd_server import odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from sakari_emulator.server import EmulatorServer

    Run = Callable[..., Result]

SEND = ("send", "--to", "+12125550199", "--text", "Hello")


def test_data_alone_goes_to_a_pipe(settings: dict[str, Any], tmp_path: Path) -> None:
    done = sakari("contacts", "list", "--limit", "2", settings=settings, folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert len([json.loads(line) for line in done.stdout.splitlines()]) == 2


@pytest.mark.parametrize("how", ["json", "csv", "table"])
def test_a_reader_who_leaves_early_is_no_error(
    settings: dict[str, Any], tmp_path: Path, how: str
) -> None:
    process = subprocess.Popen(
        [*COMMAND, "contacts", "list", "--format", how], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, env=environment(settings), cwd=tmp_path,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    assert process.stderr.read() == b""
    assert process.wait(PATIENCE) == 0
    process.stderr.close()


def test_a_reader_who_leaves_early_does_not_change_what_became_of_a_send(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [*COMMAND, *SEND, "--contact", "f" * 24, "--yes"], stdout=gone,
            stderr=subprocess.PIPE, timeout=PATIENCE, check=False,
            env=environment(settings), cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 1
    assert b"1 accepted, 1 rejected" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_upload_goes_on_when_nobody_reads_what_failed(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    (tmp_path / "a.csv").write_text("mobile\n" + "12\n" * 1000 + "+12125550199\n", "utf-8")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as gone:
        done = subprocess.run(
            [*COMMAND, "contacts", "upload", "a.csv"], stdout=gone, stderr=subprocess.PIPE,
            timeout=PATIENCE, check=False, env=environment(settings), cwd=tmp_path,
        )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, b"1 written, 1,000 rejected, 0 unknown\n")
    assert len(emulator.ids("contacts")) == 131


def test_without_a_terminal_nothing_is_sent(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    done = sakari(*SEND, settings=settings, folder=tmp_path, input="y\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert len(emulator.ids("messages")) == 250


@pytest.mark.parametrize(("answer", "sent"), [("y\n", 1), ("Yes\n", 1), ("\n", 0), ("no\n", 0)])
def test_at_a_terminal_it_asks(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer,
    answer: str, sent: int,
) -> None:  # fmt: skip
    with AtTerminal(*SEND, settings=settings, folder=tmp_path) as terminal:
        assert "To 1 recipient: +1212*****99" in terminal.read(until="Send it? [y/N]")
        assert len(emulator.ids("messages")) == 250
        terminal.press(answer)
        code, output = terminal.finish()
    assert code == (0 if sent else 1)
    assert len(output.splitlines()) == sent
    assert ("Nothing was sent." in terminal.seen) == (not sent)
    assert len(emulator.ids("messages")) == 250 + sent


def test_ctrl_c_at_the_question_sends_nothing(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    with AtTerminal(*SEND, settings=settings, folder=tmp_path) as terminal:
        terminal.read(until="[y/N]")
        terminal.process.send_signal(signal.SIGINT)
        code, output = terminal.finish()
    assert (code, output) == (130, "")
    assert "sakari: stopped." in terminal.seen
    assert "Traceback" not in terminal.seen
    assert len(emulator.ids("messages")) == 250


def test_ctrl_c_while_it_is_sent_is_unknown(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept="hang")
    with AtTerminal(*SEND, "--yes", settings=settings, folder=tmp_path) as terminal:
        terminal.read(until="Balance: 2")
        while len(emulator.ids("messages")) == 250:
            assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGINT)
        code, output = terminal.finish()
    assert (code, output) == (3, "")
    assert "stopped. The text may have been sent all the same. Look before" in terminal.seen


def test_ctrl_c_while_it_is_shown_to_whom_it_was_sent_is_unknown(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * 4096)
    os.set_blocking(writing, True)
    process = subprocess.Popen(
        [*COMMAND, *SEND, "--yes"], stdout=writing, stderr=subprocess.PIPE,
        env=environment(settings), cwd=tmp_path,
    )  # fmt: skip
    os.close(writing)
    assert process.stderr is not None
    for awaited in (b"1 accepted", b"sakari contacts find NUMBER"):
        while awaited not in (line := process.stderr.readline()):
            assert line
        if awaited == b"1 accepted":
            process.send_signal(signal.SIGINT)
    os.close(reading)
    process.stderr.close()
    assert process.wait(PATIENCE) == 3
    assert len(emulator.ids("messages")) == 251


@pytest.mark.parametrize(
    "arguments",
    [
        (*SEND, "--yes"),
        ("contacts", "create", "--mobile", "+12125550199"),
        ("webhooks", "add", "https://hooks.example.com/a"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_what_was_done_and_cannot_be_shown_is_no_refusal(
    settings: dict[str, Any], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*COMMAND, *arguments], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE,
            check=False, env=environment(settings), cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 3
    assert b"it was done, but cannot be shown: No space left on device." in done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("contacts", "create", "--mobile", "+12125550199"), "contacts find NUMBER"),
        (("webhooks", "add", "https://hooks.example.com/a"), "webhooks list"),
    ],
)
def test_ctrl_c_while_what_was_done_is_shown_is_unknown(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], said: str
) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(show, "record", stop)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (3, "")
    assert said in result.stderr


def test_without_a_place_for_errors_the_exit_code_still_tells(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*COMMAND, *SEND, "--yes"], stdout=subprocess.PIPE, stderr=full, timeout=PATIENCE,
            check=False, env=environment(settings), cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 0
    assert b'"status": "accepted"' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "ends"),
    [
        (("contacts", "create", "--mobile", "+12125550199"), (3, "contacts find NUMBER")),
        (("webhooks", "add", "https://hooks.example.com/a"), (3, "webhooks list")),
        (("contacts", "upload", "a.csv"), (130, "does no harm")),
    ],
)
def test_ctrl_c_says_that_it_may_have_been_carried_out(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer,
    arguments: tuple[str, ...], ends: tuple[int, str],
) -> None:  # fmt: skip
    code, said = ends
    (tmp_path / "a.csv").write_text("mobile\n+12125550181\n", "utf-8")
    emulator.switch(fail_after_accept_every=1, fail_after_accept="hang")
    with AtTerminal(*arguments, settings=settings, folder=tmp_path) as terminal:
        while not any(
            one.method == "POST" and one.path.endswith(f"/{arguments[0]}")
            for one in emulator.requests
        ):
            assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.finish() == (code, "")
    assert "sakari: stopped. " in terminal.seen
    assert said in terminal.seen
    assert "Exception ignored" not in terminal.seen
    assert "Traceback" not in terminal.seen


@pytest.mark.parametrize(
    ("arguments", "method"),
    [
        (("contacts", "update", "f" * 24, "--email", "a@example.com"), "GET"),
        (("contacts", "delete", "f" * 24, "--yes"), "DELETE"),
        (("webhooks", "remove", "https://hooks.example.com/a", "--yes"), "DELETE"),
        (("conversations", "close", "f" * 24), "PUT"),
    ],
)
def test_ctrl_c_says_what_may_be_repeated(
    settings: dict[str, Any], tmp_path: Path, arguments: tuple[str, ...], method: str
) -> None:
    over = threading.Event()

    def hang(_connection: socket.socket, _head: bytes) -> None:
        over.wait(PATIENCE)

    with odd_server(hang) as server:
        there = {**settings, "api_url": server.url}
        with AtTerminal(*arguments, settings=there, folder=tmp_path) as terminal:
            while not any(head.startswith(f"{method} ") for head in server.heads):
                assert terminal.process.poll() is None
            terminal.process.send_signal(signal.SIGINT)
            assert terminal.finish() == (130, "")
        over.set()
    assert "stopped. It may have been carried out, and may be repeated." in terminal.seen


def test_ctrl_c_while_a_file_is_uploaded_counts_what_was_under_way(
    settings: dict[str, Any], tmp_path: Path, emulator: EmulatorServer
) -> None:
    rows = ["+12125550181,", "+12125550182,Ada", "+12125550183,", "+12125550184,"]
    (tmp_path / "a.csv").write_text("mobile,firstName\n" + "\n".join(rows), "utf-8")
    emulator.switch(fail_after_accept_every=2, fail_after_accept="hang")
    with AtTerminal("contacts", "upload", "a.csv", settings=settings, folder=tmp_path) as terminal:
        while len(emulator.ids("contacts")) < 132:
            assert terminal.process.poll() is None
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.finish() == (130, "")
    assert "1 written, 0 rejected, 1 unknown" in terminal.seen
    assert "Rows from line 4 on were not written." in terminal.seen
    assert "Exception ignored" not in terminal.seen


def test_a_full_disk_is_one_line(settings: dict[str, Any], tmp_path: Path) -> None:
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        done = subprocess.run(
            [*COMMAND, "contacts", "list"], stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE,
            check=False, env=environment(settings), cwd=tmp_path,
        )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == b"sakari: No space left on device.\n"


def test_ctrl_c_while_it_is_imported_is_no_traceback(tmp_path: Path) -> None:
    program = (
        "import os, signal, sys\n"
        "from sakari_client.cli.__main__ import main\n"
        "assert 'click' not in sys.modules and 'requests' not in sys.modules\n"
        "class Stop:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'click': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], stdin=subprocess.DEVNULL, capture_output=True,
        timeout=PATIENCE, check=False, cwd=tmp_path, env=environment({}),
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")
