"""Tags, however they are written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_sakari.mapping.tags import read_tags, split, unpacked
from target_sakari.outcome import RejectedError

NAME = st.text("ab \u00e9", max_size=3)


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("vip", ["vip"]),
        ("vip, new|paid ;x y", ["vip", "new", "paid", "x y"]),
        (",, |;", []),
        ("b,a,b", ["b", "a"]),
        ("VIP,vip", ["VIP", "vip"]),
        (["vip", " new ", "", None, "vip"], ["vip", "new"]),
        (["a, b"], ["a, b"]),
        ([], []),
        ([{"tag": "vip"}, {"tag": "new"}, {"tag": None}, {}], ["vip", "new"]),
        ([{"tag": "vip", "visible": None}], ["vip"]),
    ],
)
def test_tags(value: Any, names: list[str]) -> None:
    assert read_tags(value) == tuple({"tag": name} for name in names)


def test_whether_a_tag_is_visible_is_told_where_it_is_said() -> None:
    tags = [{"tag": "vip", "visible": False}, "new", "vip", {"tag": "old", "visible": True}]
    assert read_tags(tags) == (
        {"tag": "vip", "visible": False},
        {"tag": "new"},
        {"tag": "old", "visible": True},
    )


def test_a_tag_that_cannot_be_sent_is_rejected() -> None:
    with pytest.raises(RejectedError, match="^tags: "):
        read_tags(["\ud800"])


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ('["vip", {"tag": "new"}]', ["vip", {"tag": "new"}]),
        ("[]", []),
        ("[vip] new", "[vip] new"),
        ("[" * 100_000, "[" * 100_000),
        ("vip", "vip"),
        (["[1]"], ["[1]"]),
        (5, 5),
    ],
    ids=range(7),
)
def test_a_list_may_have_been_packed_as_text(value: Any, tags: Any) -> None:
    assert unpacked(value) == tags


@given(st.lists(NAME), st.sampled_from(",;|"))
def test_text_and_list_are_the_same(names: list[str], between: str) -> None:
    tags = read_tags(between.join(names))
    assert tags == read_tags(list(names))
    assert read_tags(list(tags)) == tags
    assert split(between.join(one["tag"] for one in tags)) == [one["tag"] for one in tags]
