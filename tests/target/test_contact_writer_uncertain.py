"""Contacts whose stored number may be of several countries: whom a record means is not guessed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.rows import Contact, Mobile
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.target.contact_loads import ROUTE, Load, Record, load, methods, people

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer
    from target_sakari.routes import Mode

STORED = "0612345678"
ANNE, BRAM = "+33612345678", "+31612345678"
BY_ALL = replace(ROUTE, match_by=("id", "mobile", "email"))
AMBIGUOUS = ("rejected", Reason.AMBIGUOUS_MATCH)


@pytest.fixture
def somebody(emulator: EmulatorServer) -> Contact:
    """The account's only contact, whose number is stored without a country."""
    emulator.account.delete("contacts", 129)
    [contact] = emulator.account.contacts
    emulator.account.contacts.give(contact, Mobile(STORED, STORED, ""))
    contact.first_name, contact.email = "Stored", "somebody@example.com"
    return contact


def ends(result: Load) -> list[tuple[str, Reason | None]]:
    by_place = sorted((item.position, one) for item, one in result.outcomes)
    return [(one.outcome, one.reason) for _, one in by_place]


@pytest.mark.parametrize("batch", [1, 2])
@pytest.mark.parametrize("mode", ["upsert", "create", "update", "delete"])
def test_whom_a_number_without_a_country_may_be_of_is_left_alone(
    emulator: EmulatorServer, settings: dict[str, Any], somebody: Contact, mode: Mode, batch: int
) -> None:
    records = [{"mobile": ANNE, "firstName": "Anne"}, {"mobile": BRAM, "firstName": "Bram"}]
    result = load(settings, records, replace(ROUTE, mode=mode), batch=batch)
    assert ends(result) == [AMBIGUOUS, AMBIGUOUS]
    assert methods(emulator).keys() == {"GET"}
    detail = str(result[0].detail)
    assert somebody.id in detail
    assert "country" in detail
    assert "5678" not in detail


@pytest.mark.parametrize("write_method", ["bulk", "single"])
def test_the_others_of_a_batch_are_written(
    emulator: EmulatorServer, settings: dict[str, Any], somebody: Contact, write_method: Any
) -> None:
    records = [*people(3), {"mobile": ANNE}]
    result = load(settings, records, write_method=write_method)
    assert ends(result) == [("written", None)] * 3 + [AMBIGUOUS]
    assert len(emulator.ids("contacts")) == 4


@pytest.mark.parametrize("key", ["id", "email"])
def test_who_is_found_otherwise_too_is_meant(
    emulator: EmulatorServer, settings: dict[str, Any], somebody: Contact, key: str
) -> None:
    record: Record = {"mobile": ANNE, "firstName": "Anne", key: getattr(somebody, key)}
    [(_, outcome)] = load(settings, [record], BY_ALL).outcomes
    assert (outcome.outcome, outcome.sakari_id) == ("written", somebody.id)
    assert somebody.first_name == "Anne"
    assert len(emulator.ids("contacts")) == 1


def test_an_address_of_somebody_else_says_nothing_of_the_number(
    settings: dict[str, Any], somebody: Contact
) -> None:
    load(settings, [{**people(1)[0], "email": "anne@example.com"}])
    record = {"mobile": ANNE, "email": "anne@example.com"}
    assert ends(load(settings, [record], BY_ALL)) == [AMBIGUOUS]


def test_where_numbers_do_not_match_no_double_is_made_either(
    settings: dict[str, Any], somebody: Contact
) -> None:
    route = Route("people", "contacts", match_by=("id",))
    [(_, outcome)] = load(settings, [{"mobile": ANNE}], route).outcomes
    assert (outcome.outcome, outcome.reason) == ("rejected", Reason.NUMBER_TAKEN)
    assert f"may be that of another contact, {somebody.id}" in str(outcome.detail)


def test_a_country_that_makes_a_number_of_it_is_enough(
    emulator: EmulatorServer, settings: dict[str, Any], somebody: Contact
) -> None:
    emulator.switch(number_form="as_sent")
    emulator.account.contacts.give(somebody, Mobile(ANNE, STORED, "FR"))
    records = [{"mobile": ANNE, "firstName": "Anne"}, {"mobile": BRAM, "firstName": "Bram"}]
    result = load(settings, records, write_method="single")
    assert ends(result) == [("written", None)] * 2
    assert (result[0].action, result[0].sakari_id) == ("update", somebody.id)
    assert result[1].action == "create"


def test_mirror_removes_nobody_who_may_have_been_brought(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    somebody: Contact,
    caplog: pytest.LogCaptureFixture,
) -> None:
    route = replace(ROUTE, mode="mirror", max_delete_percent=100)
    result = load(settings, [*people(3), {"mobile": ANNE}], route)
    assert ends(result)[-1] == AMBIGUOUS
    assert result.rows == []
    assert somebody.id in emulator.ids("contacts")
    assert any("mirror removed no contact" in one for one in caplog.messages)
