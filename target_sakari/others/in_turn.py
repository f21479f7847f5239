"""Records that are written one after the other, as there are few of their kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.outcome import Action, Outcome, RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_sakari.routes import Item
    from target_sakari.run import Run, Tell


def write_in_turn(
    run: Run, items: Sequence[Item], tell: Tell, write: Callable[[Item], Outcome], action: Action
) -> None:
    """Write records in the order of arrival, until the run is to stop.

    Args:
        run: what is stopped.
        items: the records.
        tell: takes each outcome.
        write: writes one record.
        action: of records that cannot be written as they are.

    Raises:
        SakariError: of `write`.
    """
    for item in items:
        if run.stopping():
            return
        try:
            outcome = write(item)
        except RejectedError as error:
            outcome = Outcome(action, "rejected", error.reason, error.detail)
        tell(item, outcome)


def deletion(action: Action, sakari_id: str | None, *, there: bool, requests: int) -> Outcome:
    """The outcome of a deletion, by whether the thing was there, as far as can be told."""
    if there:
        return Outcome(action, "written", None, None, sakari_id, requests)
    return Outcome(action, "skipped", Reason.ALREADY_ABSENT, None, sakari_id, requests)
