"""Signals and kills, as they come: nothing is cut in half, nothing is claimed that is not so."""

from __future__ import annotations

import contextlib
import functools
import json
import os
import signal
import sys
from pathlib import Path
from threading import Event
from typing import IO, TYPE_CHECKING, Any

import pytest

from devtools.meltano import CHECKOUT
from tests.conftest import settings_for
from tests.crash.forkserver import ForkServer
from tests.target.command import errors, summary
from tests.target.run import lines, record, schema, state
from tests.target.struck_account import StruckAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Start = Callable[..., "Started"]

PROGRAM = "target_sakari.__main__"
PATIENCE = 30
COUNT = 40
STATES_EVERY = 10


@pytest.fixture(scope="module")
def python() -> Iterator[ForkServer]:
    """A Python that has the command imported."""
    with ForkServer(Path(sys.executable), PROGRAM, path=CHECKOUT) as server:
        yield server


@pytest.fixture(scope="module")
def _running() -> Iterator[StruckAccount]:
    with StruckAccount() as account:
        yield account


@pytest.fixture
def account(_running: StruckAccount) -> StruckAccount:
    _running.reset()
    return _running


def name(at: int) -> str:
    return f"T{at:02}"


def number(at: int) -> str:
    return f"+1212555{at:04}"


def templates() -> str:
    """Templates, which are written one after the other, with a state after every tenth."""
    messages = [schema("templates", "name", "template")]
    for at in range(COUNT):
        messages.append(record("templates", name=name(at), template="Hi"))
        if at % STATES_EVERY == STATES_EVERY - 1:
            messages.append(state(at + 1))
    return lines(messages).getvalue()


def contacts() -> str:
    """Contacts, which are written side by side."""
    messages = [schema("contacts", "id", "mobile")]
    for at in range(COUNT):
        messages.append(record("contacts", id=at, mobile=number(at)))
        if at % STATES_EVERY == STATES_EVERY - 1:
            messages.append(state(at + 1))
    return lines(messages).getvalue()


class Started:
    """The command, under way, with its input open."""

    def __init__(
        self, python: ForkServer, account: StruckAccount, folder: Path, **more: Any
    ) -> None:
        self._outcomes, self._rejects = folder / "outcomes.jsonl", folder / "rejects.singer"
        config = folder / "config.json"
        config.write_text(
            json.dumps(
                settings_for(
                    account,
                    outcomes_path=str(self._outcomes),
                    rejects_path=str(self._rejects),
                    **more,
                )
            )
        )
        stdin, self.stdin = _pipe()
        self.stdout, stdout = _pipe()
        self.stderr, stderr = _pipe()
        with stdin, stdout, stderr:
            self.child = python.start(
                f"{PROGRAM}:main", ["--config", str(config)], folder, (stdin, stdout, stderr)
            )

    def give(self, messages: str) -> None:
        """Let it read something."""
        self.stdin.write(messages.encode())

    def end(self) -> tuple[int, list[int], str]:
        """Wait for the end; returns the exit code, the states that went out, and the log."""
        with self.child, self.stdout, self.stderr, contextlib.closing(self.stdin):
            code = self.child.exit_code()
            states = [json.loads(line)["bookmarks"] for line in self.stdout]
            return code, states, self.stderr.read().decode()

    def finish(self) -> tuple[int, list[int], str]:
        """The same, with no more input."""
        self.stdin.close()
        return self.end()

    def next_state(self) -> int:
        """Wait for a state."""
        found: int = json.loads(self.stdout.readline())["bookmarks"]
        return found

    def wait_for(self, words: bytes) -> None:
        """Wait until the log says something."""
        assert any(words in line for line in self.stderr)

    def told(self) -> list[dict[str, Any]]:
        """The lines of the outcomes file."""
        return [json.loads(line) for line in self._outcomes.read_text().splitlines()]

    def whole_lines(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """The lines of the outcomes file and of the rejects file that are not cut short."""
        texts = (one.read_text() for one in (self._outcomes, self._rejects))
        outcomes, rejects = (text.splitlines(keepends=True) for text in texts)
        return (
            [json.loads(line) for line in outcomes if line.endswith("\n")],
            [json.loads(line) for line in rejects if line.endswith("\n")],
        )


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reading, writing = os.pipe()
    return os.fdopen(reading, "rb"), os.fdopen(writing, "wb", buffering=0)


@pytest.fixture
def start(python: ForkServer, account: StruckAccount, tmp_path: Path) -> Callable[..., Started]:
    """Starts the command with settings."""
    return functools.partial(Started, python, account, tmp_path)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("at", [1, 13, 25])
def test_a_signal_ends_what_is_in_flight_and_begins_nothing(
    account: StruckAccount, start: Start, sent: signal.Signals, at: int
) -> None:
    started = start(batch_size_rows=20)
    account.strike(lambda post: started.child.send(sent) if post == at else None)
    started.give(templates())
    code, states, log = started.end()
    assert code == 128 + sent
    assert account.names() == [name(one) for one in range(at)]
    assert [one["key"]["name"] for one in started.told()] == account.names()
    assert states[-1:] == [at - at % STATES_EVERY][: at // STATES_EVERY]
    assert f"{sent.name}: ending what is in flight" in log
    said = summary(log)
    assert said["finished"] is False
    tally = said["streams"]["templates"]
    assert tally["outcomes"] == {"written": at}
    assert tally["without_outcome"] == tally["records"] - at > 0


def test_requests_side_by_side_all_end_and_are_told(account: StruckAccount, start: Start) -> None:
    started = start(batch_size_rows=COUNT, write_method="single")
    account.strike(lambda post: started.child.send(signal.SIGTERM) if post == 11 else None)
    started.give(contacts())
    code, states, _ = started.end()
    assert code == 143
    told = started.told()
    assert 11 <= len(told) < COUNT
    assert {one["outcome"] for one in told} == {"written"}
    assert sorted(number(one["key"]["id"]) for one in told) == account.numbers()
    written = {one["key"]["id"] for one in told}
    assert all(set(range(one)) <= written for one in states)


def test_a_second_signal_ends_at_once_and_claims_nothing(
    account: StruckAccount, start: Start
) -> None:
    started, struck = start(batch_size_rows=20), Event()

    def strike(post: int) -> None:
        if post == 13:
            started.child.send(signal.SIGTERM)
            started.wait_for(b"SIGTERM: ending what is in flight")
            started.child.send(signal.SIGINT)
            started.child.has_ended(PATIENCE)  # before there is an answer
            struck.set()

    account.strike(strike)
    started.give(templates())
    assert struck.wait(PATIENCE)
    code, states, _ = started.end()
    assert (code, states, started.told()) == (143, [], [])


@pytest.mark.parametrize("given", [templates, contacts])
def test_a_signal_ends_the_waits_for_another_try(
    account: StruckAccount, start: Start, given: Callable[[], str]
) -> None:
    account.switch(rate_limit_every=15, retry_after="seconds", retry_after_seconds=50)
    started = start(batch_size_rows=COUNT, write_method="single")
    started.give(given())
    started.wait_for(b"Trying again in 50.0 s")
    started.child.send(signal.SIGTERM)
    assert started.child.has_ended(PATIENCE)
    code, states, log = started.end()
    assert (code, errors(log)) == (143, [])
    told = started.told()
    assert {one["outcome"] for one in told} == {"written"}
    assert len(told) == len(account.names() + account.numbers()) < COUNT
    if given is templates:
        assert [one["key"]["name"] for one in told] == [name(one) for one in range(13)]
        assert states == [10]
    assert summary(log)["finished"] is False


def test_what_may_have_been_written_is_unknown_after_a_signal(
    account: StruckAccount, start: Start
) -> None:
    account.switch(fail_after_accept_every=3, fail_after_accept="500")
    started = start(batch_size_rows=COUNT, write_method="single", concurrency=1)

    def strike(post: int) -> None:
        if post == 3:
            started.child.send(signal.SIGTERM)
            started.wait_for(b"SIGTERM: ending what is in flight")

    account.strike(strike)
    started.give(contacts())
    code, states, _ = started.end()
    assert (code, states) == (143, [])
    ended = [(one["outcome"], one["reason"], one["attempts"]) for one in started.told()]
    assert ended == [("written", None, 1), ("written", None, 1), ("unknown", "failed", 1)]
    assert len(account.numbers()) == 3
    assert "Not tried again, as the program is to stop" in started.told()[2]["detail"]


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_while_the_input_idles_begins_nothing(
    account: StruckAccount, start: Start, sent: signal.Signals
) -> None:
    started = start(batch_size_rows=15)
    started.give(templates())
    assert [started.next_state(), started.next_state()] == [10, 20]
    started.child.send(sent)
    code, states, log = started.end()
    assert code == 128 + sent
    assert states in ([], [30])  # which came in last, perhaps after the signal
    assert account.names() == [name(one) for one in range(30)]
    assert len(started.told()) == 30
    assert summary(log)["finished"] is False


def test_an_idle_input_does_not_hold_a_state_back(account: StruckAccount, start: Start) -> None:
    started = start(batch_wait=0.01)
    started.give(templates())
    while started.next_state() < COUNT:
        pass
    assert account.names() == [name(one) for one in range(COUNT)]
    code, states, _ = started.finish()
    assert (code, states) == (0, [])


def test_nobody_who_takes_states_is_one_line(account: StruckAccount, start: Start) -> None:
    started = start(batch_size_rows=10)
    started.stdout.close()
    started.give(templates())
    code, log = started.child.exit_code(), started.stderr.read().decode()
    with started.child, started.stdin, started.stderr:
        assert code == 1
    assert [line for line in errors(log) if "Broken pipe" in line] == errors(log)
    assert len(errors(log)) == 1
    assert "Traceback" not in log
    assert len(started.told()) == len(account.names()) == 20


def dirty() -> str:
    """Templates, with a state after every tenth; every fourth is of a type that does not exist."""
    messages = [schema("templates", "name", "template")]
    for at in range(COUNT):
        kind = "Fax" if at % 4 == 0 else "SMS"
        messages.append(record("templates", name=name(at), template="Hi", type=kind))
        if at % STATES_EVERY == STATES_EVERY - 1:
            messages.append(state(at + 1))
    return lines(messages).getvalue()


@pytest.mark.parametrize("size", [5, 12])
@pytest.mark.parametrize("at", [1, 8, 17, 28])
def test_a_kill_leaves_files_that_say_what_states_and_batches_claim(
    account: StruckAccount, start: Start, at: int, size: int
) -> None:
    started = start(batch_size_rows=size)
    account.strike(lambda post: started.child.send(signal.SIGKILL) if post == at else None)
    started.give(dirty())
    code, states, _ = started.finish()
    assert code == -signal.SIGKILL
    outcomes, rejects = started.whole_lines()
    upto = max(states, default=0)
    assert [one["key"]["name"] for one in outcomes] == [name(one) for one in range(len(outcomes))]
    # The account takes what is not refused: so many records were decided on before the kill.
    decided = [one for one in range(COUNT) if one % 4][at - 1]
    assert max(upto, decided - decided % size) <= len(outcomes) <= decided
    bad = [one["key"]["name"] for one in outcomes if one["outcome"] == "rejected"]
    assert bad == [name(one) for one in range(len(outcomes)) if one % 4 == 0]
    assert [one["record"]["name"] for one in rejects if one["type"] == "RECORD"] == bad


@pytest.mark.parametrize(
    ("method", "at"), [("single", 1), ("single", 14), ("single", 33), ("bulk", 1), ("bulk", 3)]
)
def test_a_kill_and_another_run_lose_nothing_and_double_nothing(
    account: StruckAccount, start: Start, method: str, at: int
) -> None:
    settings = {"batch_size_rows": 15, "write_method": method}
    started = start(**settings)
    account.strike(lambda post: started.child.send(signal.SIGKILL) if post == at else None)
    started.give(contacts())
    code, states, _ = started.finish()
    assert code == -signal.SIGKILL
    assert all(number(one) in account.numbers() for upto in states for one in range(upto))

    again = start(**settings)
    again.give(contacts())
    code, states, log = again.finish()
    assert code == 0, log
    assert account.numbers() == [number(one) for one in range(COUNT)]
    assert len(again.told()) == COUNT
    assert states[-1] == COUNT
