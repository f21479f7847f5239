"""Writes that nobody knows the end of: what comes next is decided on what is true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.target.contact_loads import Load, Record, load, number, people, stored, turn

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

ROUTE = Route("people", "contacts", delete=True)


@pytest.fixture
def once(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings with which each request is sent once."""
    return {**settings, "max_retries": 0}


def carry_out_but_fail(emulator: EmulatorServer) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept="500")


def outcomes(result: Load) -> list[str]:
    return [result[at].outcome for at in range(len(result.outcomes))]


def load_with_a_lost_answer(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    records: list[Record],
    *,
    after: int,
    lost: int,
) -> Load:
    """Load records; after so many outcomes, the answer of one of the next requests is cut off."""
    result = Load()

    def cut() -> bool:
        if len(result.outcomes) == after and not emulator.emulator.switches.truncate_every:
            emulator.switch(truncate_every=turn(emulator, lost))
        return False

    options: Any = {"batch": 1, "write_method": "bulk", "stopping": cut, "into": result}
    return load(settings, records, ROUTE, **options)


@pytest.mark.parametrize("batch", [1, 9])
def test_a_change_that_was_carried_out_is_changed_back(
    emulator: EmulatorServer, once: dict[str, Any], batch: int
) -> None:
    load(once, people(1))
    carry_out_but_fail(emulator)
    records: list[Record] = [
        {"mobile": number(0), "firstName": "B"},
        {"mobile": number(0), "deleted": True, "route": Route("other", "contacts", mode="create")},
        {"mobile": number(0), "firstName": "P0"},
    ]
    result = load(once, records, ROUTE, batch=batch, write_method="single")
    assert outcomes(result) == ["unknown", "skipped", "unknown"]
    assert stored(emulator, number(0)).first_name == "P0"


@pytest.mark.parametrize("batch", [1, 9])
def test_a_contact_that_was_made_is_looked_for_once_and_left_alone(
    emulator: EmulatorServer, once: dict[str, Any], batch: int
) -> None:
    carry_out_but_fail(emulator)
    create = Route("other", "contacts", mode="create")  # never told together with others
    records = [{**one, "route": create} for one in people(1) * 3]
    result = load(once, records, batch=batch, write_method="single")
    assert outcomes(result) == ["unknown", "skipped", "skipped"]
    last = [one.method for one in emulator.requests][::-1]
    assert last.index("POST") == 2  # two look-ups: of the whole number, and of its last digits


@pytest.mark.parametrize("told", ["full", "counts"])  # with ids, or without
@pytest.mark.parametrize("size", [130, 0])
def test_a_contact_that_was_deleted_is_made_again(
    emulator: EmulatorServer, once: dict[str, Any], told: str, size: int
) -> None:
    emulator.account.delete("contacts", 130 - size)
    emulator.switch(csv_lists=told)
    records = [*people(1), {"mobile": number(0), "deleted": True}, *people(1)]
    lost = 1 if told == "full" else 3  # it looks for the id before
    result = load_with_a_lost_answer(emulator, once, records, after=1, lost=lost)
    assert outcomes(result) == ["written", "unknown", "written"]
    assert result[2].action == "create"
    assert stored(emulator, number(0)).first_name == "P0"


def test_a_number_that_was_given_up_is_free(emulator: EmulatorServer, once: dict[str, Any]) -> None:
    first = load(once, people(1))[0].sakari_id
    records: list[Record] = [
        {"id": first, "mobile": number(0), "lastName": "L"},
        {"id": first, "mobile": number(1)},
        *people(1),
    ]
    # The contact is read, and then written.
    result = load_with_a_lost_answer(emulator, once, records, after=1, lost=2)
    assert outcomes(result) == ["written", "unknown", "written"]
    assert stored(emulator, number(1)).id == first
    assert stored(emulator, number(0)).id != first


def test_what_cannot_be_looked_for_again_was_not_sent(
    emulator: EmulatorServer, once: dict[str, Any]
) -> None:
    load(once, people(1))
    carry_out_but_fail(emulator)
    result = Load()

    def fail() -> bool:
        if result.outcomes:
            emulator.switch(error_every=1, error_status=500)
        return False

    records = [{"mobile": number(0), "firstName": name} for name in "BAC"]
    load(
        once,
        records[:1] + records,
        ROUTE,
        batch=1,
        write_method="single",
        stopping=fail,
        into=result,
    )
    ends = [(result[at].outcome, result[at].reason, result[at].attempts) for at in range(4)]
    assert ends == [("unknown", Reason.FAILED, 1), *[("rejected", Reason.FAILED, 0)] * 3]
