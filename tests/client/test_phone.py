"""Reading phone numbers, and what is said of those that are none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sakari_client import phone

TEXT = st.text(max_size=20) | st.text("+0123456789 ()-.;x#", max_size=30)
COUNTRY = st.sampled_from([None, "US", "GB", "DE", "IT", "CA"])


@pytest.mark.parametrize(
    ("number", "country", "problem"),
    [
        ("2125550123", None, phone.NO_COUNTRY_CODE),
        ("2125550123", "XX", phone.NO_COUNTRY_CODE),
        ("+0125550123", "US", "has a country code that does not exist"),
        ("+9995550123", None, "has a country code that does not exist"),
        ("+1", None, "is not written as a phone number"),
        ("+121255501", None, "is too short"),
        ("12", "US", "is too short"),
        ("011 44", "US", "is too short"),
        ("555-0123", "US", "has no area code"),
        ("+121255501234", None, "is too long"),
        ("2" * 18, "US", "is too long"),
        ("+65812345678", None, "has a length that no number of its country has"),
        ("-", "US", "is not written as a phone number"),
    ],
)
def test_what_is_wrong_with_a_number(number: str, country: str | None, problem: str) -> None:
    assert phone.read(number, country) == phone.Reading(problem=problem)


@pytest.mark.parametrize(
    ("number", "country", "whose"),
    [
        ("+12125550123", None, "US"),
        ("+14165550123", "US", "CA"),
        ("+442079460123", None, None),
        ("+442079460123", "GB", "GB"),
        ("+447781234567", "GG", "GG"),
        ("+442079460123", "US", None),
        ("+4930901820", None, "DE"),
    ],
)
def test_whose_a_number_is(number: str, country: str | None, whose: str | None) -> None:
    assert phone.read(number, country) == phone.Reading(number, whose)


def test_an_extension_is_told() -> None:
    assert phone.read("(212) 555-0123 ext. 7", "US") == phone.Reading(
        "+12125550123", "US", extension=True
    )


@pytest.mark.parametrize(
    ("country", "code"),
    [("US", "US"), (" us ", "US"), ("uk", "GB"), ("USA", None), ("", None), ("XX", None)],
)
def test_countries(country: str, code: str | None) -> None:
    assert phone.region(country) == code


@settings(max_examples=200, deadline=None)
@given(TEXT, COUNTRY)
def test_a_number_is_read_as_it_is_compared(text: str, country: str | None) -> None:
    reading = phone.read(text, country)
    assert (reading.number is None) == (reading.problem is not None)
    assert phone.e164(text, country) == (None if reading.extension else reading.number)
