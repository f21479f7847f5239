"""What texts cost, as far as it can be told before."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.segments import count
from target_sakari.guards.caps import Amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

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


def by_country(sends: Iterable[tuple[str | None, Amount]]) -> dict[str, Amount]:
    """Amounts by country (ISO 3166, or `ELSEWHERE`), the most money first.

    Args:
        sends: the number of each recipient in E.164, None where it is not known, and how much.
    """
    amounts: dict[str, Amount] = {}
    for number, amount in sends:
        country = (number and phone.country_of(number)) or ELSEWHERE
        amounts[country] = amounts.get(country, Amount()) + amount
    return dict(sorted(amounts.items(), key=lambda one: (-one[1].cost, -one[1].segments, one[0])))


def decimal_of(value: Any) -> Decimal | None:
    """A number of Sakari's, digit by digit; it may be text. None where it is none."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
