"""Finding contacts: what is asked of Sakari, and how often."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.reasons import Reason
from target_sakari.routes import Route
from target_sakari.run import Run
from tests.conftest import settings_for
from tests.target.contact_loads import Record, load, methods, number, people

if TYPE_CHECKING:
    from collections.abc import Iterator

from sakari_client.client import SakariClient
from sakari_emulator.rows import Mobile
from sakari_emulator.server import EmulatorServer
from target_sakari.contacts.find import Finder
from target_sakari.contacts.known import KnownContacts


@pytest.fixture(scope="module")
def _large() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=10_000, messages=0, conversations=0, seed=1) as server:
        yield server


@pytest.fixture
def large(_large: EmulatorServer) -> EmulatorServer:
    """An account of 10,000 contacts."""
    _large.reset()
    return _large


def exported(server: EmulatorServer) -> list[Record]:
    """A record of each contact with a number of its own, that says what it is."""
    rows = {one.mobile.number: one for one in server.account.contacts if one.mobile}
    return [
        {
            "mobile": mobile,
            "firstName": one.first_name,
            "tags": [dict(tag) for tag in one.tags],
            "attributes": dict(one.attributes),
        }
        for mobile, one in rows.items()
    ]


def test_an_export_that_did_not_change_costs_one_reading_of_the_account(
    large: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "target_sakari")
    records = exported(large)
    assert len(records) == 10_000
    assert load(settings_for(large), records).counts == {"unchanged": 10_000}
    assert methods(large).keys() == {"GET"}
    assert methods(large)["GET"] <= 105
    assert sum("all of the account are read" in one for one in caplog.messages) == 1


def test_few_records_are_looked_up_one_by_one(
    large: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "target_sakari")
    records = [{**one, "lastName": "Changed"} for one in exported(large)[:3]]
    assert load(settings_for(large), records).counts == {"written": 3}
    assert 1 + 3 < methods(large)["GET"] <= 1 + 3 * 13  # in any writing
    assert sum("looked up one by one" in one for one in caplog.messages) == 1


def test_the_account_is_read_as_soon_as_look_ups_take_longer(large: EmulatorServer) -> None:
    records = exported(large)[:60]
    assert load(settings_for(large), records, batch=1).counts == {"unchanged": 60}
    assert 150 <= methods(large)["GET"] < 220


@pytest.mark.parametrize("kind", ["id", "email"])
def test_ids_and_addresses_are_looked_up_in_a_request_each(
    large: EmulatorServer, kind: Any
) -> None:
    route = Route("people", "contacts", mode="update", match_by=(kind,))
    found = {one.email: one.id for one in large.account.contacts if one.email}
    records = [{"email": email, "id": found[email]} for email in [*found][:50]]
    records = [{kind: one[kind]} for one in records]
    result = load(settings_for(large), records, route)
    assert len(result.outcomes) == 50
    assert methods(large)["GET"] == 1 + 50


@pytest.mark.parametrize("mode", ["delete", "upsert"])
def test_a_number_in_another_writing_is_found_wherever_it_is(
    emulator: EmulatorServer, settings: dict[str, Any], mode: Any
) -> None:
    emulator.switch(number_form="as_sent")
    load(settings, people(250))
    oldest = next(iter(emulator.account.contacts))
    emulator.account.contacts.give(oldest, Mobile("+19075559140", "(907) 555-9140", "US"))
    before = len(emulator.ids("contacts"))
    record = {"mobile": "+19075559140", "firstName": "Found"}
    [(_, outcome)] = load(settings, [record], Route("people", "contacts", mode=mode)).outcomes
    assert (outcome.outcome, outcome.sakari_id) == ("written", oldest.id)
    assert len(emulator.ids("contacts")) == before - (mode == "delete")


def test_nothing_is_looked_for_twice(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    one = {"mobile": number(0), "firstName": "Ada"}
    load(settings, [one] * 5, batch=1)
    gets = [one.query.get("mobile") for one in emulator.requests if one.method == "GET"]
    assert gets == [None, number(0), number(0)[-2:]]


def test_ids_that_sakari_does_not_know_are_nobodys(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records = [{"id": "..", "firstName": "A"}]
    [(_, outcome)] = load(settings, records).outcomes
    assert (outcome.outcome, outcome.reason) == ("rejected", Reason.NO_MATCH_KEY)
    assert "mobile number" in str(outcome.detail)


@pytest.mark.parametrize("pagination", ["full", "total", "has_next", "none"])
@pytest.mark.parametrize("order", ["newest", "shuffled"])
def test_every_form_of_the_list_is_read(
    emulator: EmulatorServer, settings: dict[str, Any], pagination: str, order: str
) -> None:
    emulator.switch(pagination=pagination, order=order)
    records = exported(emulator)
    assert load(settings, records).counts == {"unchanged": len(records)}
    assert methods(emulator).keys() == {"GET"}


@pytest.mark.parametrize("form", ["integer", "hex"])
def test_ids_are_text_whatever_sakari_sends(
    emulator: EmulatorServer, settings: dict[str, Any], form: str
) -> None:
    emulator.switch(id_form=form)
    first = load(settings, people(80))
    again = load(settings, [{**one, "lastName": None} for one in people(80)])
    assert {one.sakari_id for _, one in again.outcomes} == {
        one.sakari_id for _, one in first.outcomes
    }
    by_id = [{"id": one.sakari_id, "firstName": "By id"} for _, one in first.outcomes]
    assert load(settings, by_id).counts == {"written": 80}


def test_a_list_that_cannot_be_read_is_no_reason_to_end(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    records = exported(emulator)[:5]
    emulator.switch(ignore_offset=True)
    assert load(settings, records).counts == {"unchanged": 5}
    assert any("looked up one by one" in one for one in caplog.messages)


def test_a_contact_whose_number_is_written_otherwise_is_looked_up(
    large: EmulatorServer, caplog: pytest.LogCaptureFixture
) -> None:
    records = exported(large)[:2]
    large.switch(number_form="as_sent")
    assert load(settings_for(large), records).counts == {"unchanged": 2}
    assert 10 < methods(large)["GET"] < 40


def test_a_look_up_that_fails_is_that_records_own(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    route = Route("people", "contacts", match_by=("id",))
    emulator.switch(error_every=2, error_status=500)
    settings = {**settings, "max_retries": 0, "circuit_breaker_failures": 100}
    [(_, outcome)] = load(settings, [{"id": "1"}], route).outcomes
    assert (outcome.outcome, outcome.reason) == ("rejected", Reason.FAILED)
    assert outcome.attempts == 0


def test_where_the_list_has_other_writings_they_are_looked_up_too(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(number_form="as_sent")
    odd = next(iter(emulator.account.contacts))
    emulator.account.contacts.give(odd, Mobile("+19075559140", "(907) 555-9140", "US"))
    known = KnownContacts()
    with SakariClient.from_settings(settings) as client:
        finder = Finder(Run(client, lambda: False), known)
        assert finder.read_all()
        odd.first_name = "Renewed"
        finder.look_up_again([("mobile", "+19075559140")])
    [one] = known.find(("mobile", "+19075559140"))
    assert one.record["firstName"] == "Renewed"
    known.close()
