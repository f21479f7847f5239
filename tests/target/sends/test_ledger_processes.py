"""Real processes at one ledger: they race, and they are killed."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest

from tests.target.sends.claimer import CAP, RECIPIENTS, Order, begin, claimer
from tests.target.sends.places import open_ledger

if TYPE_CHECKING:
    import subprocess

PROCESSES = 3
_KILLED = 4


def race(address: str, **order: Any) -> list[list[int]]:
    """The numbers that each of several processes claimed."""
    with contextlib.ExitStack() as stack:
        runs = [
            stack.enter_context(claimer(Order(address, f"run{at}", **order)))
            for at in range(PROCESSES)
        ]
        for one in runs:
            begin(one)
        return [list(map(int, finish(one))) for one in runs]


def finish(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    assert process.stderr is not None
    said = process.stdout.read().split()
    assert (process.stderr.read(), process.wait()) == ("", 0)
    return said


@pytest.mark.parametrize("kind", ["keys", "keyless"])
def test_of_several_processes_one_claims_a_send(address: str, kind: str) -> None:
    claimed = race(address, kind=kind, at_once=3, count=300)
    assert sorted(chain.from_iterable(claimed)) == list(range(300))
    with open_ledger(address, make=False) as ledger:
        held = Counter(entry.run for entry in ledger.entries())
    assert held == {f"run{at}": len(numbers) for at, numbers in enumerate(claimed) if numbers}


def test_several_processes_together_keep_to_the_cap(address: str) -> None:
    claimed = race(address, kind="capped", count=100)
    texts = Counter(number % RECIPIENTS for numbers in claimed for number in numbers)
    assert texts == dict.fromkeys(range(RECIPIENTS), CAP)


def test_whoever_is_killed_has_taken_down_what_it_may_send(address: str) -> None:
    said: list[str] = []
    for number in range(_KILLED):
        with claimer(Order(address, f"run{number}", count=100_000)) as process:
            begin(process)
            assert process.stdout is not None
            said += [process.stdout.readline() for _ in range(random.randint(1, 60))]
            process.kill()
            said += [line for line in process.stdout if line.endswith("\n")]
    numbers = [int(line) for line in said]
    assert len(set(numbers)) == len(numbers)
    with open_ledger(address) as ledger:
        held = {entry.key for entry in ledger.entries(status="intent")}
    assert held >= {f"k{number}" for number in numbers}
    # Of each that was killed, at most the last claim came to nobody.
    assert len(held) <= len(numbers) + _KILLED
