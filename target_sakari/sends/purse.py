"""What a run may send, and whether the account can pay for it."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from sakari_client.errors import ConfigError, NotFoundError, RequestRefusedError
from sakari_client.plural import many
from target_sakari.failure import is_run_wide
from target_sakari.guards.caps import Amount, Budget
from target_sakari.guards.cost import country_of, estimate, money_left, segment_price
from target_sakari.sends.errors import LowBalanceError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_client.resources.base import Record
    from target_sakari.guards.objection import Objection
    from target_sakari.outcome import Outcome
    from target_sakari.run import Run
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.plan import Send

logger = logging.getLogger(__name__)


class Purse:
    """Checks the plan of each batch before its first text goes out, and counts what did go out.

    A batch that does not fit into what is left of the run's limits is put off as a whole, and so is
    all that comes after it: of a million texts by mistake, not even the first hundred go out.
    """

    def __init__(self, run: Run, settings: SendSettings) -> None:
        self._run = run
        self._settings = settings
        self._budget = Budget(settings.limits)
        self._amounts: dict[str, Amount] = {}
        self._balance: Record | None = None
        self._unreadable = False
        self._passed: Objection | None = None
        self._held: dict[tuple[int, int], tuple[str, Amount]] = {}
        self._lock = threading.Lock()

    def check(self, sends: Sequence[Send], *, dry: bool) -> Objection | None:
        """What stands against a batch's sends as a whole; if nothing does, they are reckoned in.

        Args:
            sends: each once.
            dry: whether they are only planned.

        Raises:
            LowBalanceError: the account cannot pay for them.
            ConfigError: there is a limit of cost, and Sakari does not tell what texts cost.
            SakariError: something is wrong with the whole run.
        """
        if self._passed or not sends:
            return self._passed
        if dry or self._settings.check_balance or self._settings.limits.max_cost is not None:
            self._look()
        self._amounts = {}
        plan = sum((self._amount(one) for one in sends), Amount())
        self._passed = self._budget.take(plan)
        if self._passed:
            return self._passed
        if self._settings.check_balance:
            self._check_balance(self._budget.spent if dry else plan, dry=dry)
        for one in sends:
            self._hold(one)
        return None

    def admit(self, send: Send) -> Objection | None:
        """What stands against one send that is to go out now; nothing if it is reckoned in already.

        One that seemed to be the same as another is not, and goes out where that was refused. To be
        called from any thread.
        """
        with self._lock:
            if _place(send) in self._held:
                return None
            against = self._budget.take(self._amount(send))
            if not against:
                self._hold(send)
            return against

    def ended(self, send: Send, outcome: Outcome) -> None:
        """Count a send that went out, or is planned; give back to the limits what did not."""
        with self._lock:
            if _place(send) not in self._held:
                return
            country, amount = self._held.pop(_place(send))
            if outcome.outcome in {"written", "planned"}:
                self._run.amounts[country] += amount
            elif outcome.outcome != "unknown":  # which may have gone out
                self._budget.give_back(amount)

    def say(self, *, dry: bool) -> None:
        """Say in the log how much it was, and what about it costs."""
        spent = sum(self._run.amounts.values(), Amount())
        if not spent.messages:
            return
        places = ", ".join(
            f"{country} {_size(one)}, {one.cost:g}"
            for country, one in sorted(self._run.amounts.items(), key=lambda one: -one[1].cost)
            if one.messages
        )
        logger.info(
            "sends: %s %s, at about %s in the account's currency (%s).",
            _size(spent), "planned" if dry else "sent", f"{spent.cost:g}", places,
        )  # fmt: skip

    def _hold(self, send: Send) -> None:
        country = country_of(send.recipient.number)
        self._held[_place(send)] = country, self._amount(send)
        self._run.amounts.setdefault(country, Amount())

    def _amount(self, send: Send) -> Amount:
        text = send.content.text
        if text not in self._amounts:
            price = segment_price(self._balance) if self._balance else None
            self._amounts[text] = estimate(text, price)
        return self._amounts[text]

    def _look(self) -> None:
        """Ask for the balance, as far as Sakari tells it."""
        if self._unreadable:
            return
        try:
            self._balance = self._run.client.account.balance()
        except (NotFoundError, RequestRefusedError) as error:
            if is_run_wide(error):
                raise
            self._unreadable = True
            logger.warning("sends: the balance cannot be read, and is not checked. %s", error)
        if self._settings.limits.max_cost is not None and not (
            self._balance and segment_price(self._balance) is not None
        ):
            raise ConfigError(
                "max_cost", "cannot be kept, as Sakari does not tell the price. Use max_segments."
            )

    def _check_balance(self, plan: Amount, *, dry: bool) -> None:
        if not self._balance:
            return
        left = money_left(self._balance)
        if left is None or plan.cost <= left:
            return
        problem = (
            f"The balance is {left:g}, and {many(plan.messages, 'planned text')} would cost "
            f"about {plan.cost:g}. Top it up, or set check_balance to false."
        )
        if not dry:
            raise LowBalanceError(f"{problem} None of them was sent.")
        logger.warning("sends: %s", problem)


def _place(send: Send) -> tuple[int, int]:
    """Which send of the run it is."""
    return send.position, send.place


def _size(amount: Amount) -> str:
    return f"{many(amount.messages, 'message')}, {many(amount.segments, 'segment')}"
