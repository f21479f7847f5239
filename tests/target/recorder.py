"""A writer that does as it is told, and remembers what it was given."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_sakari.outcome import Outcome, RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import KINDS
from target_sakari.writers import Meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from target_sakari.routes import Item, Kind, Route
    from target_sakari.run import Run, Tell, TellRow

    Answer = Callable[[Item], Outcome | None]


def written(item: Item) -> Outcome:
    """What becomes of a record as a rule."""
    return Outcome("create", "written", sakari_id=f"id-{item.position}", attempts=1)


def rejected(item: Item) -> Outcome:
    """What becomes of one that is wrong."""
    return Outcome("create", "rejected", Reason.INVALID_NUMBER, "mobile cannot be a number.")


class _AsItIs:
    """A mapper to whom a record means itself."""

    def __init__(self, route: Route) -> None:
        self.route = route

    def read(self, record: Mapping[str, Any]) -> Mapping[str, Any]:
        return record


@dataclass
class Recorder:
    """Stands in for the writers of all kinds.

    Attributes:
        answer: the outcome of a record; None where there is to be none.
        run: what the writers were made with.
        batches: what they were given, in turn.
        finished: the routes that they came to their end with.
    """

    answer: Answer = written
    run: Run | None = None
    batches: list[list[Item]] = field(default_factory=list)
    finished: list[Route] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._meaning = Meaning(_AsItIs)

    def __call__(self, run: Run) -> dict[Kind, Recorder]:
        self.run = run
        return dict.fromkeys(KINDS, self)

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        self.batches.append(list(items))
        for item in items:
            assert self.run is not None
            if self.run.stopping():
                return
            try:
                self._meaning(item)
                outcome = self.answer(item)
            except RejectedError as error:
                outcome = Outcome("upsert", "rejected", error.reason, error.detail)
            if outcome is not None:
                tell(item, outcome)

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:  # noqa: ARG002
        self.finished += routes

    @property
    def records(self) -> list[dict[str, Any]]:
        """All records, in the order in which they were given."""
        return [dict(item.record) for batch in self.batches for item in batch]
