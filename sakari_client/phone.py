"""Phone numbers, told apart whatever way they are written (E.164, by `phonenumbers`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import phonenumbers

if TYPE_CHECKING:
    from collections.abc import Mapping


def e164(number: str, country: str | None = None) -> str | None:
    """A number as `+15551234567`; None where it cannot be one.

    Args:
        number: as people write it.
        country: where it has no country code; ISO 3166, two letters.
    """
    try:
        parsed = phonenumbers.parse(number, country and country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def country_of(number: str) -> str | None:
    """The country of an E.164 number, ISO 3166; None where it is not certain."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(parsed)


def number_of(contact: Mapping[str, Any]) -> str | None:
    """The number in a contact as it is written there: `mobile` is `{number, country}`."""
    mobile = contact.get("mobile")
    number = mobile.get("number") if isinstance(mobile, dict) else None
    return number if isinstance(number, str) and number.strip() else None


def of(contact: Mapping[str, Any]) -> str | None:
    """The number of a contact in E.164; None where there is none, or it cannot be one."""
    number = number_of(contact)
    if number is None:
        return None
    country = contact["mobile"].get("country")
    return e164(number, country if isinstance(country, str) else None)
