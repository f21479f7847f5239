"""What people's records say of a contact."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.http.bodies import as_json
from target_sakari.mapping.aliases import ALIASES
from target_sakari.mapping.contacts import ContactMapper
from target_sakari.mapping.inputs import ContactInput
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.examples import examples

NUMBER = "+12125550123"


def read(record: dict[str, Any], **route: Any) -> ContactInput:
    return ContactMapper(Route("crm", "contacts", **route)).read(record)


def rejected(record: dict[str, Any], **route: Any) -> tuple[Reason, str]:
    with pytest.raises(RejectedError) as raised:
        read(record, **route)
    return raised.value.reason, raised.value.detail


def test_a_row_of_a_crm_export() -> None:
    row = {
        "Customer ID": "17", "First Name": " Zo\u00eb ", "Surname": "M\u00fcller",
        "Mobile": "", "Phone": "(212) 555-0123", "E-Mail": "zoe@example.com ", "Country": "us",
        "Tags": "vip|new", "Plan": "gold", "Balance": Decimal("12.50"), "City": "",
    }  # fmt: skip
    assert read(row, attributes=("Plan", "Balance", "City", "Street")) == ContactInput(
        mobile=NUMBER,
        country="US",
        email="zoe@example.com",
        fields={"firstName": "Zo\u00eb", "lastName": "M\u00fcller", "email": "zoe@example.com"},
        tags=({"tag": "vip"}, {"tag": "new"}),
        attributes={"Plan": "gold", "Balance": 12.5},
    )


def test_a_contact_as_the_tap_reads_it() -> None:
    record = {
        "id": "64b0", "sakari_id": 64, "mobile": {"number": NUMBER, "country": "US", "valid": True},
        "tags": [{"tag": "vip", "visible": False}], "attributes": {"plan": "gold", "age": 7},
        "lists": [], "_sdc_batched_at": "2026-01-01",
    }  # fmt: skip
    assert read(record) == ContactInput(
        sakari_id="64",
        mobile=NUMBER,
        country="US",
        tags=({"tag": "vip", "visible": False},),
        attributes={"plan": "gold", "age": 7},
    )
    assert read(record, fields={"id": "id"}).sakari_id == "64b0"


def test_blanks_around_an_attribute_do_not_matter() -> None:
    """An upload of CSV need not keep them, so a contact would be written again each time."""
    record = {"mobile": NUMBER, "city": " Denver ", "Street": "1 Main\n"}
    assert read(record, attributes="all").attributes == {"city": "Denver", "Street": "1 Main"}


def test_attributes_of_all_kinds() -> None:
    record = {
        "mobile": NUMBER, "attributes": {"plan": "gold", "level": 1}, "plan": "free",
        "born": dt.date(2000, 1, 2), "seen": "2026-01-02 03:04:05", "vip": False, "none": 0,
        "nested": {"a": [Decimal("1.10"), None]}, "gone": None, "_sdc_sequence": 5,
    }  # fmt: skip
    assert read(record, attributes="all").attributes == {
        "plan": "free", "level": 1, "born": "2000-01-02", "seen": "2026-01-02 03:04:05",
        "vip": False, "none": 0, "nested": {"a": [1.1, None]},
    }  # fmt: skip
    assert read(record).attributes == {"plan": "gold", "level": 1}


EMPTY = {
    "mobile": NUMBER, "firstName": None, "lastName": " ", "email": "", "tags": None, "id": None,
    "attributes": {"plan": None}, "city": "",
}  # fmt: skip


def test_null_and_blank_say_nothing() -> None:
    assert read(EMPTY, attributes=("city",)) == ContactInput(mobile=NUMBER, country="US")


def test_null_and_blank_clear_where_that_is_asked_for() -> None:
    assert read(EMPTY, attributes=("city",), null_clears=True) == ContactInput(
        mobile=NUMBER,
        country="US",
        fields={"firstName": None, "lastName": None, "email": None},
        tags=(),
        attributes={"plan": None, "city": None},
    )
    assert read({"mobile": NUMBER}, null_clears=True) == ContactInput(mobile=NUMBER, country="US")


@pytest.mark.parametrize("between", [",", ";", "|", "\n", " , "])
def test_a_text_may_hold_several_tags(between: str) -> None:
    found = read({"mobile": NUMBER, "tags": f"vip{between}new"})
    assert found.tags == ({"tag": "vip"}, {"tag": "new"})


@pytest.mark.parametrize("tags", [[], ",", "[]", [" "]])
def test_an_empty_list_of_tags_says_nothing_unless_null_clears(tags: Any) -> None:
    assert read({"mobile": NUMBER, "tags": tags}).tags is None
    assert read({"mobile": NUMBER, "tags": tags}, null_clears=True).tags == ()
    assert read({"mobile": NUMBER}, null_clears=True).tags is None


@pytest.mark.parametrize("value", [{}, [], "", " "])
def test_an_empty_attribute_says_nothing_unless_null_clears(value: Any) -> None:
    record = {"mobile": NUMBER, "attributes": {"plan": value}, "city": value}
    assert read(record, attributes=("city",)).attributes == {}
    cleared = read(record, attributes=("city",), null_clears=True)
    assert cleared.attributes == {"plan": None, "city": None}


def test_tags_that_flattening_made_text_of() -> None:
    assert read({"mobile": NUMBER, "tags": ' ["vip, new"]'}).tags == ({"tag": "vip, new"},)
    assert rejected({"mobile": NUMBER, "tags": "[5]"})[0] is Reason.INVALID


def test_the_settings_country_is_for_numbers_without_any() -> None:
    assert read({"mobile": "(212) 555-0123"}, default_country="US").mobile == NUMBER
    assert read({"mobile": "020 7946 0123", "country": "GB"}, default_country="US").country == "GB"


def test_a_record_that_deletes_is_read_for_what_finds_the_contact_only() -> None:
    record = {
        "sakari_id": "64", "mobile": NUMBER, "email": "a@b", "tags": 5, "firstName": 5,
        "_sdc_deleted_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    gone = ContactInput("64", NUMBER, "US", "a@b", deleted=True)
    assert read(record, delete=True) == gone
    assert read(record, mode="delete") == gone
    assert rejected(record)[0] is Reason.INVALID
    odd = rejected({**record, "email": "\ud800@b"}, mode="delete")
    assert odd == (Reason.INVALID, "email: holds half a character (a lone surrogate)")


@pytest.mark.parametrize(
    ("record", "route", "names"),
    [
        ({"firstName": "Ada"}, {}, "id and no mobile"),
        ({"email": "a@b"}, {}, "id and no mobile"),
        ({"email": "a@b", "mobile": {}}, {}, "id and no mobile"),
        ({"id": "17"}, {}, "id and no mobile"),
        ({"firstName": "Ada"}, {"match_by": ("email",)}, "email and no mobile"),
        ({"mobile": NUMBER}, {"match_by": ("email",), "mode": "update"}, "email"),
        ({"mobile": NUMBER}, {"match_by": ("id",), "mode": "delete"}, "id"),
    ],
)
def test_what_nobody_can_be_found_by_is_rejected(record: Any, route: Any, names: str) -> None:
    assert rejected(record, **route) == (
        Reason.NO_MATCH_KEY,
        f"the record has no {names}; `fields` says which field holds it",
    )


@pytest.mark.parametrize(
    ("record", "route"),
    [
        ({"email": "a@b"}, {"match_by": ("email",)}),
        ({"mobile": NUMBER}, {"match_by": ("email",)}),
        ({"sakari_id": "64"}, {"mode": "update"}),
    ],
)
def test_one_way_to_find_somebody_is_enough(record: Any, route: Any) -> None:
    read(record, **route)


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({"mobile": "12"}, Reason.INVALID_NUMBER, "mobile: is too short"),
        ({"mobile": NUMBER, "e-mail": "n/a"}, Reason.INVALID, "email: must be an e-mail address"),
        ({"mobile": NUMBER, "first": 5}, Reason.INVALID, "firstName: must be text"),
        (
            {"mobile": NUMBER, "plan": float("inf")},
            Reason.INVALID,
            "attributes.plan: holds a number that cannot be sent",
        ),
        (
            {"mobile": NUMBER, "a\ud800\n": "gold"},
            Reason.INVALID,
            r"'attributes.a\ud800\n': holds half a character (a lone surrogate)",
        ),
        (
            {"mobile": NUMBER, "last": "\ud800"},
            Reason.INVALID,
            "lastName: holds half a character (a lone surrogate)",
        ),
    ],
)
def test_what_cannot_be_written_is_rejected(record: Any, reason: Reason, detail: str) -> None:
    assert rejected(record, default_country="US", attributes="all") == (reason, detail)


NAMES = st.sampled_from(
    [name for aliases in ALIASES["contacts"].values() for name in aliases]
) | st.text(st.characters(exclude_categories=()), max_size=5)
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.dates()
    | st.text(st.characters(exclude_categories=()), max_size=10)
    | st.sampled_from([NUMBER, "(212) 555-0123", "a@b.example", "US", "vip,new"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["number", "country", "tag", "visible", "x"]), inner),
    max_leaves=5,
)  # fmt: skip


@examples(400)
@given(
    st.dictionaries(NAMES, VALUES, max_size=6) | st.fixed_dictionaries(
        {"mobile": st.just(NUMBER)}, optional={"tags": VALUES, "email": VALUES, "x": VALUES}
    )
    | st.dictionaries(NAMES, VALUES, max_size=4).map(lambda some: {**some, "mobile": NUMBER}),
    st.sampled_from([(), ("x", "tag"), "all"]),
    st.booleans(),
)  # fmt: skip
def test_whatever_comes_can_be_sent_or_is_rejected(
    record: dict[str, Any], attributes: Any, null_clears: bool  # noqa: FBT001
) -> None:  # fmt: skip
    before = repr(record)
    try:
        contact = read(record, attributes=attributes, null_clears=null_clears)
    except RejectedError as error:
        assert error.reason in {Reason.INVALID, Reason.INVALID_NUMBER, Reason.NO_MATCH_KEY}  # noqa: PT017
        assert "\n" not in error.detail  # noqa: PT017
    else:
        assert contact.sakari_id or contact.mobile
        as_json([contact.fields, contact.tags, contact.attributes], "POST /contacts")
        if not null_clears:
            assert None not in contact.fields.values()
            assert None not in contact.attributes.values()
    assert repr(record) == before
