"""Keys: the same send has one, whatever way it is written, and another send has another."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from target_sakari.ledger.key import content_of, key_of, recipient_of

ACCOUNT = "a" * 24

TEXT = st.text(max_size=5)
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False)
    | st.decimals(allow_nan=False)
    | st.sampled_from([2**53 + 1, 10**400, Decimal("1E+999999999"), Decimal("1E-999999999"), -0.0])
)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT | st.datetimes() | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.dictionaries(TEXT, VALUES, max_size=4)


def shuffled(value: Any, data: st.DataObject) -> Any:
    """A value whose objects have their fields in another order."""
    if isinstance(value, dict):
        names = data.draw(st.permutations(list(value)))
        return {name: shuffled(value[name], data) for name in names}
    return [shuffled(one, data) for one in value] if isinstance(value, list) else value


@given(RECORDS, st.data())
def test_the_order_of_fields_does_not_matter(record: dict[str, Any], data: st.DataObject) -> None:
    assert key_of(ACCOUNT, "s", record) == key_of(ACCOUNT, "s", shuffled(record, data))


@given(st.integers(), st.integers(0, 30))
def test_how_a_whole_number_is_written_does_not_matter(number: int, zeros: int) -> None:
    written: list[Any] = [number, Decimal(number), Decimal(f"{number}.{'0' * zeros}")]
    if abs(number) < 2**53:  # beyond that, a float is another number
        written.append(float(number))
    assert len({key_of(ACCOUNT, "s", {"id": one}) for one in written}) == 1


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_fraction_read_as_a_decimal_is_the_same(number: float) -> None:
    keys = {key_of(ACCOUNT, "s", {"id": one}) for one in (number, Decimal(repr(number)))}
    assert len(keys) == 1


@given(NUMBERS, NUMBERS)
def test_numbers_that_differ_have_keys_that_differ(one: Any, other: Any) -> None:
    as_decimals = [Decimal(repr(n)) if isinstance(n, float) else Decimal(n) for n in (one, other)]
    keys = {key_of(ACCOUNT, "s", {"id": number}) for number in (one, other)}
    assert len(keys) == len(set(as_decimals))


def test_values_that_only_look_alike_are_not_the_same() -> None:
    alike: list[Any] = [
        1, True, "1", [1], {"number": "1e0"}, {"": 1}, None, "null", "", [], [[]], {}, 0, False,
        dt.date(2026, 1, 1), "2026-01-01", {"time": "2026-01-01"}, float("nan"), float("inf"),
        "Infinity", -1, "\ud800", "\\ud800",
    ]  # fmt: skip
    keys = Counter(key_of(ACCOUNT, "s", {"id": one}) for one in alike)
    assert len(keys) == len(alike)


PARTS = st.tuples(TEXT, TEXT, RECORDS.map(repr), st.none() | TEXT)


@given(PARTS, PARTS)
def test_no_part_runs_into_the_next(one: Any, other: Any) -> None:
    assume(one != other)
    keys = [key_of(account, s, {"id": value}, r) for account, s, value, r in (one, other)]
    assert keys[0] != keys[1]


@given(TEXT, TEXT, TEXT)
def test_text_moved_over_an_edge_is_another(one: str, other: str, third: str) -> None:
    assume(other)
    assert key_of(ACCOUNT, one + other, {"id": third}) != key_of(
        ACCOUNT, one, {"id": other + third}
    )
    assert key_of(one + other, third, {}) != key_of(one, other + third, {})
    assert (
        key_of(ACCOUNT, one, {"a": other, "b": third})
        != key_of(ACCOUNT, one, {"a": other + third, "b": ""})
        or not third
    )
    assert content_of(one + other, third) != content_of(one, other + third)
    assert content_of(one, "SMS", [other, third]) != content_of(one, "SMS", [other + third])
    assert recipient_of(one + other, "mobile", third) != recipient_of(one, "mobile", other + third)


def test_what_is_hashed_for_one_use_is_not_for_another() -> None:
    hashes = {
        content_of("a", "b"), content_of("b", "a"), key_of("a", "b", {}), key_of("a", "b", {}, "r"),
        recipient_of("a", "mobile", "b"), recipient_of("a", "contact", "b"),
        recipient_of("a", "conversation", "b"), key_of("a", "b", {"id": None}),
    }  # fmt: skip
    assert len(hashes) == 8
    assert all(len(one) == 64 and set(one) <= set("0123456789abcdef") for one in hashes)


def test_keys_stay_what_they_are() -> None:
    # A ledger outlives a version of this program: another key would text everybody again.
    assert key_of(ACCOUNT, "sends", {"id": 5, "at": "x"}).startswith("72cebfea45f594a5")
    assert content_of("Hi {{firstName}}", "SMS", ["https://x/y.png"]).startswith("208f4aa070888cfb")
    assert recipient_of(ACCOUNT, "mobile", "+12125550123").startswith("ff304b0d6ace4c6d")


def test_what_no_record_holds_is_refused() -> None:
    with pytest.raises(TypeError, match="bytes"):
        key_of(ACCOUNT, "s", {"id": b"5"})
