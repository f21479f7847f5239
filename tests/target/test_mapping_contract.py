"""The contracts of the kinds: jsonschema's word, in words for people, and fast."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.schemas import load_schema, schemas_dir
from target_sakari.mapping.contract import contract_of, quick
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import KINDS, Kind
from tests.examples import examples

MANY = examples(300)
FIELDS = {kind: load_schema(f"target/{kind}")["properties"] for kind in KINDS}
TEXT = st.sampled_from(["", "a@b", "a b@c", "x" * 251, "https://a.example/b", "SECRET"])
ANYTHING: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.just(Decimal("1.5")) | TEXT,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["number", "country", "tag", "visible", "url", "code"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_contract(kind: Kind) -> None:
    schema = load_schema(f"target/{kind}")
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["title"] == kind
    assert schema["description"]


def test_there_are_no_other_contracts() -> None:
    assert sorted(path.stem for path in schemas_dir().glob("target/*")) == sorted(KINDS)


@pytest.mark.parametrize(
    ("values", "detail"),
    [
        ({"email": 5}, "email: must be text"),
        ({"email": "n/a"}, "email: must be an e-mail address"),
        ({"email": "a@b.example, c@d.example"}, "email: must be an e-mail address"),
        ({"firstName": "x" * 251}, "firstName: is longer than 250 characters"),
        ({"mobile": True}, "mobile: must be text or a number or an object"),
        ({"mobile": {"number": []}}, "mobile.number: must be text or a number"),
        ({"id": 1.5}, "id: must be text or a whole number"),
        ({"tags": 5}, "tags: must be a list or text"),
        ({"tags": ["a", 5]}, "tags.1: must be text or an object"),
        ({"tags": [{"tag": "a", "visible": "no"}]}, "tags.0.visible: must be true or false"),
        ({"attributes": "a"}, "attributes: must be an object"),
        ({"firstName": 1, "email": 1}, "firstName: must be text; email: must be text"),
        (
            {"tags": [1, 2, 3, 4]},
            "; ".join(f"tags.{at}: must be text or an object" for at in range(3)),
        ),
    ],
)
def test_what_is_wrong_is_said_in_one_line(values: Any, detail: str) -> None:
    with pytest.raises(RejectedError) as raised:
        contract_of("contacts").check(values)
    assert raised.value.reason is Reason.INVALID
    assert raised.value.detail == detail


@pytest.mark.parametrize("email", ["a@b", "ada.l\u00f6we+x@b\u00fccher.example"])
def test_an_email_address_is_anything_with_one_at(email: str) -> None:
    contract_of("contacts").check({"email": email})


@MANY
@given(st.sampled_from(KINDS), st.data())
def test_a_contract_is_what_jsonschema_says(kind: Kind, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(list(FIELDS[kind])))
    value = data.draw(ANYTHING)
    valid = jsonschema.Draft202012Validator(FIELDS[kind][name]).is_valid(value)
    try:
        contract_of(kind).check({name: value})
    except RejectedError as error:
        assert not valid
        assert error.detail.startswith(name)  # noqa: PT017
        assert "SECRET" not in error.detail  # noqa: PT017
    else:
        assert valid


@pytest.mark.parametrize("kind", KINDS)
def test_good_records_need_no_second_look(kind: Kind) -> None:
    good: dict[str, Any] = {
        "string": "https://a.example", "array": [{}], "object": {"number": "1"}, "boolean": True,
    }  # fmt: skip
    for name, schema in FIELDS[kind].items():
        if name != "email":
            checked = [good[one] for one in schema["type"] if one in good]
            if name == "eventTypes":
                checked = ["a", ["a"]]
            assert all(map(quick(schema), checked)), name


def test_a_rule_that_is_not_known_is_left_to_jsonschema() -> None:
    assert not quick({"type": "string", "minLength": 1})("a")
    assert not quick({"type": "array", "items": {"enum": [1]}})([1])
