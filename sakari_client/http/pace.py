"""How fast requests may follow one another: the account's limit, learned from its refusals.

Nothing here waits or reads a clock: times are seconds on some clock that never goes back, and
come in as arguments.
"""

from __future__ import annotations

import contextlib
import math
from collections import deque

_WINDOW, _WINDOW_REQUESTS = 1.0, 2
"""Seconds, and requests, over which what the server takes is counted at least."""
_MARGIN = 0.95
"""What is used of a limit: requests do not arrive as evenly as they are sent."""
_CAUTION = 0.9
"""What a refusal leaves of a rate that the server used to take."""
_SLOWEST = 0.1
"""Requests per second below which refusals do not slow the client further."""
_PAUSE = 1.0
"""Seconds that nobody sends after a refusal; doubled while all that follows is refused too."""
_LATENESS = 0.01
"""Seconds by which a request may be late, as sleeping makes it, without delaying the next."""

_PATIENCE, _PATIENT_REQUESTS, _PATIENT_PAUSES = 30.0, 30, 10
"""After a refusal the rate is not raised for so many seconds, for so many requests, and for so
many times as long as the pause was; after a raise that was refused, for twice as long. So few
requests are refused, and little time is lost."""
_STEP = 0.1
"""Part by which the rate is raised first; doubled with each raise that is not refused."""
_HOLD, _HOLD_REQUESTS = 2.0, 5
"""Seconds, and requests, that a raised rate is held before it is raised again."""
_PROOF = 5
"""How many times as long a rate must go without a refusal to be trusted."""
_USED = 0.8
"""Part of the rate that must have been used for the lack of refusals to mean anything."""


class Pace:
    """Learns the rate at which the server takes requests.

    Sakari documents that a limit exists and that going over it answers 429, but neither the
    number nor a header (OpenAPI document, "Throttling / Limits"). So:

    * Before the first refusal only the user's ceiling holds.
    * A refusal pauses everything, and tells the limit: what the server took in the second before.
      From then on requests are spaced evenly, at a little less than that.
    * A rate that is refused although it was learned is lowered further, and at once to what the
      server took in the last second where that is clearly less: the limit may have been lowered,
      and some limits let a burst through at first.
    * Once or twice a minute the rate is raised, step by step, until a step is refused or the
      ceiling is met (see `_Climb`).

    Attributes:
        rate: requests per second allowed now.
        resuming: whether nothing was accepted yet since the latest refusal.
    """

    def __init__(self, ceiling: float, longest_pause: float) -> None:
        """Make a pace.

        Args:
            ceiling: requests per second that are never exceeded.
            longest_pause: seconds that a pause lasts at most, whatever the server asks for.
        """
        self.rate = ceiling
        self.resuming = False
        self._ceiling = ceiling
        self._longest_pause = longest_pause
        self._recent: deque[float] = deque()
        self._next = -math.inf
        self._paused_until = -math.inf
        # Since the latest refusal: None before the first that told the limit.
        self._climb: _Climb | None = None
        # The latest refusal: when it was known, how many requests the server took in so many
        # seconds before, the rate and the climb that it ended, and how many there were in a row.
        self._refused_at = -math.inf
        self._taken, self._seconds = 0, _WINDOW
        self._before: tuple[float, _Climb | None] = (ceiling, None)
        self._fruitless = 0

    @property
    def _window(self) -> float:
        return max(_WINDOW, _WINDOW_REQUESTS / self.rate)

    def turn(self, now: float) -> float:
        """When the next request may go: now or later."""
        return max(now, self._next, self._paused_until)

    def take(self, now: float, *, counts: bool = True) -> None:
        """Take note of a request that goes now, and whether it counts towards the limit."""
        on_time = now - self._next < _LATENESS
        self._next = (self._next if on_time else now) + 1 / self.rate
        if not counts:
            return
        self._recent.append(now)
        while self._recent[0] <= now - self._window:
            self._recent.popleft()
        if self._climb:
            self.rate = self._climb.take(now, self.rate, self._ceiling)

    def accepted(self, turn: float) -> None:
        """Take note of an answer that was no refusal, to a request that went at `turn`."""
        if turn > self._refused_at:
            self.resuming = False

    def refused(self, turn: float, now: float, retry_after: float | None) -> None:
        """Pause after a 429, and learn from it.

        Requests that were under way together are refused together, and count as one refusal.

        Args:
            turn: when the refused request went.
            now: when its answer came.
            retry_after: seconds that the server asks to wait, if it does.
        """
        if turn > self._refused_at:
            self._refused_at = now
            # What is under way is counted as taken until it is known to be refused.
            self._taken, self._seconds = len(self._recent), self._window
            self._before = (self.rate, self._climb)
            self._fruitless += 1
            self.resuming = True
        with contextlib.suppress(ValueError):
            self._recent.remove(turn)
            self._taken -= 1
        self.rate, self._climb = self._before
        if self._taken > 0:
            self.rate = self._lower_rate()
            self._fruitless = 0
        pause = max(retry_after or 0.0, _PAUSE * 2 ** min(10, self._fruitless))
        self._pause(now, min(pause, self._longest_pause))

    def _lower_rate(self) -> float:
        """The rate after a refusal that told something about the limit."""
        before, climb = self._before
        counted = _MARGIN * self._taken / self._seconds
        if climb is None:
            rate = counted
        elif climb.step:
            rate = max(counted, climb.trusted)
        elif climb.trusted < before:
            rate = climb.trusted
        else:
            rate = _CAUTION * before
            # What is counted here is what is counted there, give or take one.
            if self._taken + 1 < before * self._seconds:
                rate = min(rate, counted)
        return min(max(rate, _SLOWEST), before)

    def _pause(self, now: float, seconds: float) -> None:
        """Let nobody send for so long, and nobody raise the rate for much longer."""
        self._paused_until = max(self._paused_until, now + seconds)
        _, climb = self._before
        if climb or self._taken > 0:
            patience = max(_PATIENCE, _PATIENT_REQUESTS / self.rate, _PATIENT_PAUSES * seconds)
            patience *= 2 if climb and climb.step else 1
            trusted = climb.trusted if climb else math.inf
            self._climb = _Climb(self._paused_until, patience, trusted)


class _Climb:
    """The way up again from a refusal to the next.

    Attributes:
        trusted: the latest rate that was not refused for some time; infinite before the first.
        step: part by which the rate was raised last; 0 where it was not raised, or is trusted.
    """

    def __init__(self, start: float, patience: float, trusted: float) -> None:
        self.trusted = trusted
        self.step = 0.0
        self._changed_at = start
        self._watch(start, patience)

    def _watch(self, start: float, seconds: float) -> None:
        """Look at how much of the rate is used, until it may be raised."""
        self._watched_from = start
        self._raise_at = start + seconds
        self._used = 0

    def take(self, now: float, rate: float, ceiling: float) -> float:
        """The rate from now on, after a request that goes now."""
        self._used += 1
        hold = max(_HOLD, _HOLD_REQUESTS / rate)
        if now >= self._changed_at + _PROOF * hold:
            self.trusted, self.step = rate, 0.0
        if now < self._raise_at:
            return rate
        if self._used >= _USED * rate * (now - self._watched_from) and rate < ceiling:
            self.step = min(1.0, 2 * self.step or _STEP)
            rate = min(ceiling, rate * (1 + self.step))
            self._changed_at = now
        self._watch(now, hold)
        return rate
