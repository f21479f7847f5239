"""Which state is true: every record before it has an outcome."""

from __future__ import annotations

import math
from collections import deque
from typing import Any

State = dict[str, Any]


class Checkpoint:
    """Keeps count of records and states in the order of arrival. It does nothing else."""

    def __init__(self) -> None:
        self._records = 0
        self._settled = 0  # all records before this position have outcomes
        self._ahead: set[int] = set()  # and these, of the later ones
        self._states: deque[tuple[int, State]] = deque()
        self._latest: State | None = None
        self._blocked_at = math.inf  # what comes after this position never becomes true

    def add_record(self) -> int:
        """A record came in; returns its position."""
        self._records += 1
        return self._records - 1

    def add_state(self, state: State) -> None:
        """A state came in."""
        if self._records > self._blocked_at:
            return
        if self._states and self._states[-1][0] == self._records:
            self._states.pop()
        self._states.append((self._records, state))

    def settle(self, position: int) -> None:
        """The record at that position has its outcome."""
        if position > self._blocked_at:
            return
        self._ahead.add(position)
        while self._settled in self._ahead:
            self._ahead.remove(self._settled)
            self._settled += 1

    def leave(self, position: int) -> None:
        """The record at that position never gets an outcome: nothing after it need be kept."""
        if position > self._blocked_at:
            return
        self._blocked_at = position
        self._ahead = {one for one in self._ahead if one < position}
        while self._states and self._states[-1][0] > position:
            self._states.pop()

    def due(self) -> State | None:
        """The newest true state, to go out now; None where there is none newer than the last."""
        newest = None
        while self._states and self._states[0][0] <= self._settled:
            newest = self._states.popleft()[1]
        # An empty one would make Meltano forget what it has.
        if not newest or newest == self._latest:
            return None
        self._latest = newest
        return newest
