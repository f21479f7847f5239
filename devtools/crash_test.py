"""`script/crash-test`: kill the target at every step of a send, often, and count the texts."""

from __future__ import annotations

import argparse
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.target.sends.crashes import COUNT, REQUESTS, STEPS, Point, Scene, python
from tests.target.sends.watched_account import WatchedAccount

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.crash.forkserver import ForkServer

_HEAD = (
    "killed", "runs", "texts asked for", "out by then", "of these unnoted, and found",
    "left to people", "got one in the end", "got two", "got none",
)  # fmt: skip
_ONCE = frozenset({"before the intent", "outcomes written, state not", "state out"})
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
    sent: int = 0
    found: int = 0
    unknown: int = 0
    once: int = 0
    more: int = 0

    def cells(self) -> tuple[str, ...]:
        """As the table has it."""
        asked = self.crashes * COUNT
        none = asked - self.once - self.more
        before = (self.crashes, asked, self.sent, self.found, self.unknown)
        numbers = (*before, self.once, self.more, none)
        return (self.name, *(f"{one:,}" for one in numbers))


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
        alone = _each_step(quick=quick)
        races: list[tuple[str, Sequence[Point | None]]] = [
            ("nobody; two targets at once", [None] * (1 if quick else 12)),
            *((f"{name}; two targets at once", points) for name, points in alone[2:5]),
        ]

        def kill(scene: Scene, point: Point | None) -> None:
            assert point  # noqa: S101 - for the type checker
            scene.kill(first, point)

        def race(scene: Scene, point: Point | None) -> None:
            scene.race((first, second), point)

        for crash, steps in ((kill, alone), (race, races)):
            for name, points in steps:
                row = Row(name)
                for point in points:
                    account.reset()
                    place = Path(tempfile.mkdtemp(dir=folder))
                    if not _crash(row, Scene(account, place), point, crash, first):
                        return 1
                rows.append(row)
                sys.stderr.write(f"{name}: {row.crashes} crashes\n")
    sys.stdout.write(_table(rows))
    return 0


def _crash(
    row: Row,
    scene: Scene,
    point: Point | None,
    crash: Callable[[Scene, Point | None], None],
    server: ForkServer,
) -> bool:
    """Crash once, and count what it came to; False if somebody got two texts, or none."""
    try:
        crash(scene, point)
        verdict = scene.judge(server)
    except AssertionError as error:
        sys.stderr.write(f"{row.name}, {point}: {error}\n")
        return False
    row.crashes += 1
    row.sent += verdict.sent
    row.found += verdict.found
    row.unknown += verdict.unknown
    row.once += verdict.once
    row.more += verdict.more
    return True


def _each_step(*, quick: bool) -> list[tuple[str, Sequence[Point]]]:
    return [(step, list(_points(step, quick=quick))) for step in STEPS]


def _points(step: str, *, quick: bool) -> Iterator[Point]:
    """The points of a step: one request at a time and several, each as often as it pays."""
    [found] = [one for one in STEPS if one == step]
    if found == "any moment":
        for at in range(_STEP_MS, _RUN_MS, _STEP_MS * (10 if quick else 1)):
            yield Point(found, at, concurrency=1 + at % 4)
        return
    last = _TOKENS if found == "before the intent" else 1 if found in _ONCE else REQUESTS
    for concurrency in (1,) if quick else (1, 2, 4):
        if concurrency > 1 and found == "intent written, request not":
            continue  # it counts claims, and several come at once
        for at in range(1, last + 1, 3 if quick else 1):
            for _ in range(1 if quick else 3):
                yield Point(found, at, concurrency)


def _table(rows: Sequence[Row]) -> str:
    lines = [_HEAD, tuple("---" for _ in _HEAD), *(one.cells() for one in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
