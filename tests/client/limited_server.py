"""A server that limits requests and a client's threads that keep it busy, in virtual time.

The client's side is the real `Throttle`; the network, the server and the threads are events on a
clock that jumps from one to the next. Ten minutes take a second or so, and always go the same way.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from sakari_client.clock import Clock
from sakari_client.config import ClientConfig
from sakari_client.http.throttle import Throttle, Turn

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Unlimited:
    """Takes everything."""

    limit: float = float("inf")

    def takes(self, _now: float) -> bool:
        return True


@dataclass
class SlidingWindow:
    """So many requests within any second, as the emulator counts them."""

    limit: float
    taken: deque[float] = field(default_factory=deque)

    def takes(self, now: float) -> bool:
        while self.taken and self.taken[0] <= now - 1:
            self.taken.popleft()
        if len(self.taken) >= self.limit:
            return False
        self.taken.append(now)
        return True


@dataclass
class FixedWindow:
    """So many requests in each second of the server's clock."""

    limit: float
    second: int = 0
    taken: int = 0

    def takes(self, now: float) -> bool:
        if int(now) != self.second:
            self.second, self.taken = int(now), 0
        self.taken += 1
        return self.taken <= self.limit


@dataclass
class TokenBucket:
    """So many requests a second on average, and a burst of so many at once."""

    limit: float
    burst: float
    tokens: float = 0
    filled_at: float = 0

    def takes(self, now: float) -> bool:
        grown = (now - self.filled_at) * self.limit
        self.tokens, self.filled_at = min(self.burst, self.tokens + grown), now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


Server = Unlimited | SlidingWindow | FixedWindow | TokenBucket


@dataclass
class Run:
    """What the server saw: when each request came, in seconds from the start, and if it took it."""

    requests: list[tuple[float, bool]] = field(default_factory=list)

    @property
    def refused_percent(self) -> float:
        return 100 * sum(not taken for _, taken in self.requests) / len(self.requests)

    def rate(self, begin: float, end: float) -> float:
        """Requests taken per second."""
        return sum(taken for at, taken in self.requests if begin <= at < end) / (end - begin)

    def refused(self, begin: float, end: float) -> int:
        return sum(not taken for at, taken in self.requests if begin <= at < end)


class Simulation:
    """Threads of one client that all send, wait for the answer and send again.

    Attributes:
        run: what the server saw.
        answers: when each answer came, in seconds from the start, and the width after it.
    """

    def __init__(  # noqa: PLR0913
        self,
        server: Server,
        *,
        requests_per_second: float = 100_000,
        concurrency: int = 8,
        latency: float = 0.1,
        retry_after: float | None = None,
        jitter: float = 0.0,
        busy: float = 0.0,
    ) -> None:
        """Make a simulation.

        Args:
            server: what takes or refuses the requests; its `limit` may be changed between runs.
            requests_per_second: the client's setting.
            concurrency: the client's setting; also the number of threads.
            latency: seconds from sending to the answer; a fifth of it is the way to the server.
            retry_after: what a refusal asks for.
            jitter: mean of what comes on top of the way to the server, exponentially distributed.
            busy: seconds that the server, which has one hand, works on each request it takes.
        """
        self.now = 1000.0
        self.run = Run()
        self.answers: list[tuple[float, int]] = []
        config = ClientConfig(
            "id", "secret", "account", requests_per_second=requests_per_second,
            concurrency=concurrency,
        )  # fmt: skip
        self.throttle = Throttle(config, Clock(monotonic=lambda: self.now))
        self._server = server
        self._latency = latency
        self._retry_after = retry_after
        self._jitter = jitter
        self._busy = busy
        self._busy_until = 0.0
        self._start = self.now
        self._idle = concurrency
        self._chance = random.Random(1)
        self._order = itertools.count()
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._awake_at = 0.0

    def go_on(self, seconds: float) -> Run:
        """Let time pass."""
        end = self.now + seconds
        self._admit()
        while self._events and self._events[0][0] <= end:
            self.now, _, happen = heapq.heappop(self._events)
            happen()
            self._admit()
        self.now = end
        return self.run

    def _after(self, seconds: float, happen: Callable[[], None]) -> None:
        heapq.heappush(self._events, (self.now + seconds, next(self._order), happen))

    def _admit(self) -> None:
        """What `Throttle.turn` does for the first thread in the queue, without waiting."""
        while self._idle and self.throttle.has_room:
            at = self.throttle.pace.turn(self.now)
            if at > self.now:
                if not self.now < self._awake_at <= at:
                    self._awake_at = at
                    self._after(at - self.now, lambda: None)
                return
            turn = self.throttle.enter(self.now)
            self._idle -= 1
            delay = self._jitter * self._chance.expovariate(1)
            self._after(self._latency / 5 + delay, partial(self._arrive, turn))

    def _arrive(self, turn: Turn) -> None:
        taken = self._server.takes(self.now)
        self.run.requests.append((self.now - self._start, taken))
        if taken:
            self._busy_until = max(self.now, self._busy_until) + self._busy
            work = self._busy_until - self.now
            self._after(work + self._latency * 4 / 5, partial(self._answer, turn))
        else:
            self._after(self._latency / 5, partial(self._refuse, turn))

    def _answer(self, turn: Turn) -> None:
        self.throttle.answered(turn, self.now - turn.at)
        self.throttle.leave(turn)
        self.answers.append((self.now - self._start, self.throttle.width.now))
        self._idle += 1

    def _refuse(self, turn: Turn) -> None:
        self.throttle.refused(turn, self._retry_after)
        self.throttle.leave(turn)
        wait = self._chance.random() if self._retry_after is None else self._retry_after
        self._after(wait, self._wake)

    def _wake(self) -> None:
        self._idle += 1
