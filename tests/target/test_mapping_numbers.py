"""Phone numbers as CRMs and spreadsheets hold them."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_sakari.mapping.numbers import read_number
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

US, GB = "+12125550123", "+442079460123"


@pytest.mark.parametrize(
    ("mobile", "country", "default", "number", "whose"),
    [
        ("+12125550123", None, None, US, "US"),
        ("(212) 555-0123", None, "US", US, "US"),
        ("212.555.0123", "us", None, US, "US"),
        ("212.555.0123", None, "us", US, "US"),
        ("+1-212-555-0123", None, None, US, "US"),
        ("1 212 555 0123", None, "US", US, "US"),
        ("12125550123", None, "US", US, "US"),
        (12125550123, None, "US", US, "US"),
        (2125550123, None, "US", US, "US"),
        (12125550123.0, None, "US", US, "US"),
        (Decimal("1.2125550123E+10"), None, "US", US, "US"),
        (Decimal("12125550123.0"), None, "US", US, "US"),
        ("1.2125550123E10", None, "US", US, "US"),
        ("1.2125550123e+10", None, "US", US, "US"),
        ("2125550123.0", None, "US", US, "US"),
        ("'+12125550123", None, None, US, "US"),
        ('="+12125550123"', None, None, US, "US"),
        ("\u2019+12125550123", None, None, US, "US"),
        ("\u202a+1\u00a0212\u00a0555\u20110123\u202c", None, None, US, "US"),
        ("\uff0b12125550123", None, None, US, "US"),
        ("tel:+1-212-555-0123", None, None, US, "US"),
        ("Tel: 212 555 0123", None, "US", US, "US"),
        (" +12125550123\t", None, None, US, "US"),
        ("00 44 20 7946 0123", None, None, GB, None),
        ("00 44 20 7946 0123", None, "US", GB, None),
        ("(0044) 20 7946 0123", None, "US", GB, None),
        ("011 44 20 7946 0123", None, "US", GB, None),
        ("+44 (0)20 7946 0123", None, "US", GB, None),
        ("(+44) 20 7946 0123", None, "GB", GB, None),
        ("020 7946 0123", "GB", "US", GB, "GB"),
        ("020 7946 0123", "uk", None, GB, "GB"),
        ("442079460123", None, "GB", GB, "GB"),
        ("+442079460123", "GB", None, GB, "GB"),
        ("020 7946 0123", "UK", "US", GB, "GB"),
        ("+442079460123", "United Kingdom", None, GB, None),
        ("+442079460123", "US", None, GB, None),
        ("+14165550123", "US", None, "+14165550123", "CA"),
        ({"number": "(212) 555-0123", "country": "US"}, "GB", "GB", US, "US"),
        ("212 555 0123", "1", "US", US, "US"),
        ("212 555 0123", "+1", None, US, "US"),
        ("212 555 0123", 1, "GB", US, "US"),
        ("416 555 0123", "+1", "CA", "+14165550123", "CA"),
        ("600 255 0123", "1", "CA", "+16002550123", "CA"),  # of no certain country
        ("020 7946 0123", "0044", "US", GB, "GB"),
        ("+442079460123", "44", None, GB, "GB"),
        ({"number": "(212) 555-0123", "country": " "}, "US", "GB", US, "US"),
        ({"number": 2125550123, "verified": None}, None, "US", US, "US"),
        ({"number": None, "country": "US"}, None, None, None, None),
        ({}, "US", "US", None, None),
        (None, "US", "US", None, None),
        (" ", "nonsense", None, None, None),
    ],
)
def test_numbers(
    mobile: Any, country: str | None, default: str | None, number: str | None, whose: str | None
) -> None:
    assert read_number(mobile, country, default) == (number, whose)


@pytest.mark.parametrize(
    ("mobile", "country", "problem"),
    [
        ("+1-212-555-0123 x12", None, "has an extension"),
        ("(212) 555-0123 ext. 12", "US", "has an extension"),
        ("212-555-0123;212-555-0199", "US", "is not written as a phone number"),
        ("2125550123;2125550199", "US", "has an extension, or is more than one number"),
        ("212-555-0123 / 212-555-0199", "US", "is too long"),
        ("+12125550123/+12125550199", None, "is not written as a phone number"),
        ("212 555 home", "US", "holds letters"),
        ("+12125550123 (home)", None, "holds letters"),
        ("n/a", "US", "holds no digits"),
        ("---", "US", "is not written as a phone number"),
        ("2125550123", None, "has no country code; set default_country"),
        (12125550123, None, "has no country code; set default_country"),
        ("2125550123", "United States", "country is neither two letters of ISO 3166 nor"),
        ({"number": "2125550123", "country": "XX"}, "US", "country is neither two letters"),
        ("2125550123", "999", "country is neither two letters"),
        ("555-0123", "US", "has no area code"),
        ("+1212555", None, "has no area code|is too short"),
        ("12", "US", "is too short"),
        ("+121255501234", None, "is too long"),
        ("0000000000", "US", "has a country code that does not exist"),
        ("+999123456789", None, "has a country code that does not exist"),
        ("1.21256E+10", "US", "has lost digits"),
        ("1.212555E3", "US", "not a whole one"),
        ("1E-999999999", "US", "holds letters"),
        ("1E999", "US", "has lost digits"),
        ("1E99999999999999999999", "US", "holds letters"),
        (2125550123.5, "US", "not a whole one"),
        (-2125550123, "US", "not a whole one"),
        (0, "US", "not a whole one"),
        (10**20, "US", "at most 20 digits"),
        (Decimal("1E+999999999"), "US", "at most 20 digits"),
        (float("nan"), "US", "not a whole one"),
        (Decimal("sNaN"), "US", "not a whole one"),
    ],
)
def test_what_cannot_be_a_number_is_rejected(mobile: Any, country: Any, problem: str) -> None:
    with pytest.raises(RejectedError, match=f"^mobile: .*({problem})") as raised:
        read_number(mobile, country, None)
    assert raised.value.reason is Reason.INVALID_NUMBER


REGIONS = st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS))
FORMATS = st.sampled_from(
    [
        phonenumbers.PhoneNumberFormat.E164,
        phonenumbers.PhoneNumberFormat.INTERNATIONAL,
        phonenumbers.PhoneNumberFormat.RFC3966,
        phonenumbers.PhoneNumberFormat.NATIONAL,
    ]
)
DIRT = st.sampled_from(["", " ", "\u00a0", "\u200e", "'", "\u202a"])


@settings(max_examples=300, deadline=None)
@given(REGIONS, FORMATS, DIRT, DIRT, st.booleans())
def test_a_mobile_number_of_any_country_is_read_in_any_writing(
    region: str, form: int, before: str, behind: str, by_default: bool  # noqa: FBT001
) -> None:  # fmt: skip
    example = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    if example is None:
        return
    text = f"{before}{phonenumbers.format_number(example, form)}{behind}"
    number, country = (
        read_number(text, None, region) if by_default else read_number(text, region, None)
    )
    assert number == phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    if not by_default:
        assert country == region


@settings(max_examples=300, deadline=None)
@given(
    st.text(max_size=20)
    | st.text("+0123456789 ()-.;exE'", max_size=30)
    | st.integers()
    | st.floats()
    | st.decimals(),
    st.sampled_from([None, "US", "gb", "Germany", ""]),
    st.sampled_from([None, "US", "DE"]),
)
def test_whatever_comes_is_a_number_or_rejected_without_being_shown(
    mobile: Any, country: str | None, default: str | None
) -> None:
    try:
        number, _ = read_number(mobile, country, default)
    except RejectedError as error:
        digits = re.sub(r"\D", "", str(mobile))
        assert len(digits) < 4 or digits not in error.detail  # noqa: PT017
    else:
        assert number is None or re.fullmatch(r"\+[1-9]\d{5,16}", number)
