"""What became of the records of a run, counted: for the log, and as a table for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_sakari.loading.table import table
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from target_sakari.outcome import Outcome, Status

REJECTED: frozenset[Status] = frozenset({"rejected", "unknown"})
"""Outcomes that count as rejected, and that go into the rejects file."""

_HEAD = ("stream", "outcome", "what", "records")


@dataclass
class StreamTally:
    """What became of a stream.

    Attributes:
        records: that came in.
        duplicates: those of them that had the phone number of one before.
        outcomes: how many ended so, by outcome, action and reason.
    """

    records: int = 0
    duplicates: int = 0
    outcomes: Counter[tuple[str, str, str | None]] = field(default_factory=Counter)

    def as_json(self) -> dict[str, Any]:
        """The figures, by the names that the docs give them."""
        outcomes: Counter[str] = Counter()
        actions: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        for (outcome, action, reason), count in sorted(self.outcomes.items(), key=str):
            outcomes[outcome] += count
            if outcome in {"written", "planned"}:
                actions[action] += count
            if reason is not None:
                reasons[reason] += count
        return {
            "records": self.records,
            "duplicates": self.duplicates,
            "outcomes": dict(outcomes),
            "actions": dict(actions),
            "reasons": dict(reasons),
            "without_outcome": max(0, self.records - self.outcomes.total()),
        }


class Summary:
    """What became of a run's records.

    Attributes:
        read: records that came in.
        done: outcomes.
        rejected: outcomes that are rejected or unknown.
    """

    def __init__(self) -> None:
        self._streams: defaultdict[str, StreamTally] = defaultdict(StreamTally)
        self.read = self.done = self.rejected = 0

    def add_record(self, stream: str) -> None:
        """A record came in."""
        self._streams[stream].records += 1
        self.read += 1

    def add_duplicate(self, stream: str) -> None:
        """It had the phone number of one before."""
        self._streams[stream].duplicates += 1

    def add_outcome(self, stream: str, outcome: Outcome) -> None:
        """It ended so."""
        reason = None if outcome.reason is None else outcome.reason.value
        self._streams[stream].outcomes[outcome.outcome, outcome.action, reason] += 1
        self.done += 1
        self.rejected += outcome.outcome in REJECTED

    def reasons(self, ended: Collection[Status] = REJECTED) -> Counter[str]:
        """Why records ended so, and how many."""
        reasons: Counter[str] = Counter()
        for tally in self._streams.values():
            for (outcome, _, reason), count in tally.outcomes.items():
                if outcome in ended and reason is not None:
                    reasons[reason] += count
        return reasons

    def wholly_rejected(self) -> list[str]:
        """The streams of which every record has its outcome, and was rejected."""
        return [
            stream
            for stream, tally in self._streams.items()
            if 0 < tally.records <= tally.outcomes.total()
            and {outcome for outcome, *_ in tally.outcomes} == {"rejected"}
        ]

    def to_be_repeated(self) -> int:
        """How many records Sakari failed at, or may have, so that they are to come again."""
        return sum(
            count
            for tally in self._streams.values()
            for (outcome, _, reason), count in tally.outcomes.items()
            if outcome == "unknown" or (outcome, reason) == ("rejected", Reason.FAILED)
        )

    def unknown_sends(self) -> int:
        """How many records have a text of which nobody knows whether it went out."""
        return sum(
            count
            for tally in self._streams.values()
            for (outcome, action, _), count in tally.outcomes.items()
            if (outcome, action) == ("unknown", "send")
        )

    def as_json(self) -> dict[str, Any]:
        """The figures of each stream."""
        return {stream: tally.as_json() for stream, tally in self._streams.items()}

    def table(self) -> str:
        """The same for people."""
        return table([_HEAD, *self._rows()], numbers=1)

    def _rows(self) -> Iterator[tuple[str, str, str, str]]:
        for stream, tally in self._streams.items():
            for (outcome, action, reason), count in sorted(tally.outcomes.items(), key=str):
                yield stream, outcome, reason or action, f"{count:,}"
            without = tally.as_json()["without_outcome"]
            if without:
                yield stream, "none", "not begun, or cut short", f"{without:,}"
            if tally.duplicates:
                yield stream, "(any)", "number seen before", f"{tally.duplicates:,}"


def in_words(reasons: Counter[str], most: int | None = None) -> str:
    """Reasons, the commonest first, and no more than so many: `invalid_number 8, …`."""
    return ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common(most))
