"""Phone numbers, as CRMs and spreadsheets hold them, in E.164."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any, NoReturn

from sakari_client import phone
from target_sakari.mapping.inputs import nothing_known
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Marks of direction and the like, which come along when a number is copied."""

_AROUND = " \t\r\n\u00a0'\"=\u2018\u2019"
"""What spreadsheets put around a number to keep it text: `'+1…`, `="1…"`."""

_SCHEME = re.compile(r"(tel|sms|callto):\s*", re.IGNORECASE)
_AS_FLOAT = re.compile(r"(\d{7,})\.0+")
_SCIENTIFIC = re.compile(r"\d+(?:\.\d+)?E\+?\d{1,3}", re.IGNORECASE)
_PLUS = re.compile(r"\D*[+\uff0b]")
_WAY_OUT = re.compile(r"\(?\s*00")
"""Not the way to call abroad everywhere, but no number at home begins with it."""

_CALLING_CODE = re.compile(r"(?:\+|00)?([1-9][0-9]{0,2})")
"""As fields named `country_code` hold it: `1`, `+44`."""

_LARGEST = 10**20
"""No phone number has as many digits."""


def read_number(
    mobile: Any, country: str | None, default_country: str | None
) -> tuple[str | None, str | None]:
    """The number of a record in E.164, and whose it is, if that is certain; ISO 3166.

    Args:
        mobile: text, a number, or `{number, country}`; as the contract has it.
        country: the record's, for `mobile` without one; ISO 3166, or a calling code.
        default_country: of numbers that have neither a country nor a country code.

    Returns:
        None twice, where there is no number.

    Raises:
        RejectedError: it cannot be a number. The detail says why.
    """
    if isinstance(mobile, dict):
        own = mobile.get("country")
        country = country if nothing_known(own) else own
        mobile = mobile.get("number")
    if nothing_known(mobile):
        return None, None
    text = _text(mobile) if isinstance(mobile, str) else _digits(mobile)
    reading = phone.read(text, _region(text, country, default_country))
    if reading.extension:
        _reject("has an extension, or is more than one number")
    if any(character.isalpha() for character in text):
        _reject("holds letters" if any(map(str.isdigit, text)) else "holds no digits")
    if reading.problem == phone.NO_COUNTRY_CODE:
        _reject("has no country code; set default_country, or give the record's country")
    if reading.problem:
        _reject(reading.problem)
    return reading.number, reading.country


def _region(text: str, country: str | None, default_country: str | None) -> str | None:
    """The country by which to read a number.

    Raises:
        RejectedError: it takes the record's, and that is no code.
    """
    home = phone.region(default_country or "")
    given = None if nothing_known(country) else _country(str(country), home)
    if _PLUS.match(text):
        return given
    if given is None and not nothing_known(country):
        _reject(
            "has no country code, and the record's country is neither two letters of ISO 3166 nor "
            "a calling code"
        )
    return given or home


def _country(named: str, home: str | None) -> str | None:
    """The country of a name, which may be a calling code; of those that share it, `home` if any."""
    import phonenumbers  # noqa: PLC0415 - as in `phone`

    code = _CALLING_CODE.fullmatch(named.strip())
    if not code:
        return phone.region(named)
    if home and phonenumbers.country_code_for_region(home) == int(code[1]):
        return home
    return phone.region(phonenumbers.region_code_for_country_code(int(code[1])))


def _text(number: str) -> str:
    """A number without what is not of it."""
    text = number if number.isascii() else _INVISIBLE.sub("", number)
    text = text.strip(_AROUND)
    scheme = _SCHEME.match(text)
    if scheme:
        text = text[scheme.end() :]
    if as_float := _AS_FLOAT.fullmatch(text):
        return as_float[1]
    if _SCIENTIFIC.fullmatch(text):
        if int(Decimal(text).as_tuple().exponent) > 0:
            _reject("has lost digits, as 1.2E+10 has; have the spreadsheet keep it as text")
        return _digits(Decimal(text))
    return _WAY_OUT.sub("+", text, count=1) if _WAY_OUT.match(text) else text


def _digits(number: float | Decimal) -> str:
    exact = Decimal(number)
    if not exact.is_finite() or not 0 < exact < _LARGEST or exact != exact.to_integral_value():
        _reject("is a number, but not a whole one of at most 20 digits")
    return str(int(exact))


def _reject(problem: str) -> NoReturn:
    raise RejectedError(Reason.INVALID_NUMBER, f"mobile: {problem}")
