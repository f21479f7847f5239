"""Values as they came, made plain JSON without a loss."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

_LONGEST_NUMBER = 4_000
"""Digits; Python writes no integer of more than 4,300."""

_HUGE = 10**_LONGEST_NUMBER


def faithful(name: str, value: Any) -> Any:
    """A value as plain JSON: text, numbers, true and false, null, lists and objects.

    Text is left as it is. A Decimal is the number that it is: a whole one an integer, another one a
    float where that is exactly the same, else text, which keeps all digits. Dates are ISO 8601.

    Args:
        name: of the field; it must be what JSON can hold, too.
        value: as it came.

    Raises:
        RejectedError: JSON cannot hold it.
    """
    try:
        _whole_text(name)
        return _plain(value)
    except UnicodeEncodeError:
        problem = "holds half a character (a lone surrogate)"
    except (OverflowError, ValueError):
        problem = "holds a number that cannot be sent"
    except TypeError:
        problem = "holds what JSON cannot"
    except RecursionError:
        problem = "is nested too deeply"
    shown = name if name.isprintable() else ascii(name)
    raise RejectedError(Reason.INVALID, f"{shown}: {problem}")


def as_id(value: str | int) -> str:
    """An id as text; it may have come as a number.

    Raises:
        RejectedError: it cannot be sent.
    """
    return str(faithful("id", value)).strip()


def _plain(value: Any) -> Any:  # noqa: PLR0911 - a row for each kind
    match value:
        case str():
            return value if value.isascii() else _whole_text(value)
        case None | bool():
            return value
        case int() | float():
            return _sendable(value)
        case Decimal():
            return _number(value)
        case dt.date() | dt.time():
            return value.isoformat()
        case Mapping():
            return {_name(name): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    raise TypeError


def _whole_text(text: str) -> str:
    text.encode()
    return text


def _name(name: Any) -> str:
    if not isinstance(name, str):
        raise TypeError
    return _whole_text(name)


def _sendable(number: float) -> float:
    if abs(number) >= _HUGE or not math.isfinite(number):
        raise ValueError
    return number


def _number(number: Decimal) -> float | str:
    # A small text, such as 1E+999999999, may stand for more digits than there is memory.
    if not number.is_finite() or number.adjusted() >= _LONGEST_NUMBER:
        raise ValueError
    if number == number.to_integral_value():
        return int(number)
    near = float(number)
    return near if Decimal(repr(near)) == number else str(number)
