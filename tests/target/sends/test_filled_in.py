"""Which message certainly is a text."""

from __future__ import annotations

from typing import Any

import pytest

from target_sakari.sends.filled import filled, is_made_of

ADA: dict[str, Any] = {
    "firstName": "Ada",
    "lastName": None,
    "attributes": {"city": "Rome", "no": 7},
}


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Hello", "Hello"),
        ("Hi {{firstName}}, {{ contact.firstName }}!", "Hi Ada, Ada!"),
        ("Hi {{{firstName}}}!", "Hi Ada!"),
        ("Hi {{lastName}}!", "Hi !"),
        ("{{attributes.city}}, {{city}}, {{no}}", "Rome, Rome, 7"),
        ("{{first name}}", "{{first name}}"),
    ],
)
def test_placeholders_are_filled_in(text: str, made: str) -> None:
    assert filled(text, [ADA]) == made


def test_the_surest_knows_first() -> None:
    assert (
        filled("{{firstName}} {{lastName}}", [ADA, {"firstName": "A", "lastName": "L"}]) == "Ada L"
    )


@pytest.mark.parametrize(
    ("message", "is_it"),
    [
        ({"template": "Hi {{firstName}}", "message": "Hi Ada. Reply STOP"}, True),
        ({"template": "Hi {{lastName}}", "message": "Hi Ada"}, False),
        ({"message": "Hi  Ada"}, True),
        ({"template": None, "message": "Hi Ada", "contact": {"firstName": "Ada"}}, True),
        ({"message": "Hi Ada", "contact": {"firstName": "Eve"}}, False),
        ({"message": "Hi Ada, please call me back"}, False),
        ({"message": None}, False),
        ({}, False),
    ],
)
def test_a_message_is_the_text_or_may_be_another(message: dict[str, Any], *, is_it: bool) -> None:
    assert is_made_of(message, "Hi {{firstName}}", [ADA]) is is_it
