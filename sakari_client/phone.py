"""Phone numbers, told apart whatever way they are written (E.164, by `phonenumbers`).

That library is loaded with the first number: a tap, which compares none, starts without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phonenumbers import PhoneNumber

_NORTH_AMERICA = 1

NO_COUNTRY_CODE = "has no country code"
"""The problem of a number that is without `+`, where no country is given."""


@dataclass(frozen=True)
class Reading:
    """What a text says, read as a phone number.

    Attributes:
        number: in E.164; None where it cannot be one.
        country: whose it is, ISO 3166: certain by its digits, else as given, where the calling
            code is that country's.
        extension: whether an extension follows.
        problem: why it cannot be a number, or cannot be called from elsewhere.
    """

    number: str | None = None
    country: str | None = None
    extension: bool = False
    problem: str | None = None


def read(number: str, country: str | None = None) -> Reading:
    """Read a number, stricter than `e164`, and say what is wrong with it.

    Args:
        number: as people write it.
        country: whose it is; ISO 3166, as `region` gives it.
    """
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        return Reading(problem=_unread(error.error_type, number))
    extension = bool(parsed.extension)
    problem = _wrong_length(phonenumbers.is_possible_number_with_reason(parsed))
    if problem:
        return Reading(extension=extension, problem=problem)
    whose = _country(parsed)
    if not whose and country:
        fits = phonenumbers.country_code_for_region(country) == parsed.country_code
        whose = country if fits else None
    written = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return Reading(written, whose, extension)


def region(country: str) -> str | None:
    """A country as ISO 3166 has it, in two capital letters; None where that is none of them."""
    import phonenumbers  # noqa: PLC0415

    code = country.strip().upper()
    code = "GB" if code == "UK" else code  # reserved in ISO 3166 for just this
    return code if code in phonenumbers.SUPPORTED_REGIONS else None


def _unread(error: int, number: str) -> str:
    import phonenumbers  # noqa: PLC0415

    errors = phonenumbers.NumberParseException
    match error:
        case errors.INVALID_COUNTRY_CODE if "+" not in number and "\uff0b" not in number:
            return NO_COUNTRY_CODE
        case errors.INVALID_COUNTRY_CODE:
            return "has a country code that does not exist"
        case errors.TOO_SHORT_AFTER_IDD | errors.TOO_SHORT_NSN:
            return "is too short"
        case errors.TOO_LONG:
            return "is too long"
        case _:
            return "is not written as a phone number"


def _wrong_length(result: int) -> str | None:
    import phonenumbers  # noqa: PLC0415

    results = phonenumbers.ValidationResult
    match result:
        case results.IS_POSSIBLE:
            return None
        case results.IS_POSSIBLE_LOCAL_ONLY:
            return "has no area code"
        case results.INVALID_COUNTRY_CODE:
            return "has a country code that does not exist"
        case results.TOO_SHORT:
            return "is too short"
        case results.TOO_LONG:
            return "is too long"
        case _:
            return "has a length that no number of its country has"


def e164(number: str, country: str | None = None) -> str | None:
    """A number as `+15551234567`; None where it cannot be one.

    Args:
        number: as people write it.
        country: where it has no country code; ISO 3166, two letters.
    """
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, country and country.upper())
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def country_of(number: str) -> str | None:
    """The country of an E.164 number, ISO 3166; None where it is not certain.

    Where several countries share a calling code, the ranges of digits do not tell who a number
    belongs to today: half of Britain's mobile numbers look like Guernsey's. Only those of North
    America (+1) do, with an area code or toll-free.
    """
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return None
    return _country(parsed)


def _country(parsed: PhoneNumber) -> str | None:
    import phonenumbers  # noqa: PLC0415

    regions = phonenumbers.region_codes_for_country_code(parsed.country_code or 0)
    if parsed.country_code == _NORTH_AMERICA:
        kinds = phonenumbers.PhoneNumberType
        certain = phonenumbers.number_type(parsed) in {
            kinds.FIXED_LINE,
            kinds.MOBILE,
            kinds.FIXED_LINE_OR_MOBILE,
            kinds.TOLL_FREE,
        }
    else:
        certain = len(regions) == 1 and regions[0] != phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
    return phonenumbers.region_code_for_number(parsed) if certain else None


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


def same(contact: Mapping[str, Any], wanted: str) -> bool:
    """Whether a contact's number is a certain one, whatever way it is written there.

    One that is without `+`, and that the contact's country does not make a number of, is read
    both as if only the `+` were missing and as a national number of the wanted one's country.

    Args:
        contact: `{mobile: {number, country}}`.
        wanted: in E.164.
    """
    found = of(contact)
    number = number_of(contact)
    if found is not None or number is None:
        return found == wanted
    return wanted in (e164(f"+{number}"), e164(number, _some_country(wanted)))


def _some_country(number: str) -> str:
    """A country with the calling code of an E.164 number; which one, does not matter."""
    import phonenumbers  # noqa: PLC0415

    parsed = phonenumbers.parse(number)
    return phonenumbers.region_code_for_country_code(parsed.country_code or 0)
