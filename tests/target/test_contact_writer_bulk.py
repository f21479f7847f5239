"""Uploads: chunks that are refused, rows that are not told of, and the choice of method."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from sakari_emulator.server import EmulatorServer
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.conftest import settings_for
from tests.target.contact_loads import Load, Record, load, number, people, stored


def posts(emulator: EmulatorServer) -> int:
    return sum(one.method == "POST" and one.path.endswith("/contacts") for one in emulator.requests)


def test_many_rows_go_up_in_one_request(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    result = load(settings, people(500))
    assert result.counts == {"written": 500}
    assert posts(emulator) == 1
    assert all(one.sakari_id for _, one in result.outcomes)


@pytest.mark.parametrize(("count", "requests"), [(49, 49), (50, 1)])
def test_few_rows_are_written_one_by_one(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    count: int,
    requests: int,
) -> None:
    caplog.set_level(logging.INFO, "target_sakari")
    assert load(settings, people(2 * count), batch=count).counts == {"written": 2 * count}
    assert posts(emulator) == 2 * requests
    said = [one for one in caplog.messages if "write_method auto" in one]
    assert len(said) == 1


def test_each_choice_is_said_once(
    settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "target_sakari")
    known = [
        {"mobile": number(at), "lastName": f"{at}{again}"} for again in "ab" for at in range(9)
    ]
    # Batches of 60: uploaded, then nine written one by one, and so on.
    same = people(60)[9:]
    records = [*people(60), *same, *known[:9], *people(120)[60:], *same, *known[9:]]
    assert load(settings, records, batch=60).counts == {"written": 138, "unchanged": 102}
    said = [one for one in caplog.messages if "write_method auto" in one]
    assert len(said) == 2


def test_bulk_uploads_few_rows_too(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    assert load(settings, people(5), write_method="bulk").counts == {"written": 5}
    assert posts(emulator) == 1


def test_what_no_cell_can_hold_is_written_by_itself(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records: list[Record] = people(60)
    records[3]["tags"] = ["a|b"]
    records[4]["tags"] = [{"tag": "hidden", "visible": False}]
    records[5]["attributes"] = {"list": [1, 2]}
    assert load(settings, records).counts == {"written": 60}
    assert posts(emulator) == 4
    assert stored(emulator, number(3)).tags == [{"tag": "a|b", "visible": True}]
    assert stored(emulator, number(4)).tags == [{"tag": "hidden", "visible": False}]
    assert stored(emulator, number(5)).attributes == {"list": [1, 2]}


def test_known_contacts_are_sorted_by_their_columns_and_new_ones_are_not(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records: list[Record] = people(200)
    for at, one in enumerate(records):
        one["attributes"] = {f"a{at % 5}": at}
    for one in records[::2]:
        one["email"] = f"{one['firstName']}@example.com"
    assert load(settings, records).counts == {"written": 200}
    assert posts(emulator) == 1
    assert stored(emulator, number(7)).attributes == {"a2": "7"}
    assert stored(emulator, number(7)).email is None
    changed = [{"mobile": one["mobile"], "lastName": "L"} for one in records]
    for one in changed[::2]:
        one["firstName"] = "F"
    assert load(settings, changed).counts == {"written": 200}
    assert posts(emulator) == 1 + 2


@pytest.mark.parametrize("bad_row", ["told", "fails_all"])
@pytest.mark.parametrize("lists", ["full", "counts"])
def test_one_bad_row_is_the_only_one_that_is_rejected(
    emulator: EmulatorServer, settings: dict[str, Any], bad_row: str, lists: str
) -> None:
    emulator.switch(csv_bad_row=bad_row, csv_lists=lists)
    records = people(300)
    records[123]["mobile"] = "+99"
    result = load(settings, records)
    assert result.counts == {"written": 299, "rejected": 1}
    assert (result[123].outcome, result[123].reason) == ("rejected", Reason.REFUSED)
    assert "CONT-001" in str(result[123].detail)
    assert posts(emulator) <= 2 + 2 * 6 + 8
    assert len(emulator.ids("contacts")) == 130 + 299
    # Each is known by its id from then on, whether Sakari told it or not.
    assert load(settings, people(20), write_method="bulk").counts == {"unchanged": 20}
    again = [{"mobile": number(at), "firstName": None} for at in range(20)]
    assert load(settings, again, write_method="bulk").counts == {"written": 20}


def test_contacts_whose_ids_are_not_told_can_be_changed_in_the_same_run(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(csv_lists="counts")
    records: list[Record] = people(60)
    records += [{"mobile": number(3), "firstName": None, "lastName": "L"}]
    records += [{"mobile": number(4), "deleted": True}]
    route = Route("people", "contacts", delete=True)
    assert load(settings, records, route).counts == {"written": 62}
    one = stored(emulator, number(3))
    assert (one.first_name, one.last_name) == (None, "L")
    assert len(emulator.ids("contacts")) == 130 + 59


def test_an_upload_that_is_too_large_is_halved_once_and_for_all(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(csv_max_rows=100)
    assert load(settings, people(800), batch=400).counts == {"written": 800}
    refused = [one for one in emulator.requests if one.status == 413]
    assert len(refused) == 3
    assert posts(emulator) == len(refused) + 8


def test_both_halves_tell_how_often_they_were_sent(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(csv_max_rows=100)
    result = load(settings, people(200))
    assert {one.attempts for _, one in result.outcomes} == {2}


def test_where_sakari_takes_no_csv_all_is_written_one_by_one(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(csv="reject")
    assert load(settings, people(200), batch=100).counts == {"written": 200}
    assert posts(emulator) == 201
    assert sum("one by one" in one for one in caplog.messages) == 1


def test_no_further_chunk_goes_up_where_sakari_takes_no_csv(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    load(settings, people(60))
    emulator.switch(csv="reject")
    before = posts(emulator)
    known = [{**one, "lastName": "L"} for one in people(60)]
    assert load(settings, [*known, *people(120)[60:]]).counts == {"written": 120}
    assert [one.status for one in emulator.requests].count(415) == 1
    assert posts(emulator) == before + 1 + 120


@pytest.mark.parametrize("method", ["auto", "bulk", "single"])
def test_attributes_that_a_record_does_not_mention_stay_what_they_are(
    emulator: EmulatorServer, settings: dict[str, Any], method: Any
) -> None:
    numbers = {"seats": 5, "rate": 0.5, "trial": True}
    load(settings, people(60, attributes={**numbers, "plan": "basic"}), write_method="single")
    records = people(60, attributes={"plan": "pro"})
    assert load(settings, records, write_method=method).counts == {"written": 60}
    for at in (0, 59):
        found = stored(emulator, number(at)).attributes
        assert {name: (value, type(value)) for name, value in found.items()} == {
            "plan": ("pro", str), "seats": (5, int), "rate": (0.5, float), "trial": (True, bool)
        }  # fmt: skip
    mentioned = people(60, attributes={"plan": "pro", **numbers})
    assert load(settings, mentioned, write_method=method).counts == {"unchanged": 60}


def test_an_upload_makes_text_of_what_a_new_contact_has_and_that_is_unchanged_then(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    records = people(60, attributes={"seats": 5, "rate": 0.5, "trial": True})
    load(settings, records, write_method="bulk")
    assert stored(emulator, number(7)).attributes == {"seats": "5", "rate": "0.5", "trial": "true"}
    assert load(settings, records, write_method="bulk").counts == {"unchanged": 60}


def test_an_upload_that_fails_is_looked_up_and_written_one_by_one(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept="500")
    settings = {**settings, "max_retries": 0}
    result = load(settings, people(60))
    assert result.counts == {"written": 60}
    assert posts(emulator) == 1
    assert all(one.sakari_id for _, one in result.outcomes)


@pytest.mark.parametrize(("size", "reads"), [(130, 3), (10_000, 60)])
def test_known_contacts_of_an_upload_that_fails_are_read_anew(size: int, reads: int) -> None:
    with EmulatorServer(contacts=size, messages=0, conversations=0, seed=1) as emulator:
        settings = {**settings_for(emulator), "max_retries": 0}
        load(settings, people(60))
        emulator.switch(fail_after_accept_every=1, fail_after_accept="500")
        before = posts(emulator)
        result = load(settings, [{**one, "lastName": "L"} for one in people(60)])
        assert result.counts == {"written": 60}
        assert posts(emulator) == before + 1
        after = [one.method for one in emulator.requests]
        # All of them, or each in the one writing that all numbers of the account have.
        assert after[::-1].index("POST") <= reads


def test_a_run_that_is_to_stop_looks_for_nothing_after_an_upload(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept="500")
    settings = {**settings, "max_retries": 0}
    result = load(settings, people(60), stopping=lambda: posts(emulator) > 0)
    assert result.outcomes == []
    assert emulator.requests[-1].method == "POST"


def test_the_id_that_an_upload_tells_is_the_true_one(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    load(settings, people(2))
    result = Load()

    def vanish() -> bool:
        if result.outcomes and emulator.account.contacts.find(first.id):
            emulator.account.contacts.remove(first)
        return False

    first = stored(emulator, number(1))
    records = [{**one, "lastName": "L"} for one in people(2)]
    load(settings, records, batch=1, write_method="bulk", stopping=vanish, into=result)
    assert result[1].outcome == "written"
    assert result[1].sakari_id == stored(emulator, number(1)).id != first.id
