"""What Sakari answers to an upload, told for each row."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from tests.client.people import Contact, people
from tests.client.reach import Sleeps
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from sakari_client.resources.upload import RowOutcome


NO_MOBILE = people(1)[0]
NO_MOBILE["mobile"]["valid"] = False


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
        ({"contacts": people(1), "submitted": 3, "success": 0}, ["unknown"] * 3),
        ({"contacts": people(1), "success": 0}, ["unknown"] * 3),
        ({"contacts": people(3), "submitted": 3, "success": 2}, ["unknown"] * 3),
        (
            {"contacts": [{**people(1)[0], "valid": False}, *people(3)[1:]], "success": 2},
            ["rejected", "written", "written"],
        ),
        (
            {"contacts": [{**people(1)[0], "valid": True, "error": None}, *people(3)[1:]]},
            ["written"] * 3,
        ),
        (
            {"errors": [{"error": {"code": "CONT-010"}}], "submitted": 3, "success": 3},
            ["unknown"] * 3,
        ),
        (
            {
                "contacts": people(2),
                "errors": [{"error": {"code": "CONT-010"}}],
                "submitted": 3,
                "success": 2,
            },
            ["written", "written", "rejected"],
        ),
        (
            {"contacts": [NO_MOBILE, *people(3)[1:]], "submitted": 3, "success": 3},
            ["written"] * 3,
        ),
    ],
)
def test_what_the_answer_does_not_tell_is_unknown(
    data: dict[str, Any], expected: list[str]
) -> None:
    assert [one.status for one in answered(data, people(3))] == expected


def test_a_contact_who_is_stored_with_a_number_that_is_not_valid_is_said(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.WARNING):
        first, second = answered(
            {"contacts": [NO_MOBILE, people(2)[1]], "submitted": 2, "success": 2}, people(2)
        )
    assert (first.status, second.status) == ("written", "written")
    assert "not valid" in str(first.description)
    assert second.description is None
    assert caplog.text == ""


def test_a_listed_contact_with_an_error_is_rejected_with_its_code() -> None:
    listed = {**people(1)[0], "id": "x", "error": {"code": "CONT-010", "description": "Landline"}}
    [outcome] = answered({"contacts": [listed], "submitted": 1, "success": 0}, people(1))
    assert (outcome.status, outcome.code, outcome.contact) == ("rejected", "CONT-010", None)
    assert outcome.description == "Landline"


def test_numbers_that_may_be_the_same_are_not_rejected_by_count() -> None:
    rows = [{"mobile": {"number": number}} for number in ("+19075550140", "907 555 0140")]
    outcomes = answered({"contacts": rows[:1], "submitted": 2, "success": 1}, rows)
    assert [one.status for one in outcomes] == ["written", "unknown"]
    none = answered({"submitted": 2, "success": 0}, rows)
    assert [one.status for one in none] == ["rejected", "rejected"]


@pytest.mark.parametrize(
    "raw",
    [
        answer(b"", "204 No Content"),
        answer(b"", "201 Created"),
        answer(b'{"success": true}', "201 Created"),
        answer(b'{"success": true, "data": null}'),
    ],
)
def test_an_answer_without_data_is_not_asked_for_again(
    raw: bytes, settings: dict[str, Any]
) -> None:
    with odd_server(raw) as server:
        config = {**settings, "api_url": server.url}
        with SakariClient.from_settings(config, clock=Sleeps().clock) as sakari:
            outcomes = list(sakari.contacts.upload(people(3)))
    assert [one.status for one in outcomes] == ["unknown"] * 3
    assert outcomes[0].description == "Sakari's answer does not tell what became of it."
    assert len([head for head in server.heads if "/contacts" in head]) == 1


@pytest.mark.parametrize(
    "data",
    [
        {"contacts": people(2), "submitted": 2, "success": 2},
        {"contacts": people(2), "errors": people(3)[2:], "submitted": 3, "success": 3},
        {"errors": people(3)[2:], "submitted": 3, "success": 1},
        {"submitted": 3, "success": 2},
        {"contacts": people(2), "success": 1},
        {"submitted": 4},
    ],
)
def test_counts_that_do_not_add_up_are_said(
    data: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        answered(data, people(3))
    assert "3 contacts were uploaded; Sakari counts" in caplog.text


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"submitted": 3, "success": 3},
        {"contacts": people(2), "errors": people(3)[2:], "submitted": 3, "success": 2},
        {"contacts": [{**people(1)[0], "valid": False}], "submitted": 3, "success": 2},
    ],
)
def test_counts_that_add_up_are_not(data: dict[str, Any], caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        answered(data, people(3))
    assert "were uploaded" not in caplog.text
