"""Everything a kill point needs: where runs begin, how long they are, and what must hold after."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from devtools.meltano import CHECKOUT
from tests.crash.forkserver import ForkServer
from tests.crash.kill import Kill
from tests.crash.pipeline import Pipeline, Tap
from tests.crash.targets import time_of
from tests.crash.world import STREAMS, World

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.crash.kill import Moment
    from tests.crash.pipeline import Run
    from tests.crash.targets import Target

Stage = Literal["first", "later"]
"""A first run, which has no state; or one a month after a first run that was complete."""


class Setup(NamedTuple):
    """By name: the tap, the target, and the order of the account's lists."""

    tap: str
    target: str
    order: str


_PLAIN, _OFTEN = "tap_sakari.__main__", "tests.crash.often"
_COUNT_ONLY = Kill("line", 1_000_000_000)


@dataclass(frozen=True)
class Beginning:
    """Where runs begin, and what such a run is like when nobody disturbs it."""

    months: int
    state: dict[str, Any] | None
    folders: list[Path]
    whole: Run

    def points(self, moment: Moment) -> int:
        """How many moments of that kind there are."""
        passed = self.whole.passed
        counts: dict[Moment, int] = {
            "request": self.whole.requests,
            "answer": self.whole.requests,
            "failure": self.whole.requests,
            "line": passed.lines,
            "state": passed.states,
            "byte": passed.size,
            "flow": passed.size,
            "instant": int(self.whole.seconds * 1000),
        }
        return counts[moment]


@dataclass
class Rig:
    """The processes and files that all kill points share."""

    world: World
    taps: Mapping[str, Tap]
    targets: Mapping[str, Target]
    catalog: Path
    folder: Path
    _beginnings: dict[tuple[Stage, Setup], Beginning] = field(default_factory=dict)

    def beginning(self, stage: Stage, setup: Setup) -> Beginning:
        """Find out where runs of a stage begin, with undisturbed runs; once for all tests."""
        if (stage, setup) not in self._beginnings:
            folder = self.folder / f"{stage}-{len(self._beginnings)}"
            folder.mkdir()
            pipeline = self._pipeline(setup, folder)
            self.world.begin(setup.order)
            whole = pipeline.run(_COUNT_ONLY)
            state, folders, months = None, [], 0
            if stage == "later":
                check_complete(pipeline, whole)
                state, folders, months = pipeline.state, list(pipeline.folders), 1
                self.world.begin(setup.order, months)
                whole = pipeline.run(_COUNT_ONLY)
            check_complete(pipeline, whole)
            self._beginnings[stage, setup] = Beginning(months, state, folders, whole)
        return self._beginnings[stage, setup]

    def begin(self, stage: Stage, setup: Setup, folder: Path) -> Pipeline:
        """Go back to where runs of a stage begin."""
        beginning = self.beginning(stage, setup)
        self.world.begin(setup.order, beginning.months)
        pipeline = self._pipeline(setup, folder)
        pipeline.state, pipeline.folders = beginning.state, list(beginning.folders)
        return pipeline

    def _pipeline(self, setup: Setup, folder: Path) -> Pipeline:
        tap, target = self.taps[setup.tap], self.targets[setup.target]
        return Pipeline(self.world, tap, target, folder, self.catalog)


@contextlib.contextmanager
def running_rig(folder: Path, *targets: Target) -> Iterator[Rig]:
    """Start the account, the taps and the targets, for the length of a `with` block."""
    python = Path(sys.executable)
    with contextlib.ExitStack() as stack:
        # Each tap has another kind of buffer between it and its output.
        plain = ForkServer(python, _PLAIN, path=CHECKOUT)
        often = ForkServer(python, _OFTEN, path=CHECKOUT, unbuffered=True)
        taps = {"plain": Tap(plain, f"{_PLAIN}:main"), "often": Tap(often, f"{_OFTEN}:main")}
        for server in (plain, often, *(target.server for target in targets)):
            stack.enter_context(server)
        world = World()
        stack.enter_context(world.server)
        by_name = {target.name: target for target in targets}
        yield Rig(world, taps, by_name, _catalog(taps["plain"], folder), folder)


def _catalog(tap: Tap, folder: Path) -> Path:
    """Return the tap's own catalog, with the streams of the world alone."""
    catalog = folder / "catalog.json"
    with (
        Path(os.devnull).open() as nothing,
        catalog.open("w") as output,
        (folder / "discovery.log").open("w") as log,
        tap.server.start(tap.entry, ["--discover"], folder, (nothing, output, log)) as child,
    ):
        assert child.exit_code() == 0
    streams = json.loads(catalog.read_text())["streams"]
    kept = [stream for stream in streams if stream["tap_stream_id"] in STREAMS]
    catalog.write_text(json.dumps({"streams": kept}))
    return catalog


def interrupted(
    rig: Rig, stage: Stage, setup: Setup, folder: Path, kill: Kill
) -> tuple[Pipeline, Run]:
    """Interrupt a run of that stage at a kill point, or at an earlier one of its kind.

    No two runs take the same time, or write the same in the same order: where one is over before
    the kill point is reached, half way there is tried.
    """
    while True:
        attempt = folder / str(kill.number)
        attempt.mkdir()
        pipeline = rig.begin(stage, setup, attempt)
        run = pipeline.run(kill)
        if run.struck:
            return pipeline, run
        assert kill.number > 1, f"{kill} never comes to pass"
        kill = replace(kill, number=kill.number // 2)


def check_not_ahead(pipeline: Pipeline) -> None:
    """Whatever is older than the bookmark of the next run is stored with its present content."""
    bookmarks = (pipeline.state or {}).get("bookmarks", {})
    for stream in STREAMS:
        bookmark = bookmarks.get(stream, {}).get("replication_key_value")
        if bookmark is not None:
            ahead = {
                row_id: fault
                for row_id, fault in _faults(pipeline, stream).items()
                if fault != "strange"
                and pipeline.world.rows(stream)[row_id].updated_at < time_of(bookmark)
            }
            assert not ahead, (
                f"{stream}: the state is ahead of what is stored, at {bookmark}: {_told(ahead)}; "
                f"after {pipeline.kills}"
            )


def check_complete(pipeline: Pipeline, run: Run) -> None:
    """The run was a success, and the store holds every row with its present content, no other."""
    assert (run.tap, run.target) == (0, 0), run.log("tap")[-1000:] + run.log("target")[-1000:]
    for stream in STREAMS:
        faults = _faults(pipeline, stream)
        assert not faults, f"{stream}: {_told(faults)}; after {pipeline.kills}"


def _faults(pipeline: Pipeline, stream: str) -> dict[str, str]:
    """What is wrong with the rows that are not stored as they are, by id."""
    rows, stored = pipeline.world.rows(stream), pipeline.stored(stream)
    return {
        row_id: "missing" if row_id not in stored else "stale" if row_id in rows else "strange"
        for row_id in rows.keys() | stored.keys()
        if rows.get(row_id) != stored.get(row_id)
    }


def _told(faults: dict[str, str]) -> str:
    counts = Counter(faults.values())
    return ", ".join(f"{count} rows {fault}" for fault, count in counts.items())
