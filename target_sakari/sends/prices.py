"""What a message cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.guards.cost import decimal_of

if TYPE_CHECKING:
    from decimal import Decimal

    from sakari_client.resources.base import Record


def price_of(message: Record | None) -> Decimal | None:
    """The price of a message; None where Sakari does not tell it."""
    return decimal_of(message.get("price")) if message else None
