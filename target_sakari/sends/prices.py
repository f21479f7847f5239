"""What a message cost."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.resources.base import Record


def price_of(message: Record | None) -> Decimal | None:
    """The price of a message, digit by digit as Sakari tells it; None where it does not."""
    price = message.get("price") if message else None
    if isinstance(price, bool) or not isinstance(price, int | float):
        return None
    return Decimal(str(price))
