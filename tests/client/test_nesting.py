"""What is nested too deeply is kept as text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.http import answers
from sakari_client.http.nesting import DEEPEST, shallow


def nested(levels: int, innermost: str = "1") -> str:
    """Objects and arrays by turns."""
    pairs = [('{"a":', "}") if level % 2 else ("[", "]") for level in range(levels)]
    opening = "".join(pair[0] for pair in pairs)
    return opening + innermost + "".join(pair[1] for pair in reversed(pairs))


def test_what_is_not_deep_stays_as_it_is() -> None:
    text = nested(DEEPEST).encode()
    assert shallow(text) == text
    wide = json.dumps([{"a": [1]}] * 500).encode()
    assert shallow(wide) == wide


@pytest.mark.parametrize("levels", [DEEPEST + 1, 2_000, 100_000])
def test_what_is_deep_becomes_text_where_it_is(levels: int) -> None:
    text = f'{{"before":[],"deep":{nested(levels)},"after":"x"}}'
    document = answers.decode(text.encode())
    assert (document["before"], document["after"]) == ([], "x")
    inner = document["deep"]
    for level in range(DEEPEST - 1):
        inner = inner["a"] if level % 2 else inner[0]
    assert inner.removeprefix('{"a":').startswith("[")
    assert inner.count("[") + inner.count("{") == levels - DEEPEST + 1


STRINGS = [r'"\"]}\\"', '"' + "[" * 300 + '"', r'"\ud83d"', '""']


@pytest.mark.parametrize("string", STRINGS, ids=["quotes", "brackets", "half an emoji", "empty"])
def test_strings_are_no_structure(string: str) -> None:
    text = f"[{nested(DEEPEST - 1, string)},[{string}],[],[]]".encode()
    assert shallow(text) == text


JSON = st.recursive(
    st.none() | st.integers(-9, 9) | st.text(alphabet='[]{}",\\é\0', max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=9,
)


@given(document=JSON, levels=st.integers(DEEPEST - 6, DEEPEST + 6))
def test_just_the_innermost_becomes_text(document: Any, levels: int) -> None:
    for level in range(levels):
        document = {"a": document} if level % 2 else [document, 0]
    assert json.loads(shallow(dumped(document).encode())) == cut(document, 1)


def cut(document: Any, level: int) -> Any:
    """The same the slow way."""
    if not isinstance(document, (dict, list)):
        return document
    if level > DEEPEST:
        return dumped(document)
    if isinstance(document, list):
        return [cut(inner, level + 1) for inner in document]
    return {name: cut(inner, level + 1) for name, inner in document.items()}


def dumped(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False)


def test_what_ends_in_the_middle_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        answers.decode(b"[" * 200_000)
