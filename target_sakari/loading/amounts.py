"""How much was sent, or is planned, by country: for the log, and as a table for people."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from target_sakari.guards.caps import Amount
from target_sakari.loading.table import table

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = ("country", "messages", "segments", "cost, about")


def amounts_json(amounts: Mapping[str, Amount]) -> dict[str, Any]:
    """The figures; the cost is text, digit by digit, and null where Sakari tells no price."""
    return {
        **_figures(_total(amounts)),
        "countries": {country: _figures(one) for country, one in _dearest_first(amounts).items()},
    }


def amounts_table(amounts: Mapping[str, Amount]) -> str:
    """The same for people, with a line for all countries together."""
    shown = {**_dearest_first(amounts), "all": _total(amounts)}
    rows = [
        (country, f"{one.messages:,}", f"{one.segments:,}", _cost(one) or "unknown")
        for country, one in shown.items()
    ]
    return table([_HEAD, *rows], numbers=3)


def _total(amounts: Mapping[str, Amount]) -> Amount:
    return sum(amounts.values(), Amount())


def _dearest_first(amounts: Mapping[str, Amount]) -> dict[str, Amount]:
    there = {country: one for country, one in amounts.items() if one.messages}
    return dict(sorted(there.items(), key=lambda one: (-one[1].cost, -one[1].segments, one[0])))


def _figures(amount: Amount) -> dict[str, Any]:
    return {"messages": amount.messages, "segments": amount.segments, "cost": _cost(amount)}


def _cost(amount: Amount) -> str | None:
    """The cost in digits; None where no price is known, which is reckoned as nothing."""
    return f"{amount.cost.normalize():f}" if amount.cost > Decimal(0) else None
