"""How much a run may send, and one recipient may get."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from target_sakari.guards.objection import Objection
from target_sakari.reasons import Reason


@dataclass(frozen=True)
class Amount:
    """How much is sent: messages, segments, and money in the account's currency."""

    messages: int = 0
    segments: int = 0
    cost: Decimal = Decimal(0)

    def __add__(self, other: Amount) -> Amount:
        return Amount(
            self.messages + other.messages,
            self.segments + other.segments,
            self.cost + other.cost,
        )

    def __sub__(self, other: Amount) -> Amount:
        return Amount(
            self.messages - other.messages,
            self.segments - other.segments,
            self.cost - other.cost,
        )


@dataclass(frozen=True)
class Limits:
    """How much a run may send at most; None: any."""

    max_messages: int | None = None
    max_segments: int | None = None
    max_cost: Decimal | None = None

    def objection(self, amount: Amount) -> Objection | None:
        """What stands against an amount, of a whole run or its plan."""
        for limit, wanted, reason in (
            (self.max_messages, amount.messages, Reason.MAX_MESSAGES),
            (self.max_segments, amount.segments, Reason.MAX_SEGMENTS),
            (self.max_cost, amount.cost, Reason.MAX_COST),
        ):
            if limit is not None and wanted > limit:
                detail = f"It would make {wanted} in this run; {reason.value} is {limit}."
                return Objection("deferred", reason, detail)
        return None


class Budget:
    """What a run has sent, within its limits.

    Attributes:
        spent: what was taken so far.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.spent = Amount()

    def take(self, amount: Amount) -> Objection | None:
        """Take an amount on top of what is spent, if it is within the limits."""
        objection = self._limits.objection(self.spent + amount)
        if objection is None:
            self.spent += amount
        return objection

    def give_back(self, amount: Amount) -> None:
        """Take back an amount that was not sent after all."""
        self.spent -= amount


def recipient_cap(sent: int, most: int | None) -> Objection | None:
    """What stands against one more text for a recipient.

    Args:
        sent: texts that the recipient got in the last 24 hours, or may have got.
        most: max_per_recipient_per_day; None: any number.
    """
    if most is None or sent < most:
        return None
    detail = f"{sent} in the last 24 hours; max_per_recipient_per_day is {most}."
    return Objection("deferred", Reason.RECIPIENT_CAP, detail)
