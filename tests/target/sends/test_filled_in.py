"""Which message may be a text whose placeholders were filled in."""

from __future__ import annotations

import pytest

from target_sakari.sends.resolve import _is_filled_in


@pytest.mark.parametrize(
    ("text", "made", "fits"),
    [
        ("Hello", "Hello", True),
        ("Hello", "Hello!", False),
        ("Hi {{firstName}}!", "Hi Ada!", True),
        ("Hi {{firstName}}!", "Hi !", True),
        ("Hi {{firstName}}", "Hi", True),
        ("Hi {{firstName}}!", "Ho Ada!", False),
        ("Hi {{firstName}}!", "Hi Ada", False),
        ("{{a}} and {{b}}.", "One and two.", True),
        ("{{a}} and {{b}}.", "One or two.", False),
        ("{{a}}{{b}}{{c}}", "Anything", True),
        ("ab{{a}}bc", "abc", False),
        ("{{a}}" * 30 + "x", "y" * 1_600, False),
    ],
)
def test_it_fits(text: str, made: str, *, fits: bool) -> None:
    assert _is_filled_in(text, made) is fits
