"""Killed with SIGKILL at any moment of its first run, the tap completes the set with the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crash.points import SETUPS, kill_and_complete, points

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crash.points import Point
    from tests.crash.rig import Rig, Setup

REQUESTS = 18
POINTS = points(
    {"request": REQUESTS, "answer": 3, "line": 5, "state": 7, "byte": 2, "flow": 3, "instant": 3}
)


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_killed_in_its_first_run(rig: Rig, tmp_path: Path, point: Point) -> None:
    kill_and_complete(rig, "first", point, tmp_path)


@pytest.mark.parametrize("setup", SETUPS, ids="-".join)
def test_every_page_is_a_kill_point(rig: Rig, setup: Setup) -> None:
    assert 10 < rig.beginning("first", setup).points("request") <= REQUESTS
