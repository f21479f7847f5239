"""Where the requests of all threads of one client wait for their turn."""

from __future__ import annotations

import contextlib
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_client.http.pace import Pace
from sakari_client.http.width import Width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.clock import Clock
    from sakari_client.config import ClientConfig

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Turn:
    """A request that may go.

    Attributes:
        at: when its turn came, by the clock's monotonic time.
        width: how many requests could be in flight then.
        counts: whether it is one of those that the server limits.
    """

    at: float
    width: int
    counts: bool


class Throttle:
    """Lets requests go one after another, as many and as fast as `Width` and `Pace` allow.

    Threads stand in a queue, and only the first of them looks at width and pace. So what changes
    holds for all of them at once, and no two that slept wake up together. After a 429 one request
    goes first, and the others follow when it is accepted.
    """

    def __init__(self, config: ClientConfig, clock: Clock) -> None:
        self.pace = Pace(config.requests_per_second, config.retry_max_wait)
        self.width = Width(config.concurrency)
        self.in_flight = 0
        self._clock = clock
        self._queue = threading.Lock()
        self._state = threading.Condition()
        self._trial: Turn | None = None

    @contextlib.contextmanager
    def turn(self, *, counts: bool = True) -> Iterator[Turn]:
        """Wait until a request may go; it is in flight for the length of the `with` block.

        Args:
            counts: whether the server counts it towards the limit.
        """
        turn = self._wait(counts=counts)
        try:
            yield turn
        finally:
            self.leave(turn)

    def _wait(self, *, counts: bool) -> Turn:
        at = 0.0
        with self._queue:
            while True:
                with self._state:
                    self._state.wait_for(lambda: self.has_room)
                    now = max(at, self._clock.monotonic())
                    at = self.pace.turn(now)
                    if at <= now:
                        return self.enter(now, counts=counts)
                self._clock.sleep(at - now)

    @property
    def has_room(self) -> bool:
        """Whether one more request may be in flight."""
        return self.in_flight < self.width.now and self._trial is None

    def enter(self, now: float, *, counts: bool = True) -> Turn:
        """Take a turn: there is room, and `pace` says that it has come."""
        self.pace.take(now, counts=counts)
        self.in_flight += 1
        turn = Turn(now, self.width.now, counts)
        if self.pace.resuming:
            self._trial = turn
        return turn

    def leave(self, turn: Turn) -> None:
        """Make room for the next request."""
        with self._state:
            self.in_flight -= 1
            if self._trial is turn:
                self._trial = None
            self._state.notify()

    def answered(self, turn: Turn, seconds: float) -> None:
        """Take note of an answer that was no 429.

        Args:
            turn: of the request.
            seconds: how long the answer took.
        """
        if not turn.counts:
            return
        with self._state:
            resuming = self.pace.resuming
            self.pace.accepted(turn.at)
            self.width.answered(turn.width, seconds, self._clock.monotonic())
            self.width.keep_to(self.pace.rate)
        if resuming and not self.pace.resuming:
            logger.info(
                "After a 429: going on with %.1f requests per second, as many as the server takes.",
                self.pace.rate,
            )

    def refused(self, turn: Turn, retry_after: float | None) -> None:
        """Pause all threads after a 429, and go on more slowly.

        Args:
            turn: of the refused request.
            retry_after: seconds that the server asks to wait, if it does.
        """
        if not turn.counts:
            return
        with self._state:
            self.pace.refused(turn.at, self._clock.monotonic(), retry_after)
            self.width.keep_to(self.pace.rate)
