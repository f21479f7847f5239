"""Rounds, values and requests side by side: what the writing of contacts is made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.errors import InvalidInputError
from target_sakari.contacts.fold import fold
from target_sakari.contacts.rounds import by_contact, rounds
from target_sakari.contacts.values import alike, plain
from target_sakari.mapping.inputs import ContactInput
from target_sakari.routes import Route

NUMBER = "+19075550140"


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], []),
        (["a", "b", "c"], [[0], [1], [2]]),
        (["a", "a", "b", "a"], [[0, 1, 3], [2]]),
        (["a", "b", "ab", "c"], [[0, 1, 2], [3]]),
        (["", "", "a"], [[0], [1], [2]]),
    ],
)
def test_records_that_share_a_mark_are_of_one_contact(
    marks: list[str], expected: list[list[int]]
) -> None:
    assert by_contact(marks) == expected


@given(st.lists(st.text("abcdef", max_size=3), max_size=12))
def test_a_round_holds_no_mark_twice_and_keeps_the_order(marks: list[str]) -> None:
    sorted_ = list(rounds(by_contact(marks)))
    assert sorted(place for one in sorted_ for place in one) == list(range(len(marks)))
    at = {place: number for number, one in enumerate(sorted_) for place in one}
    for place, own in enumerate(marks):
        for other in range(place):
            if set(own) & set(marks[other]):
                assert at[other] < at[place]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", 5),
        (5, 5.0),
        ("5.0", 5),
        ("-0.10", -0.1),
        ("1e3", 1000),
        ("true", True),
        ("False", False),
        (" x ", "x"),
        (None, ""),
        (None, {}),
        ("  ", []),
        ({"a": "1", "b": None}, {"a": 1}),
        ([1, "2"], ["1", 2]),
    ],
)
def test_values_that_an_upload_turns_into_text_are_the_same(one: Any, other: Any) -> None:
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5", "5.0"),
        ("007", 7),
        ("01234", "1234"),
        (1, True),
        (0, None),
        (False, None),
        ("x", "X"),
        ("x", 5),
        ([1, 2], [2, 1]),
        ([1], [1, 1]),
        ({"a": 1}, {"b": 1}),
        ({"a": 1}, [1]),
        ([1], 1),
        ("nan", 0),
    ],
)
def test_other_values_are_not(one: Any, other: Any) -> None:
    assert not alike(one, other)
    assert not alike(other, one)


def test_the_country_that_one_of_several_records_tells_is_kept() -> None:
    told, other = ContactInput(mobile=NUMBER, country="US"), ContactInput(mobile=NUMBER)
    route = Route("people", "contacts")
    assert fold(told, other, route).country == fold(other, told, route).country == "US"


def test_values_become_what_json_has() -> None:
    values = {"a": Decimal("5.00"), "b": dt.date(2025, 1, 2), "c": (1, {"d": Decimal("0.5")})}
    assert plain(values) == {"a": 5, "b": "2025-01-02", "c": [1, {"d": 0.5}]}
    with pytest.raises(InvalidInputError):
        plain({"a": float("inf")})
