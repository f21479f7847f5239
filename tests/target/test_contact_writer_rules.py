"""Any records, loaded over HTTP, make of an account what the rules say; a dry run says the same."""

from __future__ import annotations

import copy
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sakari_emulator.rows import Mobile
from tests.examples import examples
from tests.target.contact_loads import Record, load, methods
from tests.target.contact_rules import Contact, accounts, apply, inputs, routes

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import Route

SEQUENCES = st.lists(st.tuples(inputs(ids=()), routes()), max_size=6)


def fill(emulator: EmulatorServer, contacts: list[Contact]) -> None:
    """Make the account have some contacts and no others."""
    emulator.reset()
    emulator.account.delete("contacts", 130)
    for one in contacts:
        [made] = emulator.account.insert("contacts")
        row: Any = emulator.account.contacts.find(made)
        row.first_name, row.last_name, row.email = one["firstName"], None, one["email"]
        emulator.account.contacts.give(row, Mobile(one["mobile"], one["mobile"], "US"))
        row.attributes, row.blocked = dict(one["attributes"]), one.get("blocked")
        row.tags = [{"tag": tag, "visible": shown} for tag, shown in one["tags"].items()]


def kept(emulator: EmulatorServer) -> list[Contact]:
    """The contacts of the account as the rules have them, but for their ids."""
    found = []
    for row in emulator.account.contacts:
        assert row.mobile
        texts = {"firstName": row.first_name, "lastName": row.last_name, "email": row.email}
        found.append(
            {
                "mobile": row.mobile.number,
                "tags": {tag["tag"]: tag["visible"] for tag in row.tags},
                "attributes": _plain(row.attributes),
                **{
                    name: value
                    for name, value in {**texts, "blocked": row.blocked}.items()
                    if value
                },
            }
        )
    return sorted(found, key=lambda one: str(one["mobile"]))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items() if inner is not None}
    return str(value).lower()


def expected(contacts: list[Contact]) -> list[Contact]:
    return sorted(
        (
            {
                **{name: value for name, value in one.items() if name != "id"},
                "attributes": _plain(one["attributes"]),
            }
            for one in contacts
        ),
        key=lambda one: str(one["mobile"]),
    )


def record(wanted: ContactInput, route: Route) -> Record:
    """A record that means something, for the tests' mapper."""
    others = {
        "mobile": wanted.mobile,
        "tags": wanted.tags,
        "attributes": wanted.attributes,
        "deleted": wanted.deleted,
    }
    return {**wanted.fields, **others, "route": route}


@pytest.mark.parametrize(
    "switches",
    [
        {"put": "replace", "append": "adds"},
        {"put": "merge", "append": "replaces", "csv_lists": "counts"},
    ],
)
@pytest.mark.parametrize("method", ["single", "bulk"])
@given(accounts(), SEQUENCES, st.integers(1, 6))
@settings(examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_account_becomes_what_the_rules_say(  # noqa: PLR0913, PLR0917
    emulator: EmulatorServer,
    settings: dict[str, Any],
    method: Any,
    switches: dict[str, Any],
    contacts: list[Contact],
    sequence: list[tuple[ContactInput, Route]],
    batch: int,
) -> None:
    fill(emulator, contacts)
    emulator.switch(**switches)
    records = [record(*one) for one in sequence]
    before = kept(emulator)
    planned = load(settings, records, batch=batch, write_method=method, dry_run=True)
    assert kept(emulator) == before
    written = load(settings, records, batch=batch, write_method=method)
    assert written.decisions == planned.decisions
    rules = copy.deepcopy(contacts)
    ends: defaultdict[str, int] = defaultdict(int)
    brought: set[str] = set()
    for wanted, route in sequence:
        ends[apply(rules, wanted, route, brought)] += 1
    assert kept(emulator) == expected(rules)
    # Records that are told as one are all written if any of them changes something.
    done = [written.counts.get(one, 0) for one in ("written", "unchanged")]
    assert sum(done) == sum(ends[one] for one in ("create", "update", "delete", "unchanged"))
    if batch == 1:
        assert done[1] == ends["unchanged"]


@given(accounts(), st.dictionaries(st.integers(0, 2), inputs(ids=()), min_size=1, max_size=3))
@settings(examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_same_records_again_write_nothing(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    contacts: list[Contact],
    wanted: dict[int, ContactInput],
) -> None:
    fill(emulator, contacts)
    records: list[Record] = []
    for at, one in wanted.items():
        fields = {name: value for name, value in one.fields.items() if name != "email"}
        mobile = f"+1907555014{at}"
        records.append({"mobile": mobile, **fields, "attributes": one.attributes, "tags": one.tags})
    load(settings, records, write_method="bulk")
    writes = methods(emulator)
    again = load(settings, records, write_method="bulk")
    assert set(again.counts) <= {"unchanged"}
    assert {**methods(emulator), "GET": 0} == {**writes, "GET": 0}
