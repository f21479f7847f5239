"""`tap-sakari | target`, run after run, as a scheduler would: each from the state before it."""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sakari_emulator.errors import FAULT, ApiError
from tests.conftest import settings_for
from tests.crash.kill import BY_OUTPUT, Kill, Strike
from tests.crash.relay import Passed, Relay

if TYPE_CHECKING:
    from tests.crash.forkserver import Child, ForkServer
    from tests.crash.targets import Target
    from tests.crash.world import Rows, World

State = dict[str, Any]

NEVER = Kill("never", 0)


@dataclass(frozen=True)
class Tap:
    """The tap, ready to be started: where it has been imported, and its function."""

    server: ForkServer
    entry: str


@dataclass
class Run:
    """How one run ended.

    Attributes:
        tap: the tap's exit code; minus the signal that killed it.
        target: the target's, likewise.
        state: the last state that came out of the target.
        struck: whether the run was interrupted; it may have been over before.
        requests: list requests.
        seconds: how long the tap took.
        passed: what the target was given; counted only where the kill goes by it.
        folder: holds the logs, `tap.log` and `target.log`.
    """

    folder: Path
    tap: int = 0
    target: int = 0
    state: State | None = None
    struck: bool = False
    requests: int = 0
    seconds: float = 0
    passed: Passed = field(default_factory=Passed)

    def log(self, program: str) -> str:
        """What the tap or the target wrote to standard error."""
        return (self.folder / f"{program}.log").read_text()


@dataclass
class Pipeline:
    """A tap, a target, and all that is left of their runs so far.

    Attributes:
        world: the account to read.
        tap: what reads it.
        target: where the records go.
        folder: where the files of new runs go.
        catalog: the tap's catalog, with streams selected.
        state: the state to begin with.
        folders: the folders of the runs so far.
        kills: how they were interrupted.
    """

    world: World
    tap: Tap
    target: Target
    folder: Path
    catalog: Path
    state: State | None = None
    folders: list[Path] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    def run(self, kill: Kill = NEVER) -> Run:
        """Run to the end, whichever it is."""
        run = Run(self.folder / f"run-{len(self.folders)}")
        run.folder.mkdir()
        self.folders.append(run.folder)
        self.kills.append(kill)
        strike = Strike(kill)
        failing: set[str] = set()

        def on_request(stream: str) -> None:
            run.requests += 1
            if run.requests == kill.number:
                if kill.moment == "request":
                    strike()
                elif kill.moment == "answer":
                    self.world.later(kill.delay, strike)
                elif kill.moment == "failure":
                    failing.add(stream)
            if stream in failing:
                raise ApiError(500, FAULT, "Something went wrong, as it was told to")

        self.world.watch(on_request)
        self._run(run, kill, strike)
        # A victim may have been about to end anyway.
        run.struck = bool(failing) or (strike.done and getattr(run, kill.victim) != 0)
        run.state = _last_line(run.folder / "states")
        if run.state is not None:
            self.state = run.state
        return run

    def _run(self, run: Run, kill: Kill, strike: Strike) -> None:
        with contextlib.ExitStack() as stack:
            source, tap_output = os.pipe()
            target_input, relay = source, None
            if kill.moment in BY_OUTPUT:
                target_input, sink = os.pipe()
                relay = Relay(source, sink, kill, strike)
            tap = stack.enter_context(self._start_tap(run.folder, tap_output))
            target = stack.enter_context(self._start_target(run.folder, target_input))
            strike.aim(tap=tap, target=target)
            stack.callback(strike.call_off)
            started = time.monotonic()
            if relay:
                relay.start()
            elif kill.moment == "instant":
                timer = threading.Timer(kill.number / 1000, strike)
                stack.callback(timer.cancel)
                timer.start()
            run.tap = tap.exit_code()
            run.seconds = time.monotonic() - started
            run.target = target.exit_code()
            if relay:
                relay.join()
                run.passed = relay.passed

    def _start_tap(self, folder: Path, output: int) -> Child:
        settings = settings_for(self.world.server, page_size=20, max_retries=0)
        arguments = ["--config", _json(folder / "tap.json", settings)]
        arguments += ["--catalog", str(self.catalog)]
        if self.state is not None:
            arguments += ["--state", _json(folder / "state.json", self.state)]
        with (
            Path(os.devnull).open() as nothing,
            os.fdopen(output, "wb") as sink,
            (folder / "tap.log").open("w") as log,
        ):
            tap = self.tap
            return tap.server.start(tap.entry, arguments, folder, (nothing, sink, log))

    def _start_target(self, folder: Path, records: int) -> Child:
        arguments = ["--config", _json(folder / "target.json", self.target.settings(folder))]
        with (
            os.fdopen(records, "rb") as source,
            (folder / "states").open("w") as states,
            (folder / "target.log").open("w") as log,
        ):
            target = self.target
            return target.server.start(target.entry, arguments, folder, (source, states, log))

    def stored(self, stream: str) -> Rows:
        """What all runs together have stored of a stream."""
        return self.target.read(self.folders, stream)


def _json(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value))
    return str(path)


def _last_line(states: Path) -> State | None:
    lines = states.read_text().splitlines()
    state: State | None = json.loads(lines[-1]) if lines else None
    return state
