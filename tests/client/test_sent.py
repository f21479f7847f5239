"""What Sakari answers to a send, joined to the recipients asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.resources.sent import read_result
from tests.client.reach import Sleeps
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer


TEXT = "Hello {{firstName}}"
ADA = "+12125550123"


ASKED: list[dict[str, Any]] = [
    {"contact": {"mobile": {"number": ADA}}},
    {"contact": {"id": "b"}},
    {"conversation": "c"},
]


MADE = [
    {"id": "m1", "contact": {"id": "x", "mobile": {"number": "(212) 555-0123", "country": "US"}}},
    {"id": "m2", "contact": {"id": "b"}},
    {"id": "m3", "contact": {"id": "y"}, "conversation": {"id": "c"}},
]


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def statuses(data: dict[str, Any]) -> list[str]:
    return [one.status for one in read_result(ASKED, data).recipients]


def test_messages_are_joined_whatever_their_order() -> None:
    result = read_result(ASKED, {"messages": MADE[::-1], "job": {"id": 7}, "valid": "3"})
    assert [one.message and one.message["id"] for one in result.recipients] == ["m1", "m2", "m3"]
    assert (result.job_id, result.valid) == ("7", 3)


def test_an_answer_that_only_counts_is_believed_where_the_count_fits() -> None:
    assert statuses({"valid": 3}) == ["accepted"] * 3
    assert statuses({"queued": 3}) == ["accepted"] * 3
    assert statuses({"messages": MADE[:1], "valid": 3}) == ["accepted"] * 3


def test_an_answer_that_does_not_tell_is_not_taken_for_success() -> None:
    assert statuses({}) == ["unknown"] * 3
    assert statuses({"valid": 2}) == ["unknown"] * 3
    assert statuses({"messages": MADE[:2], "valid": 2}) == ["accepted", "accepted", "unknown"]


def test_a_refusal_of_nobody_who_was_named_is_not_taken_for_success() -> None:
    assert statuses({"invalid": [BLOCKED], "valid": 3}) == ["unknown"] * 3
    assert statuses({"invalid": [BLOCKED], "valid": 2}) == ["unknown"] * 3
    assert statuses({"invalid": [BLOCKED], "messages": MADE[:1], "valid": 3})[0] == "accepted"


def test_those_named_and_those_found_are_told_by_one_count() -> None:
    found = {"id": "m9", "contact": {"id": "f"}}
    data = {"requested": 9, "valid": 9, "messages": [found]}
    result = read_result(ASKED, data, filtered=True)
    assert [one.status for one in (*result.recipients, *result.found)] == ["accepted"] * 4
    data = {"requested": 9, "valid": 8, "messages": [found], "invalid": [BLOCKED]}
    result = read_result(ASKED, data, filtered=True)
    assert [one.status for one in result.recipients] == ["unknown"] * 3  # one may be the refused
    assert [(one.status, one.asked["contact"]["id"]) for one in result.found] == [
        ("accepted", "f"),
        ("rejected", "z"),
    ]
    assert result.others == "accepted"
    assert read_result(ASKED, {**data, "valid": 7}, filtered=True).others == "unknown"
    assert read_result(ASKED, {"valid": 3}, filtered=True).others == "unknown"


def test_who_is_invalid_is_rejected_and_the_rest_counted() -> None:
    refused = {"id": "b", "error": {"code": "CONT-010", "description": "no"}}
    result = read_result(ASKED, {"invalid": [refused], "valid": 2})
    assert [(one.status, one.code) for one in result.recipients] == [
        ("accepted", None),
        ("rejected", "CONT-010"),
        ("accepted", None),
    ]


@pytest.mark.parametrize("odd", [None, 7, "x", {"a": 1}, [None, 7, "x", [], {}]])
def test_odd_answers_are_unknown_and_no_accident(odd: Any) -> None:
    names = ("messages", "invalid", "jobId", "job", "valid", "requested", "estimatedPrice")
    result = read_result(ASKED, dict.fromkeys(names, odd))
    assert len(result.recipients) == 3
    assert {one.status for one in result.recipients} == {"unknown"}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"status": "Error", "error": {"code": "MSG-020", "description": "no"}}, "MSG-020"),
        ({"status": "INVALID", "error": None}, None),
        ({"status": "queued", "error": {"code": "MSG-020", "description": "no"}}, "MSG-020"),
        ({"error": {"code": 30003, "description": "no"}}, None),
        ({"error": {"description": "no"}}, None),
        ({"status": "Undelivered", "error": None}, None),
    ],
)
def test_a_message_that_failed_is_rejected(message: dict[str, Any], code: str | None) -> None:
    result = read_result(ASKED[1:2], {"valid": 1, "messages": [{**MADE[1], **message}]})
    (one,) = result.recipients
    assert (one.status, one.code) == ("rejected", code)
    assert one.description == ("no" if message["error"] else None)
    assert one.message is result.messages[0]


@pytest.mark.parametrize("error", [None, {}, {"code": None, "description": None}, ""])
def test_a_message_without_a_failure_is_accepted(error: Any) -> None:
    data = {"messages": [{**MADE[1], "status": "queued", "error": error}]}
    assert [one.status for one in read_result(ASKED[1:2], data).recipients] == ["accepted"]


def test_a_failed_message_leaves_open_whether_the_count_holds_it() -> None:
    failed = {**MADE[1], "status": "error"}
    assert statuses({"messages": [failed], "valid": 2}) == ["unknown", "rejected", "unknown"]
    assert statuses({"messages": [failed], "valid": 3}) == ["accepted", "rejected", "accepted"]


def test_a_count_that_holds_those_whom_filters_found_tells_of_nobody(
    settings: dict[str, Any],
) -> None:
    with odd_server(answer(b'{"data": {"requested": 2, "valid": 1}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            result = sakari.messages.send(TEXT, contacts=[ADA], filters={"tags": ["vip"]})
            assert [one.status for one in result.recipients] == ["unknown"]
            alone = sakari.messages.send(TEXT, contacts=[ADA])
            assert [one.status for one in alone.recipients] == ["accepted"]


BLOCKED = {"id": "z", "error": {"code": "CONT-010", "description": "no"}}


def test_a_conversation_whose_contact_is_blocked_is_rejected(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    conversation = next(row for row in emulator.account.conversations if row.contact)
    assert conversation.contact is not None
    contact = emulator.account.contacts.find(conversation.contact.id)
    assert contact is not None
    contact.blocked = "2025-06-01T00:00:00.000Z"
    (one,) = sakari.messages.send(TEXT, conversations=[conversation.id]).recipients
    assert (one.status, one.code) == ("rejected", "CONT-010")


def test_one_who_is_left_over_is_the_one_that_the_answer_has_left() -> None:
    result = read_result(ASKED, {"messages": MADE[:2], "invalid": [BLOCKED]})
    assert [one.status for one in result.recipients] == ["accepted", "accepted", "rejected"]
    assert result.recipients[2].refused is result.invalid[0]
    unnamed = {"id": "m3", "status": "queued"}
    result = read_result(ASKED, {"messages": [*MADE[:2], unnamed]})
    assert result.recipients[2].message == unnamed


def test_what_is_left_over_is_not_guessed() -> None:
    left = {"messages": [*MADE[:2], {"id": "m3"}], "invalid": [BLOCKED]}
    assert statuses(left)[2] == "unknown"
    assert statuses({"messages": MADE[:1], "invalid": [BLOCKED]})[1:] == ["unknown"] * 2
    # The contact of a message that failed is not another recipient's.
    failed = {**MADE[1], "status": "error"}
    again = {"messages": [MADE[0], failed], "invalid": [{**BLOCKED, "id": "b"}]}
    assert statuses(again) == ["accepted", "rejected", "unknown"]
    filtered = read_result(ASKED, {"messages": MADE[:2], "invalid": [BLOCKED]}, filtered=True)
    assert filtered.recipients[2].status == "unknown"


def test_where_nobody_is_valid_everybody_is_rejected() -> None:
    assert statuses({"requested": 3, "valid": 0}) == ["rejected"] * 3
    filtered = read_result(ASKED, {"requested": 9, "valid": 0}, filtered=True)
    assert {one.status for one in filtered.recipients} == {"unknown"}


@pytest.mark.parametrize("beside", [{}, {"invalid": [], "estimatedPrice": None}])
def test_what_only_the_job_has_is_read_from_it(beside: dict[str, Any]) -> None:
    job = {"id": "j", "invalid": [{**BLOCKED, "id": "b"}], "estimatedPrice": 0.1}
    result = read_result(ASKED, {"job": job, "valid": 2, **beside})
    assert [one.code for one in result.recipients] == [None, "CONT-010", None]
    assert (result.estimated_price, len(result.invalid)) == (0.1, 1)
