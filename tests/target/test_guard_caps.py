"""How much a run sends, one recipient gets, and a text costs."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_sakari.guards.caps import Amount, Budget, Limits, recipient_cap
from target_sakari.guards.cost import country_of, estimate, money_left, segment_price
from target_sakari.guards.send_time import send_time
from target_sakari.loading.amounts import amounts_json
from target_sakari.reasons import Reason

MANY = Amount(10**9, 10**9, Decimal(10**9))
CENTS = st.integers(0, 500).map(lambda cents: Decimal(cents) / 100)
AMOUNTS = st.builds(Amount, st.integers(0, 5), st.integers(0, 9), CENTS)
LIMITS = st.builds(
    Limits,
    st.none() | st.integers(0, 20),
    st.none() | st.integers(0, 40),
    st.none() | CENTS,
)


def within(limits: Limits, amount: Amount) -> bool:
    return (
        amount.messages <= (MANY.messages if limits.max_messages is None else limits.max_messages)
        and amount.segments
        <= (MANY.segments if limits.max_segments is None else limits.max_segments)
        and amount.cost <= (MANY.cost if limits.max_cost is None else limits.max_cost)
    )


@given(LIMITS, st.lists(AMOUNTS))
def test_a_budget_takes_just_what_is_within_its_limits(
    limits: Limits, amounts: list[Amount]
) -> None:
    budget, taken = Budget(limits), Amount()
    for amount in amounts:
        refused = budget.take(amount)
        assert (refused is None) == within(limits, taken + amount)
        taken = taken if refused else taken + amount
        assert budget.spent == taken
    assert taken == Amount() or within(limits, taken)


@given(st.lists(AMOUNTS, min_size=1))
def test_what_is_given_back_may_be_taken_again(amounts: list[Amount]) -> None:
    total = sum(amounts, Amount())
    budget = Budget(Limits(total.messages, total.segments, total.cost))
    for amount in amounts:
        assert budget.take(amount) is None
    assert budget.spent == total
    budget.give_back(amounts[0])
    assert budget.take(amounts[0]) is None
    assert budget.take(Amount(1)) is not None


@given(LIMITS, AMOUNTS)
def test_a_plan_is_judged_as_the_run_is(limits: Limits, plan: Amount) -> None:
    assert limits.objection(plan) == Budget(limits).take(plan)


@pytest.mark.parametrize(
    ("limits", "reason", "detail"),
    [
        (Limits(max_messages=1), Reason.MAX_MESSAGES, "2 in this run; max_messages is 1."),
        (Limits(max_segments=3), Reason.MAX_SEGMENTS, "4 in this run; max_segments is 3."),
        (Limits(max_cost=Decimal("0.19")), Reason.MAX_COST, "0.20 in this run; max_cost is 0.19."),
        (Limits(0, 0, Decimal(0)), Reason.MAX_MESSAGES, "max_messages is 0."),
    ],
)
def test_the_limit_is_named(limits: Limits, reason: Reason, detail: str) -> None:
    found = limits.objection(Amount(2, 4, Decimal("0.20")))
    assert found is not None
    assert (found.outcome, found.reason) == ("deferred", reason)
    assert found.detail.endswith(detail)


@pytest.mark.parametrize(
    ("sent", "most", "capped"), [(0, None, False), (99, None, False), (1, 2, False), (2, 2, True)]
)
def test_a_recipient_gets_so_many(sent: int, most: int | None, *, capped: bool) -> None:
    found = recipient_cap(sent, most)
    assert (found is not None) == capped
    assert found is None or (found.outcome, found.reason) == ("deferred", Reason.RECIPIENT_CAP)


def test_a_text_that_is_due_goes_out() -> None:
    now = datetime(2026, 5, 1, 9, tzinfo=timezone.utc)
    assert send_time(None, now) is None
    assert send_time(now, now) is None
    later = send_time(now + timedelta(seconds=1), now)
    assert later is not None
    assert (later.outcome, later.reason) == ("deferred", Reason.SEND_LATER)
    assert "2026-05-01T09:00:01+00:00" in later.detail


@pytest.mark.parametrize(
    ("value", "price"),
    [
        (0.05, Decimal("0.05")), ("0.0075", Decimal("0.0075")), (1, Decimal(1)),
        (None, None), ("free", None), (True, None), ([], None), ("NaN", None),
    ],
)  # fmt: skip
def test_prices_as_sakari_may_write_them(value: Any, price: Decimal | None) -> None:
    assert segment_price({"segmentPrice": value}) == price
    assert money_left({"balance": value}) == price


def test_what_a_text_costs() -> None:
    assert estimate("Hi", Decimal("0.05")) == Amount(1, 1, Decimal("0.05"))
    assert estimate("x" * 161, Decimal("0.05")) == Amount(1, 2, Decimal("0.10"))
    assert estimate("x" * 70 + "\u2019", Decimal("0.05")) == Amount(1, 2, Decimal("0.10"))
    assert estimate("Hi", None) == Amount(1, 1, Decimal(0))


def test_costs_by_country() -> None:
    one = estimate("Hi", Decimal("0.05"))
    numbers = ("+12125550123", "+4917012345678", None, "+4917012345679")
    amounts: dict[str, Amount] = {}
    for country in map(country_of, numbers):
        amounts[country] = amounts.get(country, Amount()) + one
    assert amounts == {"DE": one + one, "?": one, "US": one}
    assert list(amounts_json(amounts)["countries"]) == ["DE", "?", "US"]
