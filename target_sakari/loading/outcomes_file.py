"""The outcomes file: what became of each record, one JSON object a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.messages import as_json

if TYPE_CHECKING:
    from target_sakari.outcome import Row


def outcome_line(row: Row) -> bytes:
    """A line of the outcomes file."""
    outcome = row.outcome
    return as_json(
        {
            "stream": row.stream,
            "key": row.key,
            "action": outcome.action,
            "outcome": outcome.outcome,
            "reason": outcome.reason,
            "detail": outcome.detail,
            "sakari_id": outcome.sakari_id,
            "attempts": outcome.attempts,
        }
    )
