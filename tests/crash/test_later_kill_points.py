"""Killed with SIGKILL at any moment of a later run, the tap completes the set with the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.points import SETUPS, kill_and_complete, points
from tests.crash.world import STREAMS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.points import Point
    from tests.crash.rig import Rig, Setup, Stage

POINTS = points(
    {"request": 10, "answer": 2, "line": 4, "state": 6, "byte": 2, "flow": 2, "instant": 2}
)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_killed_in_a_later_run(rig: Rig, tmp_path: Path, point: Point) -> None:
    kill_and_complete(rig, "later", point, tmp_path)


@pytest.mark.parametrize("stage", ["first", "later"])
@pytest.mark.parametrize("setup", [setup for setup in SETUPS if setup.tap == "often"], ids="-".join)
def test_states_also_come_in_the_middle_of_a_stream(rig: Rig, stage: Stage, setup: Setup) -> None:
    """Or the kill points at states would only be the ends of streams."""
    assert rig.beginning(stage, setup).points("state") > len(STREAMS)
