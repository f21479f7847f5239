"""No state goes out before every record ahead of it has an outcome, whatever the order."""

from __future__ import annotations

import tracemalloc
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from target_sakari.loading.checkpoint import Checkpoint

# What comes in: a record, or a state, one of a few values.
COMING = st.lists(st.one_of(st.just("record"), st.integers(0, 3)), max_size=40)


class Model:
    """The rule itself, without any thrift."""

    def __init__(self) -> None:
        self.arrived: list[Any] = []
        self.done: set[int] = set()
        self.out: list[dict[str, Any]] = []

    def true_state(self) -> dict[str, Any] | None:
        position, newest = 0, None
        for one in self.arrived:
            if one != "record":
                newest = {"value": one}
            elif position in self.done:
                position += 1
            else:
                break
        return newest


@given(COMING, st.data())
def test_what_goes_out_is_always_the_newest_true_state(
    coming: list[Any], data: st.DataObject
) -> None:
    checkpoint, model, waiting, open_positions = Checkpoint(), Model(), list(coming), set[int]()
    while waiting or open_positions:
        choices = ["take"] * bool(waiting) + ["settle"] * bool(open_positions)
        if data.draw(st.sampled_from(choices)) == "take":
            one = waiting.pop(0)
            model.arrived.append(one)
            if one == "record":
                open_positions.add(checkpoint.add_record())
            else:
                checkpoint.add_state({"value": one})
        else:
            position = data.draw(st.sampled_from(sorted(open_positions)))
            open_positions.remove(position)
            if data.draw(st.integers(0, 9)):
                checkpoint.settle(position)
                model.done.add(position)
            else:
                checkpoint.leave(position)
        if data.draw(st.booleans()):
            due = checkpoint.due()
            if due is not None:
                assert due == model.true_state()
                assert model.out[-1:] != [due]
                model.out.append(due)
            else:
                assert model.true_state() in [None, *model.out[-1:]]
    last = checkpoint.due() or (model.out[-1] if model.out else None)
    assert last == model.true_state()


def test_positions_count_from_nought_in_the_order_of_arrival() -> None:
    checkpoint = Checkpoint()
    assert [checkpoint.add_record() for _ in range(3)] == [0, 1, 2]


def test_a_state_waits_for_the_slowest_record_before_it() -> None:
    checkpoint = Checkpoint()
    first, second = checkpoint.add_record(), checkpoint.add_record()
    checkpoint.add_state({"a": 1})
    checkpoint.settle(second)
    assert checkpoint.due() is None
    checkpoint.settle(first)
    assert checkpoint.due() == {"a": 1}
    assert checkpoint.due() is None


def test_an_empty_state_never_goes_out() -> None:
    checkpoint = Checkpoint()
    checkpoint.add_state({})
    assert checkpoint.due() is None


def test_what_can_never_go_out_is_not_kept() -> None:
    checkpoint = Checkpoint()
    early, left, late = (checkpoint.add_record() for _ in range(3))
    checkpoint.settle(late)
    checkpoint.add_state({"a": 1})
    checkpoint.leave(left)
    tracemalloc.start()
    for at in range(1000):
        checkpoint.settle(checkpoint.add_record())
        checkpoint.add_state({"a": at, "filler": "x" * 1000})
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 50_000
    checkpoint.settle(early)
    assert checkpoint.due() is None


def test_a_state_ahead_of_what_is_left_goes_out() -> None:
    checkpoint = Checkpoint()
    first = checkpoint.add_record()
    checkpoint.add_state({"a": 1})
    checkpoint.leave(checkpoint.add_record())
    checkpoint.add_state({"a": 2})
    checkpoint.settle(first)
    assert checkpoint.due() == {"a": 1}
    assert checkpoint.due() is None
