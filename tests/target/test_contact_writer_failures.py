"""What ends a load of contacts early, and what is known of the records by then."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.errors import (
    AuthenticationError,
    CircuitOpenError,
    RequestRefusedError,
    SakariError,
)
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.odd_server import answer, odd_server
from tests.target.contact_loads import Load, Record, load, methods, number, people, turn

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

NAMES = {one["firstName"] for one in people(100)}


def test_a_record_that_sakari_fails_at_is_unknown_and_the_others_go_on(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(fail_after_accept_every=4, fail_after_accept="500")
    settings = {**settings, "max_retries": 0}
    result = load(settings, people(20), write_method="single")
    assert result.counts == {"written": 15, "unknown": 5}
    assert {(one.outcome, one.reason, one.attempts) for _, one in result.outcomes} == {
        ("written", None, 1),
        ("unknown", Reason.FAILED, 1),
    }


def test_tries_are_counted(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    emulator.switch(fail_after_accept_every=2, fail_after_accept="500")
    result = load(settings, people(10), write_method="single", workers=1)
    assert result.counts == {"written": 10}
    tries = [one.attempts for _, one in result.outcomes]
    assert set(tries) == {1, 2}
    assert sum(tries) == sum(
        one.method == "POST" and one.path.endswith("/contacts") for one in emulator.requests
    )


def each_in_a_chunk_of_its_own(settings: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Records of contacts who are known; they have columns of their own."""
    load(settings, people(count))
    return [{**one, "attributes": {f"a{at}": 1}} for at, one in enumerate(people(count))]


def changed(emulator: EmulatorServer) -> set[str]:
    """The numbers of those among them who were written."""
    contacts = [one for one in emulator.account.contacts if one.first_name in NAMES]
    return {one.mobile.number for one in contacts if one.mobile and one.attributes}


@pytest.mark.parametrize("method", ["single", "bulk"])
def test_credentials_that_end_during_the_run_end_it(
    emulator: EmulatorServer, settings: dict[str, Any], method: Any
) -> None:
    result = Load()

    def revoke() -> bool:
        if len(result.outcomes) >= 5:
            emulator.switch(error_every=1, error_status=401)
        return False

    records = each_in_a_chunk_of_its_own(settings, 30)
    with pytest.raises(AuthenticationError):
        load(settings, records, write_method=method, stopping=revoke, into=result, workers=4)
    assert 5 <= len(result.outcomes) < 30
    assert result.counts == {"written": len(result.outcomes)}
    assert changed(emulator) == {item.record["mobile"] for item, _ in result.outcomes}


def test_an_account_without_credit_ends_the_run() -> None:
    body = b'{"success": false, "error": {"code": "ACCT-006", "message": "none"}}'
    with odd_server(answer(body, status="400 Bad Request")) as server:
        settings = {"api_url": server.url, "client_id": "a", "client_secret": "b"}
        with pytest.raises(RequestRefusedError) as caught:
            load({**settings, "account_id": "c"}, people(1))
    assert caught.value.code == "ACCT-006"


def test_many_failures_in_a_row_end_the_run(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept="500")
    settings = {**settings, "max_retries": 0, "circuit_breaker_failures": 5}
    result = Load()
    with pytest.raises(CircuitOpenError):
        load(settings, people(40), write_method="single", workers=2, into=result)
    assert {one.outcome for _, one in result.outcomes} == {"unknown"}
    assert len(result.outcomes) < 10


@pytest.mark.parametrize("method", ["single", "bulk"])
def test_a_run_that_is_to_stop_begins_nothing_further(
    emulator: EmulatorServer, settings: dict[str, Any], method: Any
) -> None:
    result = Load()
    records = each_in_a_chunk_of_its_own(settings, 40)
    load(
        settings,
        records,
        write_method=method,
        stopping=lambda: len(result.outcomes) >= 7,
        into=result,
        workers=3,
    )
    assert 7 <= len(result.outcomes) <= 7 + 3
    assert result.counts == {"written": len(result.outcomes)}
    assert len(changed(emulator)) == len(result.outcomes)


def test_a_run_that_is_to_stop_reads_no_further(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    result = load(settings, people(40), Route("people", "contacts", mode="mirror"), stopping=yes)
    assert result.outcomes == []
    assert result.rows == []
    assert methods(emulator)["GET"] <= 2  # the first page, and one fetched ahead
    assert "POST" not in methods(emulator)


def yes() -> bool:
    return True


@pytest.mark.parametrize(
    ("record", "end"),
    [
        ({"firstName": None}, ("update", "rejected", Reason.NOT_FOUND)),
        ({"deleted": True}, ("delete", "skipped", Reason.ALREADY_ABSENT)),
    ],
)
def test_a_contact_that_is_gone_meanwhile_is_said(
    emulator: EmulatorServer, settings: dict[str, Any], record: dict[str, Any], end: Any
) -> None:
    load(settings, people(1))
    result = Load()

    def vanish() -> bool:
        if result.outcomes:
            emulator.account.delete("contacts", 1, "front")
        return False

    # The index knows of the contact, and is not asked again once the first record is written.
    records: list[dict[str, Any]] = [{"mobile": number(0), "lastName": "L"}]
    records += [{"mobile": number(0), **record}]
    route = Route("people", "contacts", delete=True)
    load(settings, records, route, stopping=vanish, into=result, batch=1)
    assert (result[1].action, result[1].outcome, result[1].reason) == end
    assert result[1].attempts == 1


def test_a_deletion_whose_answer_was_lost_is_done(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    load(settings, people(2))
    emulator.switch(truncate_every=2)  # so one of two requests in a row is hit
    route = Route("people", "contacts", mode="delete")
    result = load(settings, people(2), route, workers=1)
    assert result.counts == {"written": 2}
    assert 2 in {one.attempts for _, one in result.outcomes}
    assert len(emulator.ids("contacts")) == 130


@pytest.mark.parametrize("status", [429, 401])
def test_a_contact_that_was_gone_before_is_skipped_however_often_that_was_asked(
    emulator: EmulatorServer, settings: dict[str, Any], status: int
) -> None:
    load(settings, people(1))
    result = Load()

    gone: list[str] = []

    def vanish() -> bool:
        if result.outcomes and not gone:  # once: it is asked meanwhile, too
            gone.extend(emulator.account.delete("contacts", 1, "front"))
            emulator.switch(error_every=turn(emulator, 1), error_status=status)
        return len(result.outcomes) > 1

    records: list[Record] = [
        {**people(1)[0], "lastName": "L"},
        {"mobile": number(0), "route": Route("gone", "contacts", mode="delete")},
    ]
    load(settings, records, stopping=vanish, into=result, batch=1)
    assert (result[1].outcome, result[1].reason) == ("skipped", Reason.ALREADY_ABSENT)
    assert result[1].attempts == 2


def test_who_was_gone_before_can_be_made_again(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    first = load(settings, people(1))[0].sakari_id
    result = Load()

    def vanish() -> bool:
        if first in emulator.ids("contacts") and result.outcomes:
            emulator.account.delete("contacts", 1, "front")
        return False

    route = Route("people", "contacts", delete=True)
    records: list[Record] = [
        {"mobile": number(0), "lastName": "L"},
        {"mobile": number(0), "deleted": True},
        *people(1),
    ]
    load(settings, records, route, stopping=vanish, into=result, batch=1)
    assert [result[at].outcome for at in range(3)] == ["written", "skipped", "written"]
    assert result[2].action == "create"


def test_an_account_that_cannot_be_read_ends_the_run(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(fail_stream="contacts", error_status=400)
    with pytest.raises(RequestRefusedError):
        load(settings, people(3))
    emulator.switch(error_status=500)
    with pytest.raises(SakariError):
        load({**settings, "max_retries": 0}, people(3))
