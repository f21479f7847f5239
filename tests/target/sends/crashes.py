"""Kill the target at any step of a send, and see to it that nobody gets a text twice.

The target is a process of its own, killed from outside: it has no hook for this. What makes a step
certain is that the process cannot go on from it: the account does not answer, the ledger is locked
by another, or nobody takes its output.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import json
import os
import resource
import sqlite3
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

from devtools.meltano import CHECKOUT
from sakari_emulator import answers
from tests.conftest import settings_for
from tests.crash.forkserver import ForkServer
from tests.target.run import lines
from tests.target.sends.crash_loads import COUNT, KEYED, Load, is_due
from tests.target.sends.places import age

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.responses import Response

    from tests.crash.forkserver import Child
    from tests.target.sends.watched_account import Watch, WatchedAccount

PER_REQUEST = 3
REQUESTS = COUNT // PER_REQUEST

Step = Literal[
    "before the intent",
    "intent written, request not",
    "request written",
    "accepted, answer lost",
    "answer read, not noted",
    "outcomes written, state not",
    "state out",
    "any moment",
]
"""Where the process is killed. Those in the middle come once for each request."""

STEPS: tuple[Step, ...] = get_args(Step)
_PIPE_BYTES = _PAGE = 4096
_READ_BY_THEN = 0.1
_PATIENCE = 30.0

_MODULES = ("target_sakari.__main__", "target_sakari.sends.send", "target_sakari.sends.resolve")


@dataclass(frozen=True)
class Point:
    """A moment to kill at.

    Attributes:
        step: see `Step`.
        at: which request; of any moment, which millisecond.
        concurrency: requests at a time.
    """

    step: Step
    at: int = 1
    concurrency: int = 1

    def __str__(self) -> str:
        return f"{self.step}-{self.at}-of-{self.concurrency}".replace(" ", "-").replace(",", "")


@dataclass
class Verdict:
    """What a crash came to.

    Attributes:
        sent: texts that had gone out when the process was dead.
        found: of those, the ones that the next run did not know of, and found.
        unknown: recipients whom the next run left to people, as nobody knows.
        once: recipients who got one text in the end.
        more: recipients who got more than one.
    """

    sent: int = 0
    found: int = 0
    unknown: int = 0
    once: int = 0
    more: int = 0


def python() -> ForkServer:
    """A Python that has the target imported, and starts it in no time, one at a time."""
    return ForkServer(Path(sys.executable), *_MODULES, path=CHECKOUT)


@contextlib.contextmanager
def full_disk(server: ForkServer) -> Iterator[None]:
    """Let no file of what is started grow beyond one page of a ledger."""
    process = server._process.pid
    before = resource.prlimit(process, resource.RLIMIT_FSIZE)
    resource.prlimit(process, resource.RLIMIT_FSIZE, (_PAGE, before[1]))
    try:
        yield
    finally:
        resource.prlimit(process, resource.RLIMIT_FSIZE, before)


class Running:
    """The target under way."""

    def __init__(
        self, server: ForkServer, config: Path, folder: Path, source: IO[bytes], *, stuck: bool
    ) -> None:
        reading, writing = os.pipe()
        if stuck:  # nothing goes out until somebody reads
            size = fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
            os.write(writing, b"\n" * size)
        self.stdout = os.fdopen(reading, "rb")
        self.log = folder / "log"
        with os.fdopen(writing, "wb") as stdout, self.log.open("wb") as stderr:
            entry = f"{_MODULES[0]}:main"
            arguments = ["--config", str(config)]
            self.child: Child = server.start(entry, arguments, folder, (source, stdout, stderr))

    def end(self) -> int:
        """Wait for the end; gives the exit code, or minus the signal."""
        with self.child, self.stdout:
            self.stdout.read()
            return self.child.exit_code()


class Scene:
    """An account, a ledger, and the same texts in every run."""

    def __init__(self, account: WatchedAccount, folder: Path, load: Load = KEYED) -> None:
        self.account = account
        self.folder = folder
        self.load = load
        self.ledger = folder / "ledger.db"
        self._runs = 0
        load.prepare(account.account)
        self._input = folder / "input.singer"
        self._input.write_text(lines(load.messages).getvalue())

    def start(self, server: ForkServer, *, stuck: bool = False, **settings: Any) -> Running:
        """Start a run; `stuck`: with an output that takes nothing until it is read."""
        self._runs += 1
        folder = self.folder / f"run-{self._runs}"
        folder.mkdir()
        self.outcomes_path = folder / "outcomes.jsonl"
        self.deferred_path = folder / "deferred.singer"
        given = settings_for(
            self.account,
            ledger_url=f"sqlite:///{self.ledger}",
            outcomes_path=str(self.outcomes_path),
            deferred_path=str(self.deferred_path),
            send_enabled=True,
            recipients_per_request=PER_REQUEST,
            max_rejected_percent=100,
        )
        config = folder / "config.json"
        config.write_text(json.dumps({**given, **settings}))
        with self._input.open("rb") as source:
            return Running(server, config, folder, source, stuck=stuck)

    def told(self) -> list[dict[str, Any]]:
        """The outcomes of the last run."""
        return [json.loads(line) for line in self.outcomes_path.read_text().splitlines()]

    def outcomes(self) -> list[str]:
        """How the records of the last run ended, and why."""
        return [" ".join(filter(None, (one["outcome"], one["reason"]))) for one in self.told()]

    def received(self) -> Counter[str]:
        """How many texts each number got."""
        return Counter(
            one.contact.mobile.number
            for one in self.account.account.messages
            if one.contact and one.contact.mobile
        )

    def statuses(self) -> Counter[str]:
        """How many sends of the ledger stand how."""
        if not self.ledger.exists():
            return Counter()
        with contextlib.closing(sqlite3.connect(self.ledger)) as database:
            try:
                rows = database.execute("SELECT status, count(*) FROM sakari_sends GROUP BY status")
                return Counter(dict(rows.fetchall()))
            except sqlite3.OperationalError:  # it has no tables yet
                return Counter()

    def let_time_pass(self) -> None:
        """Have all sends intended an hour earlier."""
        age(self.ledger, dt.timedelta(hours=1))

    # Killing

    def kill(self, server: ForkServer, point: Point) -> None:
        """Run the target, and kill it at a point."""
        stuck = point.step in {"outcomes written, state not", "state out"}
        aim, records = _Aim(), self.load.records
        self._set_up(point, aim)
        running = self.start(server, stuck=stuck, concurrency=point.concurrency)
        aim.take(running.child)
        with running.child, running.stdout:
            if point.step == "any moment":
                running.child.has_ended(point.at / 1000)
                running.child.kill()
            elif stuck:
                until(lambda: len(self.outcomes_path.read_bytes().splitlines()) == records)
                if point.step == "state out":
                    while (
                        b"STATE" not in running.stdout.readline() and not running.child.has_ended()
                    ):
                        pass
                running.child.kill()
            assert running.child.has_ended(_PATIENCE), (
                f"nothing killed it: {running.log.read_text()}"
            )
            aim.call_off()
        self.account.watch()

    def _set_up(self, point: Point, aim: _Aim) -> None:
        """Have the account kill where that is the step."""
        watch = self.account.watch
        match point.step:
            case "before the intent":
                watch(token=_nth(point.at, aim.strike))
            case "intent written, request not":
                watch(token=lambda _: aim.strike() if self._is_claimed(point.at) else None)
            case "request written":
                watch(arrived=_nth(point.at, aim.strike))
            case "accepted, answer lost":
                watch(accepted=_nth(point.at, aim.strike))
            case "answer read, not noted":
                watch(accepted=_nth(point.at, lambda: self._lock_and_strike(aim)))

    def _is_claimed(self, requests: int) -> bool:
        """Whether so many requests were claimed, and the last of them has no ending yet."""
        statuses = self.statuses()
        return statuses.total() == requests * PER_REQUEST and statuses["intent"] > 0

    def _lock_and_strike(self, aim: _Aim) -> None:
        """Keep the target from noting the answer that it gets now, and kill it."""
        held = sqlite3.connect(self.ledger, isolation_level=None, check_same_thread=False)
        held.execute("PRAGMA busy_timeout = 10000")
        held.execute("BEGIN IMMEDIATE")

        def strike() -> None:
            aim.strike()
            held.close()

        threading.Timer(_READ_BY_THEN, strike).start()

    def race(self, servers: tuple[ForkServer, ForkServer], point: Point | None = None) -> None:
        """Run two targets at once; at a point, one of them is killed."""
        aim = _Aim()
        if point:
            self._set_up(point, aim)
        running = [self.start(server, concurrency=2) for server in servers]
        aim.take(running[0].child)
        running[0].child.has_ended(_PATIENCE)
        aim.call_off()
        codes = [one.end() for one in running]
        self.account.watch()
        assert codes[1] == 0, running[1].log.read_text()
        assert codes[0] == 0 or point, running[0].log.read_text()

    # Judging

    def judge(self, server: ForkServer) -> Verdict:
        """Run again until all is settled, and see that each got just one text."""
        verdict = Verdict(sent=self.received().total())
        assert self.received().total() == len(self.received())
        known = self.statuses()["accepted"]

        self._complete(server)
        assert set(self.outcomes()) <= _RIGHT, self.outcomes()
        self.load.check(self.told(), self.received())
        verdict.unknown = self.statuses().total() - self.statuses()["accepted"]
        verdict.found = verdict.sent - known
        self.let_time_pass()
        self._complete(server, resend_unknown=True)
        assert set(self.outcomes()) <= {"written", "skipped already_sent", _LATER}
        self._send_what_was_put_off(server)
        assert set(self.received().values()) == {1}
        assert self.received().total() == COUNT + len(self.load.later)
        assert self.statuses() == {"accepted": COUNT + len(self.load.later)}
        verdict.once = sum(texts == 1 for texts in self.received().values())
        verdict.more = sum(texts > 1 for texts in self.received().values())
        return verdict

    def _complete(self, server: ForkServer, **settings: Any) -> None:
        running = self.start(server, **settings)
        code = running.end()
        assert code == 0, running.log.read_text()
        assert len(self.outcomes()) == self.load.records

    def _send_what_was_put_off(self, server: ForkServer) -> None:
        """Once its time has come; that of each run, so that most comes more than once."""
        for deferred in sorted(self.folder.glob("run-*/deferred.singer")):
            messages = is_due(map(json.loads, deferred.read_text().splitlines()))
            self._input.write_text(lines(messages).getvalue())
            running = self.start(server)
            assert running.end() == 0, running.log.read_text()
            assert set(self.outcomes()) <= {"written", "skipped already_sent"}


_LATER = "deferred send_later"
_RIGHT = {"written", "skipped already_sent", "unknown unresolved", _LATER}
"""What may become of a text after a crash."""


class _Aim:
    """Whom to kill, once that is known."""

    def __init__(self) -> None:
        self._known = threading.Event()
        self._lock = threading.Lock()
        self._child: Child | None = None

    def take(self, child: Child) -> None:
        self._child = child
        self._known.set()

    def call_off(self) -> None:
        """Kill nobody from now on; a strike that is under way ends first."""
        with self._lock:
            self._child = None

    def strike(self) -> Response:
        """Kill; what it waits for is never answered."""
        self._known.wait(_PATIENCE)
        with self._lock:
            if self._child:
                self._child.kill()
        return answers.Reset()


def _nth(at: int, do: Callable[[], Response | None]) -> Watch:
    return lambda number: do() if number == at else None


def until(true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(FileNotFoundError):
            if true():
                return
        time.sleep(0.002)
    raise TimeoutError
