"""The live bar, on a pseudo-terminal."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import Any

import pytest

from tests.tap.progress_program import CUT_OFF, LOGGED, PRINTED
from tests.tap.terminal import CHECKOUT, Terminal

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
BAR = "rows/s, about"
ALL_WRITTEN = [*LOGGED, PRINTED]


def is_periodic(line: str) -> bool:
    """Whether a line is one of those that go into the log every few seconds."""
    return line.startswith("messages: ")


def assert_given_back(terminal: Terminal, output: str) -> None:
    """The bar was there, and nothing of it is left."""
    assert HIDE_CURSOR in terminal.written
    assert terminal.written.rindex(SHOW_CURSOR) > terminal.written.rindex(HIDE_CURSOR)
    # Nothing else came out on stdout.
    assert json.loads(output) == {"rich": True, "restored": True}


def test_lines_stay_whole_above_the_bar_which_is_gone_at_the_end() -> None:
    with Terminal("finish") as terminal:
        screen, output = terminal.finish()
        assert terminal.process.returncode == 0
    assert "messages " in terminal.written
    assert "% of 1,200 rows, " in terminal.written
    assert BAR in terminal.written
    assert screen == [*ALL_WRITTEN, "the end", ""]
    assert_given_back(terminal, output)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_gives_the_terminal_back(number: int) -> None:
    with Terminal("wait") as terminal:
        terminal.read(until=PRINTED)
        assert terminal.process.stdout is not None
        assert terminal.process.stdout.readline() == b"waiting\n"
        terminal.process.send_signal(number)
        screen, output = terminal.finish()
        assert terminal.process.returncode in {128 + number, -number}
    assert screen[: len(ALL_WRITTEN) + 1] == [*ALL_WRITTEN, "the end"]
    assert_given_back(terminal, output)


@pytest.mark.parametrize("line", [LOGGED[0], LOGGED[1], LOGGED[7]])
def test_a_signal_while_lines_are_written_does_so_too(line: str) -> None:
    with Terminal("wait") as terminal:
        terminal.read(until=line)
        terminal.process.send_signal(signal.SIGTERM)
        screen, output = terminal.finish()
        assert terminal.process.returncode == 128 + signal.SIGTERM
    assert screen[-2:] == ["the end", ""]
    assert_given_back(terminal, output)


def test_an_error_gives_the_terminal_back() -> None:
    with Terminal("fail") as terminal:
        screen, output = terminal.finish()
        assert terminal.process.returncode == 1
    assert screen[: len(ALL_WRITTEN) + 2] == [
        *ALL_WRITTEN, f"{CUT_OFF}the end", "Traceback (most recent call last):",
    ]  # fmt: skip
    assert screen[-2:] == ["ConnectionError: the line went dead", ""]
    assert_given_back(terminal, output)


def test_a_terminal_that_goes_away_does_not_end_the_run() -> None:
    with Terminal("log_only") as terminal:
        terminal.read(until=BAR)
        terminal.hang_up()
        _, output = terminal.finish()
        assert terminal.process.returncode == 0
    assert json.loads(output) == {"rich": True, "restored": True}


def test_no_color_is_obeyed() -> None:
    with Terminal("finish", NO_COLOR="1") as terminal:
        terminal.finish()
    assert BAR in terminal.written
    assert "\x1b[3" not in terminal.written  # neither a colour, nor one of 256


def test_a_terminal_that_cannot_show_a_bar_has_lines() -> None:
    with Terminal("finish", TERM="dumb") as terminal:
        screen, _ = terminal.finish()
    assert "\x1b" not in terminal.written
    assert [line for line in screen if is_periodic(line)]
    assert [line for line in screen if not is_periodic(line)] == [*ALL_WRITTEN, "the end", ""]


def test_records_on_the_same_terminal_are_not_torn_by_a_bar() -> None:
    with Terminal("finish", stdout_too=True) as terminal:
        screen, _ = terminal.finish()
    assert "\x1b" not in terminal.written
    assert [line for line in screen if is_periodic(line)]
    assert json.loads(screen[-2]) == {"rich": False, "restored": True}


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"}])
def test_without_a_terminal_rich_is_never_imported(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, Any]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = subprocess.run(
        [sys.executable, "-m", "tests.tap.progress_program", "finish"],
        capture_output=True, text=True, timeout=60, check=True, cwd=CHECKOUT,
    )  # fmt: skip
    assert json.loads(done.stdout) == {"rich": False, "restored": True}
    assert [line for line in done.stderr.splitlines() if is_periodic(line)] == [
        "messages: 300 of 1,200 rows (25 %), 50 rows/s, about 18 s left",
        "messages: 600 of 1,200 rows (50 %), 50 rows/s, about 12 s left",
        "messages: 900 of 1,200 rows (75 %), 50 rows/s, about 6 s left",
        "messages: 1,200 of 1,200 rows (100 %), 50 rows/s",
    ]
