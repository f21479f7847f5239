"""`script/crash-test`: kill the target at every step of a send, often, and count the texts."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.target.sends.crash_loads import COUNT, KEYED, OTHERS, Load
from tests.target.sends.crashes import REQUESTS, STEPS, Point, Scene, Step, python
from tests.target.sends.watched_account import WatchedAccount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.crash.forkserver import ForkServer

_HEAD = (
    "killed", "runs", "texts asked for", "out by then", "of these unnoted, and found",
    "left to people", "got one in the end", "got two", "got none",
)  # fmt: skip
_ONCE = frozenset({"before the intent", "outcomes written, state not", "state out"})
_TWO = "two targets at once"
_TOKENS = 3
"""Requests for a token before the first intent."""
_STEP_MS = 7
_RUN_MS = 420
"""A run takes about half as long on a quiet machine."""


@dataclass
class Row:
    """A line of the table; the numbers are sums over its crashes."""

    name: str
    crashes: int = 0
    asked: int = 0
    sent: int = 0
    found: int = 0
    unknown: int = 0
    once: int = 0
    more: int = 0

    def cells(self) -> tuple[str, ...]:
        """As the table has it."""
        none = self.asked - self.once - self.more
        before = (self.crashes, self.asked, self.sent, self.found, self.unknown)
        numbers = (*before, self.once, self.more, none)
        return (self.name, *(f"{one:,}" for one in numbers))


@dataclass(frozen=True)
class _Case:
    """Some crashes of one kind.

    Attributes:
        name: for people.
        points: where to kill; None: nobody is killed.
        load: what is sent.
        race: whether two targets send it at once.
    """

    name: str
    points: Sequence[Point | None]
    load: Load = KEYED
    race: bool = False


def main() -> int:
    """Run all points; the exit code is 1 if anybody got two texts, or none."""
    parser = argparse.ArgumentParser(prog="script/crash-test", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a tenth of the points")
    quick = parser.parse_args().quick
    rows: list[Row] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        python() as first,
        python() as second,
        WatchedAccount() as account,
    ):
        servers = (first, second)
        for case in _cases(quick=quick):
            row = Row(case.name)
            for point in case.points:
                account.reset()
                scene = Scene(account, Path(tempfile.mkdtemp(dir=folder)), case.load)
                if not _crash(row, scene, point, servers, race=case.race):
                    return 1
            rows.append(row)
            sys.stderr.write(f"{row.name}: {row.crashes} crashes\n")
    sys.stdout.write(_table(rows))
    return 0


def _cases(*, quick: bool) -> Iterator[_Case]:
    steps = {step: list(_points(step, quick=quick)) for step in STEPS}
    for step, points in steps.items():
        yield _Case(step, points)
    each = [point for step in STEPS for point in _points(step, quick=True)]
    for load in OTHERS:
        yield _Case(f"at each step; {load.name}", each, load)
    yield _Case(f"nobody; {_TWO}", [None] * (1 if quick else 12), race=True)
    for step in STEPS[2:5]:
        yield _Case(f"{step}; {_TWO}", steps[step], race=True)


def _crash(
    row: Row,
    scene: Scene,
    point: Point | None,
    servers: tuple[ForkServer, ForkServer],
    *,
    race: bool,
) -> bool:
    """Crash once, and count what it came to; False if somebody got two texts, or none."""
    try:
        if race:
            scene.race(servers, point)
        elif point:
            scene.kill(servers[0], point)
        verdict = scene.judge(servers[0])
    except AssertionError as error:
        sys.stderr.write(f"{row.name}, {point}: {error}\n")
        return False
    row.crashes += 1
    row.asked += COUNT + len(scene.load.later)
    row.sent += verdict.sent
    row.found += verdict.found
    row.unknown += verdict.unknown
    row.once += verdict.once
    row.more += verdict.more
    return True


def _points(step: Step, *, quick: bool) -> Iterator[Point]:
    """The points of a step: one request at a time and several, each as often as it pays."""
    if step == "any moment":
        for at in range(_STEP_MS, _RUN_MS, _STEP_MS * (10 if quick else 1)):
            yield Point(step, at, concurrency=1 + at % 4)
        return
    last = _TOKENS if step == "before the intent" else 1 if step in _ONCE else REQUESTS
    for concurrency in (1,) if quick else (1, 2, 4):
        if concurrency > 1 and step == "intent written, request not":
            continue  # it counts claims, and several come at once
        for at in range(1, last + 1, 3 if quick else 1):
            for _ in range(1 if quick else 3):
                yield Point(step, at, concurrency)


def _table(rows: Sequence[Row]) -> str:
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(one.cells() for one in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
