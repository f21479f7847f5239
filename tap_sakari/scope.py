"""What a bookmark is about: nobody may take "nothing older changed" for an account never read."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tap_sakari.conform import utc_milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_SCOPE = "scope"
_START = "start_date"


@dataclass(frozen=True)
class Scope:
    """What of a stream a run reads.

    Attributes:
        rows: of which account, narrowed by which filters; a digest, as filters may be personal.
        start: the start date in UTC, with milliseconds; empty where there is none.
    """

    rows: str
    start: str

    @classmethod
    def of(
        cls, account_id: str, filters: Mapping[str, str] | None, start_date: str | None
    ) -> Scope:
        """The scope by the settings."""
        text = json.dumps([account_id, filters or {}], sort_keys=True)
        rows = hashlib.sha256(text.encode()).hexdigest()[:16]
        return cls(rows, utc_milliseconds(start_date) or "")

    def is_covered_by(self, state: Mapping[str, Any]) -> bool:
        """Whether the runs before read all that this one is to know. A state without scope has."""
        rows, start = state.get(_SCOPE, self.rows), state.get(_START, "")
        return bool(rows == self.rows and str(start) <= self.start)

    def write(self, state: dict[str, Any]) -> None:
        """Take note of it in the state, next to the bookmark that is about it."""
        state[_SCOPE] = self.rows
        state[_START] = self.start
