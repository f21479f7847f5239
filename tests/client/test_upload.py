"""Uploading contacts as CSV: whatever they hold arrives, and each row has an outcome."""

from __future__ import annotations

import csv
import json
import logging
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidInputError, RequestRefusedError
from tests.client.reach import Sleeps
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.resources.upload import RowOutcome
    from sakari_emulator.server import EmulatorServer

Contact = dict[str, Any]


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def people(count: int) -> list[Contact]:
    """Contacts with numbers of their own."""
    return [
        {"mobile": {"number": f"+1907555{140 + at:04}", "country": "US"}, "firstName": f"P{at}"}
        for at in range(count)
    ]


def statuses(outcomes: list[RowOutcome]) -> dict[str, int]:
    return dict(Counter(one.status for one in outcomes))


def uploads(emulator: EmulatorServer) -> int:
    return sum(one.method == "POST" and one.path.endswith("/contacts") for one in emulator.requests)


def test_whatever_a_contact_holds_arrives(emulator: EmulatorServer, sakari: SakariClient) -> None:
    contact = {
        "mobile": {"number": "+12125550123", "country": "US"},
        "firstName": 'Ada "the first", Countess\nof Lovelace',
        "lastName": "=SUM(A1:A9)",
        "email": "ada@example.com",
        "tags": ["vip", {"tag": "new, old", "visible": True}],
        "attributes": {"plan": "p|q;r", "größe": "ä€😀", "score": 7, "member": True, "none": None},
    }
    [outcome] = sakari.contacts.upload([contact])
    assert (outcome.index, outcome.status) == (0, "written")
    assert outcome.contact is not None
    stored = sakari.contacts.get(outcome.contact["id"])
    for name in ("firstName", "lastName", "email"):
        assert stored[name] == contact[name]
    assert [tag["tag"] for tag in stored["tags"]] == ["vip", "new, old"]
    assert stored["attributes"] == {
        "plan": "p|q;r", "größe": "ä€😀", "score": "7", "member": "true",
    }  # fmt: skip


@pytest.mark.parametrize("chunk_rows", [1, 7, 1000])
def test_each_row_has_its_outcome_in_order(
    emulator: EmulatorServer, sakari: SakariClient, chunk_rows: int
) -> None:
    rows = people(20)
    rows[3]["mobile"]["number"] = "+1212"
    rows[8] = {"email": "nobody@example.com"}
    rows[12]["tags"] = ["two|tags"]
    outcomes = list(sakari.contacts.upload(iter(rows), chunk_rows=chunk_rows))
    assert [one.index for one in outcomes] == list(range(20))
    assert {one.index for one in outcomes if one.status != "written"} == {3, 8, 12}
    assert outcomes[3].code == "CONT-001"
    assert "mobile.number" in str(outcomes[8].description)
    assert "pipe" in str(outcomes[12].description)
    ids = {one.contact["id"] for one in outcomes if one.contact}
    assert len(ids) == 17
    assert ids <= set(emulator.ids("contacts"))
    sendable = 18
    least = {1: sendable, 7: 3, 1000: 1}
    assert uploads(emulator) == least[chunk_rows]


def test_contacts_are_taken_as_they_are_sent_and_not_before(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    taken = 0

    def rows() -> Iterator[Contact]:
        nonlocal taken
        for one in people(50):
            taken += 1
            yield one

    outcomes = sakari.contacts.upload(rows(), chunk_rows=10)
    next(outcomes)
    assert taken <= 11


def test_a_chunk_is_bounded_in_size_too(emulator: EmulatorServer, sakari: SakariClient) -> None:
    notes = {f"note {at}": "x" * 100_000 for at in range(20)}
    rows = [{**one, "attributes": notes} for one in people(5)]
    assert statuses(list(sakari.contacts.upload(rows))) == {"written": 5}
    assert uploads(emulator) == 3


@pytest.mark.parametrize(
    ("merge", "attributes"),
    [("append", {"a": "1", "b": "2"}), ("core", {"a": "1"}), ("remove", {"b": "2"})],
)
def test_known_contacts_are_merged_as_told(
    sakari: SakariClient, merge: Any, attributes: dict[str, str]
) -> None:
    [one] = people(1)
    created = sakari.contacts.create({**one, "attributes": {"a": "1"}})
    [outcome] = sakari.contacts.upload([{**one, "attributes": {"b": "2"}}], merge=merge)
    assert outcome.contact is not None
    assert outcome.contact["id"] == created["id"]
    assert sakari.contacts.get(created["id"])["attributes"] == attributes


def test_an_upload_whose_answer_is_lost_is_repeated_and_makes_no_second(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=2)
    before = len(emulator.ids("contacts"))
    outcomes = list(sakari.contacts.upload(people(20), chunk_rows=5))
    assert statuses(outcomes) == {"written": 20}
    assert len(emulator.ids("contacts")) == before + 20


def test_an_answer_that_only_counts_is_believed_where_it_adds_up(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(csv_lists="counts")
    assert statuses(list(sakari.contacts.upload(people(5)))) == {"written": 5}
    rows = people(5)
    rows[0]["mobile"]["number"] = "+1212"
    assert statuses(list(sakari.contacts.upload(rows))) == {"unknown": 5}


def test_a_server_that_takes_no_csv_is_said(emulator: EmulatorServer, sakari: SakariClient) -> None:
    emulator.switch(csv="reject")
    with pytest.raises(RequestRefusedError, match="415"):
        list(sakari.contacts.upload(people(2)))


def answered(data: dict[str, Any], rows: list[Contact]) -> list[RowOutcome]:
    """The outcomes of an upload that a server answers so."""
    body = json.dumps({"success": True, "data": data}).encode()
    with odd_server(answer(body, "201 Created")) as server:
        config = {"client_id": "i", "client_secret": "s", "account_id": "a", "api_url": server.url}
        with SakariClient.from_settings(config) as sakari:
            return list(sakari.contacts.upload(rows))


def test_numbers_are_known_whatever_way_they_come_back() -> None:
    rows = people(2)
    shown = {"id": "x", "mobile": {"number": "(907) 555-0140", "country": "US"}}
    refused = {"mobile": {"number": "907-555-0141", "country": "US"}, "error": {"code": "CONT-010"}}
    outcomes = answered({"contacts": [shown], "errors": [refused]}, rows)
    assert [(one.status, one.code) for one in outcomes] == [
        ("written", None),
        ("rejected", "CONT-010"),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({}, ["unknown"] * 3),
        ({"submitted": 3, "success": 3}, ["written"] * 3),
        ({"submitted": 3, "success": 0}, ["rejected"] * 3),
        ({"submitted": 3, "success": 2}, ["unknown"] * 3),
        ({"submitted": 2, "success": 2}, ["unknown"] * 3),
        ({"submitted": 3, "success": True}, ["unknown"] * 3),
        ({"contacts": people(3)[:2], "submitted": 3, "success": 3}, ["written"] * 3),
        (
            {"contacts": people(3)[:2], "submitted": 3, "success": 2},
            ["written", "written", "rejected"],
        ),
        (
            {"contacts": people(3)[:2], "submitted": 2, "success": 2},
            ["written", "written", "unknown"],
        ),
        (
            {"contacts": people(1), "errors": people(1), "submitted": 3, "success": 1},
            ["unknown"] * 3,
        ),
    ],
)
def test_what_the_answer_does_not_tell_is_unknown(
    data: dict[str, Any], expected: list[str]
) -> None:
    assert [one.status for one in answered(data, people(3))] == expected


def test_counts_that_do_not_add_up_are_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answered({"contacts": people(2), "submitted": 2, "success": 2}, people(3))
    assert "3 contacts were uploaded; Sakari counts 2, writes 2 and refuses 0" in caplog.text


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({}, "mobile.number is what"),
        ({"mobile": "+12125550123"}, "mobile.number is what"),
        ({"mobile": {"number": " "}}, "mobile.number is what"),
        ({"lists": [{"id": "1"}]}, "lists has no column"),
        ({"tags": "vip"}, "tags must be a list"),
        ({"tags": [7]}, "tags must hold texts"),
        ({"tags": ["a|b"]}, "tags hold one with a pipe"),
        ({"attributes": [1]}, "attributes must be an object"),
        ({"attributes": {"email": "x"}}, "named like another column"),
        ({"attributes": {"": "x"}}, "named like another column"),
        ({"attributes": {"a": "half \ud83d"}}, "attributes holds a character"),
        ({"firstName": "a\0b"}, "firstName holds a character"),
    ],
)
def test_a_row_that_cannot_be_sent_is_rejected_by_name(
    contact: Contact, said: str, sakari: SakariClient, emulator: EmulatorServer
) -> None:
    row = {**people(1)[0], **contact} if contact and "mobile" not in contact else contact
    [outcome] = sakari.contacts.upload([row])
    assert outcome.status == "rejected"
    assert said in str(outcome.description)
    assert not uploads(emulator)


def test_what_was_read_can_be_uploaded(emulator: EmulatorServer, sakari: SakariClient) -> None:
    fields = {"mobile", "firstName", "lastName", "email", "tags", "attributes", "id", "created"}
    known = [
        {name: value for name, value in one.items() if name in fields}
        for one in sakari.contacts.list()
        if (one.get("mobile") or {}).get("number")
    ]
    before = set(emulator.ids("contacts"))
    outcomes = list(sakari.contacts.upload(known))
    assert statuses(outcomes) == {"written": len(known)}
    assert set(emulator.ids("contacts")) == before


def test_values_are_written_as_text(settings: dict[str, Any]) -> None:
    attributes = {"price": Decimal("1.50"), "list": [1, "ä"], "flag": False, "text": "a,b"}
    with odd_server(answer(b'{"data": {}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            list(sakari.contacts.upload([{**people(1)[0], "attributes": attributes}]))
    assert "Content-Type: text/csv; charset=utf-8" in server.heads[-1]
    assert "?mergeStrategy=append " in server.heads[-1]
    [row] = csv.DictReader(server.bodies[-1].decode().splitlines())
    assert row == {
        "country": "US", "firstName": "P0", "lastName": "", "email": "",
        "mobile": "+19075550140", "tags": "",
        "price": "1.50", "list": '[1, "ä"]', "flag": "false", "text": "a,b",
    }  # fmt: skip


def test_a_chunk_of_no_rows_is_refused(sakari: SakariClient) -> None:
    with pytest.raises(InvalidInputError, match="chunk_rows"):
        list(sakari.contacts.upload([], chunk_rows=0))
