"""What is going to happen by itself, and when: message statuses, conversations that close.

Nothing here runs on its own: what is due happens when somebody looks.
"""

from __future__ import annotations

import heapq
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Act = Callable[[int], None]


class Agenda:
    """Things to do, each at its moment in milliseconds since 1970; done ones are forgotten."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Act]] = []
        self._entries = count()

    def __len__(self) -> int:
        return len(self._heap)

    def at(self, moment: int, act: Act) -> None:
        """Have `act` called with the moment once that has come."""
        # The number keeps things of one moment in the order in which they were planned.
        heapq.heappush(self._heap, (moment, next(self._entries), act))

    def run(self, now: int) -> None:
        """Do everything that is due, in the order of time, and what is planned meanwhile if due."""
        while self._heap and self._heap[0][0] <= now:
            moment, _, act = heapq.heappop(self._heap)
            act(moment)
