"""Contacts written by mode, match and tags, against the emulator."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.rows import Mobile
from target_sakari.reasons import Reason
from tests.target.contact_loads import (
    ROUTE,
    Load,
    Record,
    load,
    methods,
    number,
    people,
    stored,
    tags,
)

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer
    from target_sakari.routes import MatchKey, Mode

ADA: Record = {
    "mobile": number(0),
    "country": "US",
    "firstName": "Ada",
    "lastName": "Example",
    "email": "ada@example.com",
    "tags": ["vip", {"tag": "staff", "visible": False}],
    "attributes": {"plan": "pro", "seats": 5, "address": {"street": "Main", "city": "X"}},
}


@pytest.fixture
def ada(emulator: EmulatorServer, settings: dict[str, Any]) -> str:
    """The id of a contact who is there already."""
    [(_, outcome)] = load(settings, [ADA]).outcomes
    assert outcome.sakari_id
    emulator.switch()
    return outcome.sakari_id


def outcome_of(result: Load) -> tuple[str, str, Reason | None]:
    [(_, one)] = result.outcomes
    return one.action, one.outcome, one.reason


@pytest.mark.parametrize("method", ["auto", "bulk", "single"])
def test_people_become_contacts_once(
    emulator: EmulatorServer, settings: dict[str, Any], method: Any
) -> None:
    records = people(120, attributes={"plan": "pro", "seats": 5}, tags=["vip"])
    first = load(settings, records, write_method=method)
    assert first.counts == {"written": 120}
    assert {one.action for _, one in first.outcomes} == {"create"}
    assert {one.attempts for _, one in first.outcomes} == {1}
    one = stored(emulator, number(7))
    assert (one.first_name, tags(one), one.id) == ("P7", {"vip": True}, first[7].sakari_id)
    assert str(one.attributes["seats"]) == "5"
    writes = methods(emulator)["POST"]
    again = load(settings, records, write_method=method)
    assert again.counts == {"unchanged": 120}
    assert again[7].sakari_id == one.id
    assert methods(emulator)["POST"] == writes
    assert len(emulator.ids("contacts")) == 130 + 120


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_what_is_not_mentioned_stays(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str, put: str
) -> None:
    emulator.switch(put=put)
    emulator.account.contacts.find(ada).blocked = "2025-01-01T00:00:00.000Z"  # type: ignore[union-attr]
    result = load(settings, [{"mobile": number(0), "lastName": "Lovelace", "tags": ["new"]}])
    assert outcome_of(result) == ("update", "written", None)
    one = stored(emulator, number(0))
    assert (one.id, one.first_name, one.last_name) == (ada, "Ada", "Lovelace")
    assert one.email == "ada@example.com"
    assert one.blocked == "2025-01-01T00:00:00.000Z"
    assert one.attributes == ADA["attributes"]
    assert tags(one) == {"vip": True, "staff": False, "new": True}
    assert "PUT" not in methods(emulator)


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_null_clears_what_it_is_the_value_of(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str, put: str
) -> None:
    emulator.switch(put=put)
    record = {"mobile": number(0), "email": None, "attributes": {"plan": None, "none": None}}
    assert outcome_of(load(settings, [record])) == ("update", "written", None)
    one = stored(emulator, number(0))
    assert (one.first_name, one.email, one.attributes["plan"]) == ("Ada", None, None)
    assert one.attributes["seats"] == 5
    assert tags(one) == {"vip": True, "staff": False}
    assert outcome_of(load(settings, [record])) == ("update", "unchanged", None)


def test_tags_take_the_place_of_those_there_where_that_is_wanted(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    route = replace(ROUTE, tags="replace")
    record = {"mobile": number(0), "tags": ["staff", "new"]}
    assert outcome_of(load(settings, [record], route)) == ("update", "written", None)
    assert tags(stored(emulator, number(0))) == {"staff": False, "new": True}
    assert outcome_of(load(settings, [record], route)) == ("update", "unchanged", None)


def test_whether_a_tag_is_visible_is_changed_where_it_is_mentioned(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    record = {"mobile": number(0), "tags": [{"tag": "staff", "visible": True}, "vip"]}
    assert outcome_of(load(settings, [record])) == ("update", "written", None)
    assert tags(stored(emulator, number(0))) == {"vip": True, "staff": True}


def test_an_object_takes_the_place_of_another(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    record = {"id": ada, "attributes": {"address": {"city": "Y"}}}  # by id, so it is an update
    assert outcome_of(load(settings, [record])) == ("update", "written", None)
    assert stored(emulator, number(0)).attributes["address"] == {"city": "Y", "street": None}
    assert outcome_of(load(settings, [record])) == ("update", "unchanged", None)


@pytest.mark.parametrize(
    ("mode", "known", "unknown"),
    [
        ("upsert", ("update", "written", None), ("create", "written", None)),
        ("create", ("create", "skipped", Reason.EXISTS), ("create", "written", None)),
        ("update", ("update", "written", None), ("update", "rejected", Reason.NOT_FOUND)),
        ("delete", ("delete", "written", None), ("delete", "skipped", Reason.ALREADY_ABSENT)),
    ],
)
def test_modes(  # noqa: PLR0913, PLR0917
    emulator: EmulatorServer,
    settings: dict[str, Any],
    ada: str,
    mode: Mode,
    known: tuple[Any, ...],
    unknown: tuple[Any, ...],
) -> None:
    route = replace(ROUTE, mode=mode)
    there = {"mobile": number(0), "firstName": "Augusta"}
    assert outcome_of(load(settings, [there], route)) == known
    assert outcome_of(load(settings, [{"mobile": number(1)}], route)) == unknown
    assert (ada in emulator.ids("contacts")) == (mode != "delete")
    assert outcome_of(load(settings, [{"firstName": "Nobody"}], route))[1:] == (
        "rejected", Reason.NO_MATCH_KEY,
    )  # fmt: skip


@pytest.mark.parametrize("deletes", [True, False])
def test_a_record_that_says_it_is_gone_deletes_where_that_is_wanted(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str, *, deletes: bool
) -> None:
    route = replace(ROUTE, delete=deletes)
    load(settings, [{"mobile": number(0), "deleted": True}], route)
    assert (ada in emulator.ids("contacts")) is not deletes


@pytest.mark.parametrize(
    ("match_by", "record", "found"),
    [
        (("id", "mobile"), {"id": "ada", "mobile": number(1)}, True),
        (("id", "mobile"), {"id": "0123", "mobile": number(0)}, True),
        (("id", "mobile"), {"email": "ada@example.com", "mobile": number(1)}, False),
        (("email",), {"email": "ADA@example.com", "mobile": number(1)}, True),
        (("email",), {"email": "ADA@example.com"}, True),
        (("mobile", "email"), {"email": "ada@example.com", "mobile": number(1)}, True),
    ],
)
def test_the_first_key_that_finds_somebody_decides(  # noqa: PLR0913
    emulator: EmulatorServer,
    settings: dict[str, Any],
    ada: str,
    match_by: tuple[MatchKey, ...],
    record: dict[str, Any],
    *,
    found: bool,
) -> None:
    record = {**record, "firstName": "Augusta"}
    if record.get("id") == "ada":
        record["id"] = ada
    [(_, outcome)] = load(settings, [record], replace(ROUTE, match_by=match_by)).outcomes
    assert (outcome.outcome, outcome.action) == ("written", "update" if found else "create")
    assert (outcome.sakari_id == ada) is found
    one = emulator.account.contacts.find(ada)
    assert one is not None
    assert one.mobile is not None
    assert one.first_name == ("Augusta" if found else "Ada")
    assert one.mobile.number == (record.get("mobile", number(0)) if found else number(0))


def test_who_shares_an_address_with_a_contact_that_is_gone_is_not_deleted(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    route = replace(ROUTE, mode="delete", match_by=("mobile", "email"))
    records = [{"mobile": number(1), "email": "ada@example.com"}]
    assert outcome_of(load(settings, records, route)) == (
        "delete", "skipped", Reason.ALREADY_ABSENT,
    )  # fmt: skip
    assert ada in emulator.ids("contacts")
    assert outcome_of(load(settings, [{"email": "ada@example.com"}], route))[1] == "written"


def test_a_number_of_another_contact_is_not_taken(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    load(settings, [{"mobile": number(1)}])
    result = load(settings, [{"id": ada, "mobile": number(1)}])
    assert outcome_of(result) == ("upsert", "rejected", Reason.NUMBER_TAKEN)
    by_email = replace(ROUTE, match_by=("email",))
    result = load(settings, [{"email": "new@example.com", "mobile": number(1)}], by_email)
    assert outcome_of(result) == ("upsert", "rejected", Reason.NUMBER_TAKEN)
    assert stored(emulator, number(0)).id == ada
    assert number(1)[-7:] not in str(result[0].detail)


def test_several_contacts_are_no_guess(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    load(settings, [{"mobile": number(1), "email": "Ada@example.com"}])
    by_email = replace(ROUTE, match_by=("email", "mobile"))
    record = {"mobile": number(0), "email": "ada@example.com", "firstName": "Augusta"}
    result = load(settings, [record], by_email)
    assert outcome_of(result) == ("upsert", "rejected", Reason.AMBIGUOUS_MATCH)
    assert ada in str(result[0].detail)
    assert "example.com" not in str(result[0].detail)


def test_a_number_in_another_writing_is_the_same(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    emulator.switch(number_form="as_sent")
    written = Mobile(number(0), "(907) 555-0140", "US")
    emulator.account.contacts.give(stored(emulator, number(0)), written)
    assert outcome_of(load(settings, [ADA])) == ("update", "unchanged", None)
    result = load(settings, [{**ADA, "firstName": "Augusta"}])
    assert outcome_of(result) == ("update", "written", None)
    assert result[0].sakari_id == ada
    assert stored(emulator, number(0)).first_name == "Augusta"


def test_records_of_one_contact_are_written_in_their_order(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str
) -> None:
    records: list[Record] = [
        {"mobile": number(1), "firstName": "A", "tags": ["a"]},
        {"mobile": number(1), "firstName": "B", "tags": ["b"]},
        {"id": ada, "mobile": number(2)},  # her number is free from now on
        {"mobile": number(0), "firstName": "New"},
        {"mobile": number(1), "lastName": "C"},
        {"mobile": number(2), "firstName": "Augusta"},
    ]
    result = load(settings, records)
    assert [one.action for one in map(result.__getitem__, range(6))] == [
        "create", "update", "update", "create", "update", "update",
    ]  # fmt: skip
    assert result.counts == {"written": 6}
    assert len(result.duplicates) == 3
    one, two = stored(emulator, number(1)), stored(emulator, number(2))
    assert (one.first_name, one.last_name, tags(one)) == ("B", "C", {"a": True, "b": True})
    assert (two.id, two.first_name) == (ada, "Augusta")
    assert stored(emulator, number(0)).first_name == "New"


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_a_dry_run_decides_alike_and_writes_nothing(
    emulator: EmulatorServer, settings: dict[str, Any], ada: str, batch: int
) -> None:
    route = replace(ROUTE, delete=True, match_by=("id", "mobile", "email"))
    records: list[Record] = [
        {"mobile": number(1), "firstName": "A", "email": "a@example.com"},
        {"email": "a@example.com", "mobile": number(3)},
        {"mobile": number(1), "firstName": "B"},
        {"id": ada, "mobile": number(2)},
        {"mobile": number(2), "deleted": True},
        {"id": ada, "firstName": "gone"},
        {"mobile": number(0), "firstName": "New"},
        {"mobile": number(0), "firstName": "New"},
        {"bad": 1},
        {"mobile": number(4), "attributes": {"x": float("nan")}},
    ]
    planned = load(settings, records, route, batch=batch, dry_run=True)
    assert methods(emulator).keys() == {"GET", "POST"}
    assert stored(emulator, number(0)).id == ada
    if batch == 1:
        assert planned.counts == {"planned": 5, "rejected": 4, "unchanged": 1}
    else:  # the two New ones are told as one
        assert planned.counts == {"planned": 6, "rejected": 4}
    assert planned[1].reason == Reason.AMBIGUOUS_MATCH
    written = load(settings, records, route, batch=batch)
    assert written.decisions == planned.decisions
    assert written.duplicates == planned.duplicates
    assert len(planned.duplicates) == 3


def test_records_that_contradict_each_other_are_written_once_and_not_again(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records: list[Record] = [
        {"mobile": number(0), "firstName": "A", "attributes": {"plan": "gold"}, "tags": ["a"]},
        {"mobile": number(0), "firstName": "B", "lastName": "C", "tags": ["b"]},
        {"mobile": number(0), "attributes": {"plan": "free", "city": "Rome"}},
    ]
    first = load(settings, records)
    assert first.counts == {"written": 3}
    assert [first[at].action for at in range(3)] == ["create", "update", "update"]
    assert methods(emulator)["POST"] == 1
    one = stored(emulator, number(0))
    assert (one.first_name, one.last_name) == ("B", "C")
    assert (one.attributes, tags(one)) == (
        {"plan": "free", "city": "Rome"}, {"a": True, "b": True},
    )  # fmt: skip
    assert load(settings, records).counts == {"unchanged": 3}
    assert methods(emulator)["POST"] == 1


def test_records_that_are_refused_together_are_tried_one_by_one(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(error_every=4, error_status=422)  # the first page, two look-ups, the write
    records: list[Record] = [
        {"mobile": number(0), "firstName": "A"},
        {"mobile": number(0), "lastName": "B"},
    ]
    result = load(settings, records, write_method="single")
    assert result.counts == {"written": 2}
    assert [one.action for one in map(result.__getitem__, range(2))] == ["create", "update"]
    assert methods(emulator)["POST"] == 3


def test_a_mistake_in_one_record_is_its_own(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records = [{"bad": 1}, *people(2), {"mobile": "+999", "firstName": "Nobody"}]
    records += [{"id": "\ud83d"}, {"mobile": number(4), "firstName": "\ud83d"}]
    result = load(settings, records)
    assert (result[4].reason, result[5].reason) == (Reason.INVALID, Reason.INVALID)
    assert (result[0].outcome, result[0].reason) == ("rejected", Reason.INVALID)
    assert (result[1].outcome, result[2].outcome) == ("written", "written")
    assert (result[3].outcome, result[3].reason) == ("rejected", Reason.REFUSED)
    assert "CONT-001" in str(result[3].detail)
    assert "999" not in str(result[3].detail)
