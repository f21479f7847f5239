"""Whatever the server sends, a record fits its schema and nothing of it is lost."""

from __future__ import annotations

import contextlib
import copy
import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_sdk.contrib.msgspec import encoder

from sakari_client.schemas import load_schema
from tap_sakari.conform import conformer, utc_milliseconds
from tap_sakari.reader import Lift
from tap_sakari.stream import SakariStream
from tap_sakari.tap import TapSakari

if TYPE_CHECKING:
    from collections.abc import Iterator

TAP = TapSakari(config={"client_id": "a", "client_secret": "b", "account_id": "c"})
STREAMS = {name: one for name, one in TAP.streams.items() if isinstance(one, SakariStream)}
SCALARS = {name: one.scalars for name, one in STREAMS.items()}
CONFORM = {
    name: conformer(load_schema(name), one.scalars, Lift(one.lift, one.dated, one.changes).names)
    for name, one in STREAMS.items()
}
FITS = {name: jsonschema.Draft202012Validator(load_schema(name)) for name in SCALARS}


def written(record: dict[str, Any]) -> dict[str, Any]:
    """A record as a target reads it, through the tap's own encoder."""
    read: dict[str, Any] = json.loads(encoder.encode(record))
    return read


def conform(stream: str, **row: Any) -> dict[str, Any]:
    CONFORM[stream](row)
    return row


@pytest.mark.parametrize(
    ("stream", "given", "expected"),
    [
        ("messages", {"price": "0.05"}, {"price": Decimal("0.05")}),
        ("messages", {"price": 5}, {"price": 5}),
        ("messages", {"price": "five"}, {"price": None, "extra": {"price": "five"}}),
        ("messages", {"price": "NaN"}, {"price": None, "extra": {"price": "NaN"}}),
        ("messages", {"price": "1e400"}, {"price": None, "extra": {"price": "1e400"}}),
        ("messages", {"price": True}, {"price": None, "extra": {"price": "true"}}),
        ("messages", {"price": "0010"}, {"price": None, "extra": {"price": "0010"}}),
        ("messages", {"price": "1_0"}, {"price": None, "extra": {"price": "1_0"}}),
        ("messages", {"price": "\uff11"}, {"price": None, "extra": {"price": "\uff11"}}),
        ("messages", {"price": "1e-400"}, {"price": None, "extra": {"price": "1e-400"}}),
        ("messages", {"price": "-1.5e3"}, {"price": Decimal(-1500)}),
        ("messages", {"sendAt": "2024-01-01T00:00:00.123456700Z"},
         {"sendAt": None, "extra": {"sendAt": "2024-01-01T00:00:00.123456700Z"}}),
        ("messages", {"sendAt": "2024-01-01T00:00:00.123456000Z"},
         {"sendAt": "2024-01-01T00:00:00.123456+00:00"}),
        ("messages", {"read": "true"}, {"read": True}),
        ("messages", {"read": 1}, {"read": None, "extra": {"read": "1"}}),
        ("messages", {"status": 7}, {"status": "7"}),
        ("messages", {"phoneNumber": {"number": "+1"}}, {"phoneNumber": '{"number": "+1"}'}),
        ("messages", {"conversation": {"closed": True}}, {"conversation": {"closed": "true"}}),
        ("messages", {"created": "2024-01-01T00:00:00Z"},
         {"created": {"at": "2024-01-01T00:00:00Z"}}),
        ("messages", {"sendAt": ""}, {"sendAt": None, "extra": {"sendAt": ""}}),
        ("messages", {"sendAt": 1700000000000},
         {"sendAt": None, "extra": {"sendAt": "1700000000000"}}),
        ("messages", {"sendAt": "2024-02-30T00:00:00Z"},
         {"sendAt": None, "extra": {"sendAt": "2024-02-30T00:00:00Z"}}),
        ("messages", {"sendAt": "2024-01-01 10:00:00+02:00"},
         {"sendAt": "2024-01-01T08:00:00+00:00"}),
        ("messages", {"media": {"url": "u"}}, {"media": [{"url": "u"}]}),
        ("messages", {"media": ["u"]}, {"media": [None], "extra": {"media[0]": "u"}}),
        ("messages", {"brandNew": {"a": 1}}, {"extra": {"brandNew": {"a": 1}}}),
        ("messages", {"extra": 1}, {"extra": {"extra": 1}}),
        ("messages", {"contact": {"brandNew": 1}}, {"contact": {"brandNew": 1}}),
        ("contacts", {"tags": ["vip", {"tag": "x", "visible": True}]},
         {"tags": [{"tag": "vip"}, {"tag": "x", "visible": True}]}),
        ("contacts", {"mobile": {"verified": "yes"}},
         {"mobile": {"verified": None}, "extra": {"mobile.verified": "yes"}}),
        ("contacts", {"hubspot": {"id": "12"}}, {"hubspot": {"id": 12}}),
        ("contacts", {"attributes": {"plan": [1, None, {"a": "b"}]}},
         {"attributes": {"plan": [1, None, {"a": "b"}]}}),
        ("campaigns", {"filters": {"list": "5", "tags": ["a"], "attributes": ["plan"]}},
         {"filters": {"list": {"id": "5"}, "tags": [{"tag": "a"}],
                      "attributes": [{"attribute": "plan"}]}}),
        ("conversations", {"phoneNumber": "+1", "unread": "u1"},
         {"phoneNumber": {"number": "+1"}, "unread": ["u1"]}),
    ],
)  # fmt: skip
def test_values_fit(stream: str, given: dict[str, Any], expected: dict[str, Any]) -> None:
    record = conform(stream, **given)
    assert record == expected
    FITS[stream].validate({"id": "1", **written(record)})


ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["at", "id", "number", "x"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _values(schema: dict[str, Any], *, depth: int = 3) -> st.SearchStrategy[Any]:
    """Anything, but more often than not something near what the schema says."""
    if depth and "properties" in schema:
        fields = {name: _values(field, depth=depth - 1)
                  for name, field in schema["properties"].items() if name != "id"}  # fmt: skip
        return st.one_of(ANY_JSON, st.fixed_dictionaries({}, optional=fields))
    if depth and "items" in schema:
        return st.one_of(ANY_JSON, st.lists(_values(schema["items"], depth=depth - 1), max_size=2))
    return ANY_JSON


def _leaves(value: Any) -> Iterator[str]:
    """Everything in a document that is no container, as text; JSON kept as text is opened."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)
    elif isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            with contextlib.suppress(ValueError):
                yield from _leaves(json.loads(value))
    elif value is not None:
        yield str(value) if isinstance(value, Decimal) else json.dumps(value)


def _is_converted(text: str, record: set[str]) -> bool:
    """Whether a text is in a record as the number or the date-time that it stands for."""
    if utc_milliseconds(text) is not None:
        return True
    with contextlib.suppress(InvalidOperation):
        return str(Decimal(text)) in record
    return False


@pytest.mark.parametrize("stream", SCALARS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_anything_fits_and_nothing_is_lost(stream: str, data: st.DataObject) -> None:
    fields = {name: _values(field) for name, field in load_schema(stream)["properties"].items()
              if name != "id"}  # fmt: skip
    row = data.draw(st.fixed_dictionaries({}, optional={**fields, "brandNew": ANY_JSON}))
    record = conform(stream, **copy.deepcopy(row))

    FITS[stream].validate({"id": "1", **written(record)})
    kept = set(_leaves(record))
    for text in _leaves(row):
        assert text in kept or _is_converted(text, kept), text


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("2018-12-12T15:37:30.963Z", "2018-12-12T15:37:30.963Z"),
        ("2018-12-12T15:37:30Z", "2018-12-12T15:37:30.000Z"),
        ("2018-12-12T15:37:30.963999Z", "2018-12-12T15:37:30.963Z"),
        ("2018-12-12T16:37:30.963+01:00", "2018-12-12T15:37:30.963Z"),
        ("2018-12-12T15:37:30", "2018-12-12T15:37:30.000Z"),
        ("2018-12-12T25:37:30.000Z", None),
        ("2018-12-12", "2018-12-12T00:00:00.000Z"),
        ("", None),
        (1544629050963, None),
        (None, None),
        ("0001-01-01T00:00:00+10:00", None),
    ],
)
def test_bookmarks_all_look_the_same(given: Any, expected: str | None) -> None:
    assert utc_milliseconds(given) == expected
