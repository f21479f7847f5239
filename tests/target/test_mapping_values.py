"""Values come out as they went in, and what JSON cannot hold is refused."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.http.bodies import as_json
from target_sakari.mapping.values import as_id, faithful
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from tests.examples import examples

MANY = examples(200)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def sent(value: Any) -> Any:
    """What the server reads."""
    return json.loads(as_json([faithful("plan", value)], "POST /contacts").content)[0]


@MANY
@given(JSON)
def test_json_stays_what_it_is(value: Any) -> None:
    assert repr(sent(value)) == repr(value)


@MANY
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
def test_a_decimal_keeps_its_value(number: Decimal) -> None:
    value = sent(number)
    assert Decimal(repr(value) if isinstance(value, float) else value) == number


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("5.0"), 5),
        (Decimal("19.90"), 19.9),
        (Decimal("-0.1"), -0.1),
        (Decimal("1E+3"), 1000),
        (Decimal("12345678901234567890.0"), 12345678901234567890),
        (Decimal("0.12345678901234567890"), "0.12345678901234567890"),
        (Decimal("1E-400"), "1E-400"),
        (dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.timezone.utc), "2026-01-02T03:04:00+00:00"),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.time(3, 4), "03:04:00"),
        ("2026-01-02 03:04", "2026-01-02 03:04"),
        (" \u00e9 ", " \u00e9 "),
        ({"a": [Decimal("1.5"), (True, None)]}, {"a": [1.5, [True, None]]}),
    ],
)
def test_values(value: Any, expected: Any) -> None:
    assert repr(faithful("plan", value)) == repr(expected)
    assert sent(value) == expected


def deep() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (math.nan, "a number that cannot be sent"),
        (-math.inf, "a number that cannot be sent"),
        (Decimal("NaN"), "a number that cannot be sent"),
        (Decimal("sNaN"), "a number that cannot be sent"),
        (Decimal("Infinity"), "a number that cannot be sent"),
        (Decimal("1E+999999999"), "a number that cannot be sent"),
        ([10**5000], "a number that cannot be sent"),
        ([-(10**4000)], "a number that cannot be sent"),
        ("\ud800", "half a character"),
        ({"\ud800": 1}, "half a character"),
        (b"bytes", "what JSON cannot"),
        ({1: 2}, "what JSON cannot"),
        ([object()], "what JSON cannot"),
        (deep(), "nested too deeply"),
    ],
)
def test_what_json_cannot_hold_is_rejected(value: Any, problem: str) -> None:
    with pytest.raises(RejectedError, match=f"^attributes.plan: .*{problem}") as raised:
        faithful("attributes.plan", value)
    assert raised.value.reason is Reason.INVALID


def test_an_id_is_text() -> None:
    assert as_id(17) == "17"
    assert as_id(" a1 ") == "a1"
    with pytest.raises(RejectedError, match="^id: "):
        as_id(10**5000)
