"""Real Meltano, a real CSV tap, a CRM's export with its dirt: the account holds what it should."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from devtools.crm_account import CrmAccount, crm_account
from devtools.crm_export import ENDINGS, Person
from devtools.crm_load import Load, Loading

if TYPE_CHECKING:
    from collections.abc import Iterator

    from devtools.meltano import Meltano, Run

JOBS = ["crm-to-sakari", "crm-to-sakari-by-maps"]


@dataclass(frozen=True)
class Loads:
    """What was loaded one after the other, and how the account then was."""

    account: CrmAccount
    untouched: bool
    dry: Load
    first: Load
    people: dict[str, Person]
    faults: list[str]
    second: Load
    unchanged_file: Load


def run(meltano: Meltano, name: str, *arguments: str) -> Run:
    ended = meltano(name, "run", *arguments)
    assert ended.exit_code == 0, ended.last_words()
    return ended


@pytest.fixture(scope="module", params=JOBS)
def loads(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Loads]:
    folder, job = tmp_path_factory.mktemp("load"), request.param
    with crm_account(folder) as account:
        loading, before = Loading(account, folder, run), account.people()
        dry = loading("dry", job, dry_run="true")
        untouched = account.people() == before
        first = loading("first", job)
        people, faults = account.people(), account.faults()
        second = loading("second", "--full-refresh", job)
        unchanged_file = loading("third", job)
        yield Loads(account, untouched, dry, first, people, faults, second, unchanged_file)


def test_every_sort_of_row_ends_as_it_should(loads: Loads) -> None:
    assert len(loads.first.outcomes) == 200
    assert loads.first.endings() == loads.account.expected.endings()
    assert set(loads.account.expected.counts()) == set(ENDINGS)


def test_the_account_holds_what_the_export_says_and_what_it_held(loads: Loads) -> None:
    assert loads.faults == []
    assert len(loads.people) == 178
    kept = loads.people["+12125550100"]
    assert "since-2019" in kept.tags
    assert kept.attributes["account_manager"] == "Kim"


def test_a_dry_run_decides_alike_and_writes_nothing(loads: Loads) -> None:
    assert loads.untouched
    assert loads.dry.writes == 0
    assert loads.dry.endings() == loads.first.planned()


def test_the_same_export_once_more_writes_nothing(loads: Loads) -> None:
    assert loads.second.writes == 0
    assert loads.account.faults() == []
    outcomes = Counter(outcome for _, outcome, _ in loads.second.endings().values())
    assert outcomes == {"unchanged": 192, "rejected": 8}


def test_a_file_that_did_not_change_is_not_read_again(loads: Loads) -> None:
    assert loads.unchanged_file.outcomes == []
    assert loads.unchanged_file.writes == 0


def test_outcomes_hold_nothing_personal(loads: Loads) -> None:
    told = json.dumps([{**one, "key": None} for one in loads.first.outcomes], ensure_ascii=False)
    for person in loads.people.values():
        for value in (person.first_name, person.last_name, person.email):
            assert len(value) < 4 or value not in told


def test_what_was_written_has_its_id(loads: Loads) -> None:
    ids = [one["sakari_id"] for one in loads.first.outcomes if one["outcome"] == "written"]
    assert all(ids)
    assert len(set(ids)) == 177


def test_rejects_are_a_singer_stream_of_what_was_rejected(loads: Loads) -> None:
    lines: list[dict[str, Any]] = [
        json.loads(line) for line in loads.first.rejects.read_text("utf-8").splitlines()
    ]
    assert [one["type"] for one in lines] == ["SCHEMA"] + 8 * ["RECORD"]
    endings = loads.first.endings()
    for one in lines[1:]:
        assert endings[one["record"]["customer_no"]][2] == one["rejected"]["reason"]
