"""Runs that end early in other ways: by SIGTERM, a dead target, a server that fails, repeatedly."""

from __future__ import annotations

import signal
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.crash.kill import Kill
from tests.crash.points import SETUPS, points
from tests.crash.rig import check_complete, check_not_ahead, interrupted

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.kill import Moment
    from tests.crash.points import Point
    from tests.crash.rig import Rig, Stage

MOMENTS: tuple[Moment, ...] = ("request", "answer", "line", "state", "byte", "flow", "instant")
STAGES = pytest.mark.parametrize("stage", ["first", "later"])


@STAGES
@pytest.mark.parametrize("point", points({"request": 1, "line": 2, "flow": 1}), ids=str)
def test_sigterm(rig: Rig, tmp_path: Path, stage: Stage, point: Point) -> None:
    """It ends with the exit code that says so, and leaves no half line that a target stops at."""
    kill = replace(point.kill(rig, stage), signal=signal.SIGTERM)
    pipeline, run = interrupted(rig, stage, point.setup, tmp_path, kill)
    # At its very end Python takes no more signals; a shell makes 143 of that one too.
    assert run.tap in {128 + signal.SIGTERM, -signal.SIGTERM}
    assert run.target == 0, run.log("target")[-1000:]
    assert "Traceback" not in run.log("tap")
    check_not_ahead(pipeline)
    check_complete(pipeline, pipeline.run())


@STAGES
@pytest.mark.parametrize("point", points({"request": 2}), ids=str)
def test_the_target_is_killed(rig: Rig, tmp_path: Path, stage: Stage, point: Point) -> None:
    """The tap says so in one line: it writes into a broken pipe."""
    kill = replace(point.kill(rig, stage), victim="target")
    pipeline, run = interrupted(rig, stage, point.setup, tmp_path, kill)
    assert (run.tap, run.target) == (1, -signal.SIGKILL)
    log = run.log("tap")
    errors = [line for line in log.splitlines() if "| ERROR " in line]
    assert len(errors) == 1, log
    assert "whatever reads the output, the target most likely, has ended" in errors[0]
    assert "Traceback" not in log
    check_not_ahead(pipeline)
    check_complete(pipeline, pipeline.run())


@STAGES
@pytest.mark.parametrize("point", points({"failure": 2}), ids=str)
def test_the_server_fails(rig: Rig, tmp_path: Path, stage: Stage, point: Point) -> None:
    """A stream that is cut short is read again from where it began; the run is no success."""
    pipeline, run = interrupted(rig, stage, point.setup, tmp_path, point.kill(rig, stage))
    assert (run.tap, run.target) == (1, 0)
    check_not_ahead(pipeline)
    check_complete(pipeline, pipeline.run())


@STAGES
@pytest.mark.parametrize("seed", range(8))
def test_killed_again_and_again(rig: Rig, tmp_path: Path, stage: Stage, seed: int) -> None:
    """Three runs in a row come to nothing, while the account goes on living."""
    chance = Random(f"{stage} {seed}")
    setup = SETUPS[seed % len(SETUPS)]
    pipeline = rig.begin(stage, setup, tmp_path)
    for attempt in range(3):
        moment = chance.choice(MOMENTS)
        number = chance.randint(1, rig.beginning(stage, setup).points(moment))
        pipeline.run(Kill(moment, number, delay=chance.random() / 200))
        check_not_ahead(pipeline)
        rig.world.month(f"{seed} {attempt}")
    check_complete(pipeline, pipeline.run())
