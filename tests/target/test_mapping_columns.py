"""Which fields of people's records are taken for what."""

from __future__ import annotations

from typing import Any

import pytest

from sakari_client.schemas import load_schema
from target_sakari.mapping.aliases import ALIASES, comparable, markdown_rows
from target_sakari.mapping.columns import Columns, is_deleted, slips, unused
from target_sakari.routes import KINDS, Kind, Route

CONTACTS = Route("crm", "contacts")


@pytest.mark.parametrize("kind", KINDS)
def test_each_name_is_of_one_field(kind: Kind) -> None:
    names = [comparable(name) for aliases in ALIASES[kind].values() for name in aliases]
    assert len(names) == len(set(names))
    for field, aliases in ALIASES[kind].items():
        assert field == "id" or comparable(field) in map(comparable, aliases)


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_has_the_fields_of_the_contract(kind: Kind) -> None:
    assert list(ALIASES[kind]) == list(load_schema(f"target/{kind}")["properties"])


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("phone", "mobile"), ("phone_number", "mobile"), ("mobile_number", "mobile"),
        ("Mobile #", "mobile"), ("CELL-PHONE", "mobile"), ("mobile__number", "mobile"),
        ("first_name", "firstName"), ("First Name", "firstName"), ("firstname", "firstName"),
        ("Surname", "lastName"), ("e-mail", "email"), ("E-Mail Address", "email"),
        ("Tag", "tags"), ("sakari_id", "id"), ("sakariId", "id"), ("Sakari Contact ID", "id"),
        ("mobile__country", "country"),
    ],
)  # fmt: skip
def test_names_that_people_use(name: str, field: str) -> None:
    assert Columns(CONTACTS).values({name: "value"}) == {field: "value"}


def test_a_contacts_own_id_is_not_sakaris() -> None:
    assert Columns(CONTACTS).values({"id": "17"}) == {}
    assert Columns(Route("crm", "contacts", fields={"id": "id"})).values({"id": "17"}) == {
        "id": "17"
    }
    assert Columns(Route("c", "conversations")).values({"id": "17"}) == {"id": "17"}


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"phone": "1", "mobile": "2"}, "2"),
        ({"phone": "1", "mobile": " "}, "1"),
        ({"phone": "1", "mobile": None}, "1"),
        ({"phone": "", "mobile": None}, None),
        ({"phone": 0, "mobile": ""}, 0),
        ({"phone": "1", "mobile": {"number": None, "country": "US"}}, "1"),
        ({"phone": "1", "mobile": {"number": " "}}, "1"),
        ({"phone": "1", "mobile": {}}, "1"),
        ({"phone": "1", "mobile": {"number": "2"}}, {"number": "2"}),
        ({"phone": None, "mobile": {"number": None}}, None),
    ],
)
def test_the_surest_name_with_a_value_counts(record: Any, found: Any, order: int) -> None:
    shuffled = dict([*record.items()][::order])
    assert Columns(CONTACTS).values(shuffled) == {"mobile": found}


def test_the_settings_win_over_aliases() -> None:
    route = Route("crm", "contacts", fields={"mobile": "phone", "lastName": "first"})
    columns = Columns(route)
    record = {"mobile": "2", "phone": None, "first": "Ada", "First Name": "Bea"}
    assert columns.values(record) == {"mobile": None, "lastName": "Ada", "firstName": "Bea"}
    assert columns.values({"mobile": "2", "Phone": "3"}) == {}


def test_records_of_one_stream_may_differ() -> None:
    columns = Columns(CONTACTS)
    assert columns.values({"phone": "1"}) == {"mobile": "1"}
    assert columns.values({"mail": "2"}) == {"email": "2"}
    assert columns.values({"phone": "3"}) == {"mobile": "3"}


def test_attributes_are_those_named_or_all_without_another_use() -> None:
    record = {"id": 1, "phone": "2", "plan": None, "email": "3", "_sdc_batched_at": "4"}
    named = Route("crm", "contacts", attributes=("plan", "email", "city"))
    assert Columns(named).attributes(record) == {"plan": None, "email": "3"}
    assert Columns(named).values(record) == {"mobile": "2", "email": "3"}
    every = Route("crm", "contacts", attributes="all")
    assert Columns(every).attributes(record) == {"id": 1, "plan": None}
    assert Columns(CONTACTS).attributes(record) == {}


def test_what_is_not_used_is_told() -> None:
    names = ("id", "phone", "mobile", "plan", "city", "_sdc_deleted_at")
    route = Route("crm", "contacts", attributes=("plan",), key=("id",), properties=names)
    assert unused(route) == ("city",)
    only = Route("crm", "contacts", fields={"mobile": "phone"}, properties=names)
    assert unused(only) == ("id", "mobile", "plan", "city")
    assert unused(Route("crm", "contacts", attributes="all", properties=names)) == ()


def test_slips_in_the_settings_are_told() -> None:
    route = Route(
        "crm", "contacts",
        fields={"mobile": "phon", "phone": "phone", "email": "email"},
        attributes=("city", "plan"),
        properties=("phone", "email", "plan"),
    )  # fmt: skip
    known = "id, mobile, country, firstName, lastName, email, tags, attributes"
    assert slips(route) == [
        ("fields.phone", f"contacts have no such field; they have {known}"),
        ("fields.mobile", "the stream has no field phon; did you mean phone?"),
        ("attributes", "the stream has no field city"),
    ]


def test_a_stream_that_names_no_fields_has_no_slips() -> None:
    route = Route("crm", "contacts", fields={"mobile": "anything"}, attributes=("any",))
    assert slips(route) == []
    assert slips(Route("crm", "contacts", attributes="all", properties=("phone",))) == []


def test_a_country_that_does_not_exist_is_a_slip() -> None:
    assert slips(Route("crm", "contacts", default_country="us")) == []
    for wrong in ("XX", "USA", ""):
        assert slips(Route("crm", "contacts", default_country=wrong)) == [
            ("default_country", "must be two letters of ISO 3166, such as US")
        ]


def test_only_contacts_have_attributes() -> None:
    assert slips(Route("crm", "templates", attributes="all")) == [
        ("attributes", "templates have none")
    ]
    assert slips(Route("crm", "templates")) == []


@pytest.mark.parametrize(
    ("record", "mode", "delete", "deleted"),
    [
        ({"_sdc_deleted_at": "2026-01-01"}, "upsert", True, True),
        ({"_sdc_deleted_at": "2026-01-01"}, "upsert", False, False),
        ({"_sdc_deleted_at": None}, "upsert", True, False),
        ({"_sdc_deleted_at": ""}, "upsert", True, False),
        ({}, "upsert", True, False),
        ({}, "delete", False, True),
    ],
)
def test_what_deletes(record: Any, mode: Any, delete: bool, deleted: bool) -> None:  # noqa: FBT001
    route = Route("crm", "contacts", mode=mode, delete=delete)
    assert is_deleted(route, record) is deleted


def test_the_docs_have_a_row_for_each_field() -> None:
    heading, line, *rows = markdown_rows("webhooks")
    assert heading.count("|") == line.count("|")
    assert rows[0] == "| `url` | url, destination, callback url |"
    assert len(rows) == 2
