"""People who must stay apart, and opt-outs that must stay."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.target.contact_loads import ROUTE, Load, Record, load, methods, number, stored, tags

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

BY_ALL = Route("people", "contacts", match_by=("id", "mobile", "email"))
FIRM = "info@example.com"


def ends(result: Load) -> list[tuple[str, str, Reason | None]]:
    by_place = sorted((item.position, one) for item, one in result.outcomes)
    return [(one.action, one.outcome, one.reason) for _, one in by_place]


@pytest.mark.parametrize("batch", [1, 9])
def test_people_who_share_an_address_do_not_become_one(
    emulator: EmulatorServer, settings: dict[str, Any], batch: int
) -> None:
    records: list[Record] = [{"mobile": number(at), "email": FIRM} for at in range(3)]
    rejected = [("upsert", "rejected", Reason.AMBIGUOUS_MATCH)] * 2
    first = load(settings, records, BY_ALL, batch=batch)
    assert ends(first) == [("create", "written", None), *rejected]
    assert "email" in str(first[1].detail)
    assert FIRM not in str(first[1].detail)
    writes = methods(emulator)["POST"]
    again = load(settings, records, BY_ALL, batch=batch)
    assert ends(again) == [("update", "unchanged", None), *rejected]
    assert methods(emulator)["POST"] == writes
    assert stored(emulator, number(0)).email == FIRM


@pytest.mark.parametrize("batch", [1, 9])
def test_who_is_named_by_id_may_change_the_number_twice(
    emulator: EmulatorServer, settings: dict[str, Any], batch: int
) -> None:
    sakari_id = load(settings, [{"mobile": number(0)}])[0].sakari_id
    records = [{"id": sakari_id, "mobile": number(at)} for at in (1, 2)]
    assert load(settings, records, BY_ALL, batch=batch).counts == {"written": 2}
    assert stored(emulator, number(2)).id == sakari_id


@pytest.mark.parametrize("batch", [1, 9])
def test_the_number_of_a_new_contact_is_taken_for_the_next_record(
    emulator: EmulatorServer, settings: dict[str, Any], batch: int
) -> None:
    route = replace(ROUTE, match_by=("email",))
    records = [{"mobile": number(0), "firstName": name} for name in "AB"]
    assert ends(load(settings, records, route, batch=batch)) == [
        ("create", "written", None),
        ("upsert", "rejected", Reason.NUMBER_TAKEN),
    ]


def test_a_record_finds_by_address_who_was_made_in_the_same_batch(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    other = Route("others", "contacts", mode="update", match_by=("email",))
    records: list[Record] = [
        {"mobile": number(0), "email": "ada@example.com"},
        {"email": "Ada@Example.com", "firstName": "Ada", "route": other},
    ]
    assert load(settings, records).counts == {"written": 2}
    assert stored(emulator, number(0)).first_name == "Ada"


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_who_opted_out_keeps_the_number(
    emulator: EmulatorServer, settings: dict[str, Any], put: str
) -> None:
    emulator.switch(put=put)
    sakari_id = load(settings, [{"mobile": number(0), "email": FIRM}])[0].sakari_id
    stored(emulator, number(0)).blocked = "2026-01-01T00:00:00.000Z"
    moves: list[Record] = [
        {"id": sakari_id, "mobile": number(1)},
        {"email": FIRM, "mobile": number(2)},
    ]
    result = load(settings, moves, BY_ALL)
    assert ends(result) == [("upsert", "rejected", Reason.OPTED_OUT)] * 2
    assert number(1)[-7:] not in str(result[0].detail)
    assert load(settings, [{"id": sakari_id, "lastName": "L"}]).counts == {"written": 1}
    assert stored(emulator, number(0)).blocked == "2026-01-01T00:00:00.000Z"


@pytest.mark.parametrize("batch", [1, 9])
def test_a_record_without_tags_takes_none_from_another(
    emulator: EmulatorServer, settings: dict[str, Any], batch: int
) -> None:
    records: list[Record] = [
        {"mobile": number(0), "tags": [{"tag": "vip", "visible": False}]},
        {"mobile": number(0), "tags": []},
        {"mobile": number(0), "tags": ["vip", "new"]},
    ]
    load(settings, records, batch=batch)
    assert tags(stored(emulator, number(0))) == {"vip": False, "new": True}
    load(settings, [{"mobile": number(0), "tags": ["vip"]}], replace(ROUTE, tags="replace"))
    assert tags(stored(emulator, number(0))) == {"vip": False}


@pytest.mark.parametrize("batch", [1, 9])
def test_a_record_without_tags_clears_them_where_they_are_replaced(
    emulator: EmulatorServer, settings: dict[str, Any], batch: int
) -> None:
    route = replace(ROUTE, tags="replace")
    records: list[Record] = [
        {"mobile": number(0), "tags": ["vip"]},
        {"mobile": number(0), "tags": []},
        {"mobile": number(0), "firstName": "A"},
    ]
    load(settings, records, route, batch=batch)
    assert tags(stored(emulator, number(0))) == {}
