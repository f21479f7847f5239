"""What became of one incoming record. Each ends as exactly one of these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_sakari.reasons import Reason

Action = Literal[
    "create", "update", "upsert", "delete", "close", "subscribe", "unsubscribe", "send"
]
"""What was done or was to be done; `upsert` where it never came to that choice."""

Status = Literal["written", "unchanged", "rejected", "skipped", "unknown", "planned", "deferred"]
"""How it ended. Rejected and unknown records go into the rejects file."""


@dataclass(frozen=True)
class Outcome:
    """What became of a record.

    Attributes:
        action: what was done, or was to be done.
        outcome: how that ended.
        reason: why it is not simply written; None where it is, or is planned or unchanged.
        detail: for people; holds no value of a personal field.
        sakari_id: of the thing in Sakari, where it is known.
        attempts: requests that carried the record.
    """

    action: Action
    outcome: Status
    reason: Reason | None = None
    detail: str | None = None
    sakari_id: str | None = None
    attempts: int = 0


class RejectedError(Exception):
    """A record cannot be written as it is: `reason` and `detail` go into its outcome."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True)
class Row:
    """One line of the outcomes file.

    Attributes:
        stream: the record's stream as it came in.
        key: values of the record's key properties.
        outcome: what became of it.
    """

    stream: str
    key: Mapping[str, Any] = field(repr=False)
    outcome: Outcome
