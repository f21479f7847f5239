"""Phone numbers, told apart whatever way they are written (E.164, by `phonenumbers`).

That library is loaded with the first number: a tap, which compares none, starts without it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from phonenumbers import PhoneNumber

_NORTH_AMERICA = 1
_MEXICO = 52
_OLD_MOBILES = range(10_000_000_000, 20_000_000_000)

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
    """Read a number, and say what is wrong with it.

    Args:
        number: as people write it.
        country: whose it is; ISO 3166, as `region` gives it.
    """
    import phonenumbers  # noqa: PLC0415

    try:
        parsed = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException as error:
        return Reading(problem=_unread(error.error_type, number))
    _renew(parsed)
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
    reading = read(number, country and country.upper())
    return None if reading.extension else reading.number


def _renew(parsed: PhoneNumber) -> None:
    """Bring a number into today's form.

    Mexico's mobile numbers had a 1 before their ten digits, +52 1 55 1234 5678, until August 2019.
    Many are still written so, and `phonenumbers` calls these impossible.
    """
    national = parsed.national_number or 0
    if parsed.country_code == _MEXICO and national in _OLD_MOBILES:
        parsed.national_number = national - _OLD_MOBILES.start


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


def is_international(number: str) -> bool:
    """Whether a number is written with `+`, so that its country is certain."""
    return "+" in number or "\uff0b" in number


def readings(contact: Mapping[str, Any]) -> frozenset[str]:
    """All numbers in E.164 that a contact's may be; none where it cannot be any.

    Digits without `+` are a national number of the contact's country. Where they begin with its
    calling code, or cannot be such a number, they are also one of which only the `+` is missing:
    `4915112345678` of DE may be +4915112345678 as well as +494915112345678.
    """
    number, national = number_of(contact), of(contact)
    if number is None:
        return frozenset()
    found = {national}
    if not is_international(number):
        digits = re.sub(r"\D", "", number)
        if national is None or digits.startswith(_calling_code(contact["mobile"]["country"])):
            found.add(e164(f"+{digits.lstrip('0')}"))
    return frozenset(one for one in found if one is not None)


def same(contact: Mapping[str, Any], wanted: str) -> bool:
    """Whether a contact's number is a certain one, or may be, whatever way it is written there.

    One that is without `+`, and that the contact's country does not make a number of, may also be
    a national number of the wanted one's country.

    Args:
        contact: `{mobile: {number, country}}`.
        wanted: in E.164.
    """
    if wanted in readings(contact):
        return True
    number = number_of(contact)
    if number is None or is_international(number) or of(contact) is not None:
        return False
    return e164(number, _some_country(wanted)) == wanted


def _calling_code(country: str) -> str:
    """What numbers of a country begin with."""
    import phonenumbers  # noqa: PLC0415

    return str(phonenumbers.country_code_for_region(country.upper()))


def _some_country(number: str) -> str:
    """A country with the calling code of an E.164 number; which one, does not matter."""
    import phonenumbers  # noqa: PLC0415

    parsed = phonenumbers.parse(number)
    return phonenumbers.region_code_for_country_code(parsed.country_code or 0)
