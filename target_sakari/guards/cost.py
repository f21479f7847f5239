"""What texts cost: before, as far as that can be told, and as Sakari tells it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.segments import count
from target_sakari.guards.caps import Amount

if TYPE_CHECKING:
    from collections.abc import Mapping

ELSEWHERE = "?"
"""The country of numbers whose country is not certain, or that are not known."""


def segment_price(balance: Mapping[str, Any]) -> Decimal | None:
    """The price of a segment, by `account.balance()`; None where it is not told."""
    return decimal_of(balance.get("segmentPrice"))


def money_left(balance: Mapping[str, Any]) -> Decimal | None:
    """The money that is left, by `account.balance()`; None where it is not told."""
    return decimal_of(balance.get("balance"))


def estimate(text: str, price: Decimal | None) -> Amount:
    """How much a text is, for one recipient.

    Placeholders count as they stand, and pictures cost more: Sakari tells neither before.

    Args:
        text: as it is sent.
        price: of a segment; None where it is not known: it is reckoned as nothing.
    """
    segments = count(text).segments
    return Amount(1, segments, segments * (price or Decimal(0)))


def price_of(message: Mapping[str, Any] | None) -> Decimal | None:
    """What a message cost; None where Sakari does not tell it."""
    return decimal_of(message.get("price")) if message else None


def country_of(number: str | None) -> str:
    """Whose a number is: ISO 3166, or `ELSEWHERE`.

    Args:
        number: in E.164; None where it is not known.
    """
    return (number and phone.country_of(number)) or ELSEWHERE


def decimal_of(value: Any) -> Decimal | None:
    """A number of Sakari's, digit by digit; it may be text. None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
