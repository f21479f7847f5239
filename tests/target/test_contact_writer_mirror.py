"""`mirror`: what the run did not bring is removed, unless that is in doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.contacts.mirror import MirrorRefusedError
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.target.contact_loads import load, methods, number, people, stored

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

ROUTE = Route("people", "contacts", mode="mirror", max_delete_percent=50)


@pytest.fixture
def account(emulator: EmulatorServer, settings: dict[str, Any]) -> EmulatorServer:
    """An account of 100 people and nobody else."""
    emulator.account.delete("contacts", 130)
    load(settings, people(100))
    return emulator


def numbers(emulator: EmulatorServer) -> set[str]:
    return {one.mobile.number for one in emulator.account.contacts if one.mobile}


def test_who_was_not_brought_is_removed(account: EmulatorServer, settings: dict[str, Any]) -> None:
    ids = set(account.ids("contacts"))
    records = [*people(70), {"mobile": number(200)}, {"mobile": number(3), "firstName": "New"}]
    result = load(settings, records, ROUTE, batch=20)
    assert result.counts == {"unchanged": 70, "written": 2}
    assert numbers(account) == {number(at) for at in (*range(70), 200)}
    assert len(result.rows) == 30
    assert {one.key["id"] for one in result.rows} == ids - set(account.ids("contacts"))
    assert {(one.stream, one.outcome.action, one.outcome.outcome) for one in result.rows} == {
        ("people", "delete", "written")
    }
    assert load(settings, records[:71], ROUTE).rows == []


def test_a_dry_run_says_whom_it_would_remove(
    account: EmulatorServer, settings: dict[str, Any]
) -> None:
    result = load(settings, people(70), ROUTE, dry_run=True)
    assert [one.outcome.outcome for one in result.rows] == ["planned"] * 30
    assert "DELETE" not in methods(account)
    written = load(settings, people(70), ROUTE)
    assert {one.key["id"] for one in written.rows} == {one.key["id"] for one in result.rows}


def test_other_streams_bring_contacts_too(
    account: EmulatorServer, settings: dict[str, Any]
) -> None:
    other = Route("others", "contacts")
    records = [*people(70), *({**one, "route": other} for one in people(90)[70:])]
    assert len(load(settings, records, ROUTE, routes=[ROUTE, other]).rows) == 10


@pytest.mark.parametrize("dry_run", [True, False])
def test_too_many_are_not_removed(
    account: EmulatorServer, settings: dict[str, Any], *, dry_run: bool
) -> None:
    with pytest.raises(MirrorRefusedError, match=r"people\.max_delete_percent.* 51 of 100"):
        load(settings, people(49), ROUTE, dry_run=dry_run)
    assert len(numbers(account)) == 100
    assert len(load(settings, people(50), ROUTE, dry_run=dry_run).rows) == 50


def test_the_strictest_of_several_limits_holds(
    account: EmulatorServer, settings: dict[str, Any]
) -> None:
    other = Route("others", "contacts", mode="mirror", max_delete_percent=10)
    records = [*people(40), *({**one, "route": other} for one in people(80)[40:])]
    with pytest.raises(MirrorRefusedError, match="more than 10 percent"):
        load(settings, records, ROUTE, routes=[ROUTE, other])
    assert len(numbers(account)) == 100


@pytest.mark.parametrize("told", ["full", "counts"])
def test_contacts_that_the_run_made_do_not_weigh(
    account: EmulatorServer, settings: dict[str, Any], told: str
) -> None:
    account.switch(csv_lists=told)
    others = people(500)[200:]
    with pytest.raises(MirrorRefusedError, match="100 of 100"):
        load(settings, others, ROUTE)
    assert {number(at) for at in range(100)} <= numbers(account)


@pytest.mark.parametrize("dry_run", [True, False])
def test_who_opted_out_stays_and_is_told(
    account: EmulatorServer, settings: dict[str, Any], *, dry_run: bool
) -> None:
    gone = [stored(account, number(at)) for at in (10, 11)]
    for one in gone:
        one.blocked = "2026-01-01T00:00:00.000Z"
    few = replace(ROUTE, max_delete_percent=1)
    records = [one for one in people(99) if one["mobile"] not in {number(10), number(11)}]
    result = load(settings, records, few, dry_run=dry_run)
    ends = {str(row.key["id"]): (row.outcome.outcome, row.outcome.reason) for row in result.rows}
    assert {ends.pop(one.id) for one in gone} == {("skipped", Reason.OPTED_OUT)}
    assert [*ends.values()] == [("planned" if dry_run else "written", None)]
    assert {one.mobile.number for one in gone if one.mobile} <= numbers(account)
    # So a record that comes later does not make such a contact anew.
    assert load(settings, people(12)[10:]).counts == {"unchanged": 2}


def test_nobody_is_removed_where_a_write_ended_unknown(
    account: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    account.switch(fail_after_accept_every=1, fail_after_accept="500")
    records = [*people(98), {"mobile": number(98), "firstName": "Changed"}]
    result = load({**settings, "max_retries": 0}, records, ROUTE, write_method="single")
    assert result.counts == {"unchanged": 98, "unknown": 1}
    assert result.rows == []
    assert any("1 records for contacts were not written" in one for one in caplog.messages)


@pytest.mark.parametrize(
    ("route", "records", "why"),
    [
        (replace(ROUTE, incremental=True), people(99), "what changed only"),
        (ROUTE, [*people(98), {"bad": 1}], "1 records for contacts were not written"),
        (ROUTE, [], "brought no record"),
        (ROUTE, [{**one, "route": Route("others", "contacts")} for one in people(99)], "no record"),
    ],
)
def test_nobody_is_removed_where_it_is_in_doubt(  # noqa: PLR0913, PLR0917
    account: EmulatorServer,
    settings: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    route: Route,
    records: list[dict[str, Any]],
    why: str,
) -> None:
    assert load(settings, records, route).rows == []
    assert len(numbers(account)) == 100
    assert [one for one in caplog.messages if "mirror removed no contact" in one and why in one]


def test_nobody_is_removed_where_the_account_cannot_be_read_whole(
    account: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    account.switch(ignore_offset=True, page_cap=10)
    assert load(settings, people(5), ROUTE).rows == []
    assert any("could not all be read" in one for one in caplog.messages)


def test_without_mirror_nothing_is_left_to_do(
    account: EmulatorServer, settings: dict[str, Any]
) -> None:
    assert load(settings, people(1)).rows == []
    assert len(numbers(account)) == 100
