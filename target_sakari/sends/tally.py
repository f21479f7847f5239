"""From what became of each send to what became of each record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_sakari.outcome import Outcome, Status
    from target_sakari.routes import Item
    from target_sakari.run import Tell

_LEAST_DONE_FIRST: tuple[Status, ...] = ("planned", "deferred", "unknown", "rejected", "skipped")
"""A record with a send that is still to go out must come again, whatever became of the others."""


class Tally:
    """Tells the outcome of each record of a batch once all its sends have theirs."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._open: dict[int, tuple[Item, list[Outcome | None]]] = {}

    def expect(self, item: Item, sends: int) -> None:
        """A record has so many sends."""
        self._open[item.position] = (item, [None] * sends)

    def settle(self, position: int, place: int, outcome: Outcome) -> None:
        """A send of a record has its outcome."""
        item, outcomes = self._open[position]
        outcomes[place] = outcome
        done = [one for one in outcomes if one is not None]
        if len(done) == len(outcomes):
            del self._open[position]
            self._tell(item, combined(done))


def combined(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome of a record with these sends.

    It is written if each of them was accepted, now or before; else it is as the one of them that is
    the furthest from its end, and the detail tells of each kind.
    """
    if len(outcomes) == 1:
        return outcomes[0]
    attempts = sum(one.attempts for one in outcomes)
    found = next((one.sakari_id for one in outcomes if one.sakari_id), None)
    counts = Counter(_counted(one) for one in outcomes)
    detail = f"{len(outcomes)} recipients: " + ", ".join(
        f"{n} {what}" for what, n in counts.items()
    )
    sent = [one for one in outcomes if one.outcome == "written"]
    left = [one for one in outcomes if not _is_sent(one)]
    if not left:
        return replace((sent or outcomes)[0], sakari_id=found, attempts=attempts, detail=detail)
    left.sort(key=lambda one: _LEAST_DONE_FIRST.index(one.outcome))
    kinds = {_counted(one): one.detail for one in reversed(left) if one.detail}
    told = " ".join([f"{detail}.", *reversed(kinds.values())])
    return replace(left[0], sakari_id=found, attempts=attempts, detail=told)


def _counted(outcome: Outcome) -> str:
    return f"{outcome.outcome} {outcome.reason.value}" if outcome.reason else outcome.outcome


def _is_sent(outcome: Outcome) -> bool:
    return outcome.outcome == "written" or outcome.reason is Reason.ALREADY_SENT
