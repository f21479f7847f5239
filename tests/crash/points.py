"""Kill points: which there are, and what is done at each."""

from __future__ import annotations

import math
import signal
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from tests.crash.kill import Kill, Moment
from tests.crash.rig import Setup, check_complete, check_not_ahead, interrupted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.crash.rig import Rig, Stage

SETUPS = (
    Setup("plain", "target-csv", "newest"),
    Setup("often", "target-csv", "newest"),
    Setup("often", "target-csv", "oldest"),
    Setup("often", "target-jsonl", "oldest"),
)


class Point(NamedTuple):
    """The how manieth of so many kill points, which are spread evenly over the runs of a setup."""

    moment: Moment
    which: int
    of: int
    setup: Setup

    def __str__(self) -> str:
        """Its name in a test's id, by which it can be repeated alone: `pytest -k line-7-of-8`."""
        return f"{self.moment}-{self.which}-of-{self.of}-{'-'.join(self.setup)}"

    def kill(self, rig: Rig, stage: Stage) -> Kill:
        """The kill at this point of runs of that stage; each in the middle of its share."""
        there_are = rig.beginning(stage, self.setup).points(self.moment)
        number = math.ceil(there_are * (self.which - 0.5) / self.of)
        return Kill(self.moment, number, delay=Random(str(self)).random() / 200)


def points(counts: Mapping[Moment, int]) -> list[Point]:
    """So many kill points of each kind for each setup."""
    return [
        Point(moment, which, of, setup)
        for moment, of in counts.items()
        for which in range(1, of + 1)
        for setup in SETUPS
    ]


def kill_and_complete(rig: Rig, stage: Stage, point: Point, folder: Path) -> None:
    """Kill the tap with SIGKILL; the next run, at once or after a month, completes the set."""
    pipeline, run = interrupted(rig, stage, point.setup, folder, point.kill(rig, stage))
    assert run.tap == -signal.SIGKILL
    check_not_ahead(pipeline)
    if Random(f"{stage} {point}").random() < 0.5:
        pipeline.world.month(str(point))
    check_complete(pipeline, pipeline.run())
