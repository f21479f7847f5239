"""What goes wrong instead of, or with, an answer. Which request is hit depends on counts alone."""

from __future__ import annotations

from collections import Counter, deque
from email.utils import formatdate
from typing import TYPE_CHECKING

from sakari_emulator import answers
from sakari_emulator.errors import FAULT, RATE_LIMIT, envelope
from sakari_emulator.switches import every

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.switches import Switches

_WINDOW = 1.0


class Faults:
    """Counts requests and says which of them fail, and how."""

    def __init__(self) -> None:
        self._requests = 0
        self._posts = 0
        self._token_requests = 0
        self._lists: Counter[str] = Counter()
        self._recent: deque[float] = deque()

    def next_request(self) -> int:
        """The number of an API request, from 1."""
        self._requests += 1
        return self._requests

    def instead(self, turn: int, now: float, switches: Switches) -> Response | None:
        """The answer to a request that is not to have any effect; None if it goes ahead.

        Args:
            turn: The number of the request.
            now: Seconds since 1970, for the rate limit.
            switches: What to do, and how often; the first that applies wins.
        """
        if every(switches.reset_every, turn):
            return answers.Reset()
        if every(switches.rate_limit_every, turn) or self._too_many(now, switches.rate_limit):
            return _too_many_requests(now, switches)
        if every(switches.error_every, turn):
            return answers.failure(switches.error_status, switches.error_body)
        if every(switches.html_every, turn):
            return answers.html()
        if every(switches.success_false_every, turn):
            return answers.json(envelope(FAULT, "Not done, although the status is 200"))
        return None

    def of_list(self, stream: str, switches: Switches) -> bool:
        """Whether this request of a resource's list fails."""
        self._lists[stream] += 1
        return stream == switches.fail_stream and self._lists[stream] > switches.fail_stream_after

    def token(self, switches: Switches) -> Response | None:
        """The failure of a token request, or None."""
        self._token_requests += 1
        if every(switches.token_error_every, self._token_requests):
            return answers.failure(switches.error_status, switches.error_body)
        return None

    def after_accept(self, switches: Switches) -> Response | None:
        """What a POST that took effect is answered in place of its answer, or None."""
        self._posts += 1
        if not every(switches.fail_after_accept_every, self._posts):
            return None
        if switches.fail_after_accept == "reset":
            return answers.Reset()
        if switches.fail_after_accept == "hang":
            return answers.Hang()
        return answers.failure(500, switches.error_body)

    def _too_many(self, now: float, allowed: int) -> bool:
        """Whether this request is over the limit; a refused one does not count towards it."""
        if not allowed:
            return False
        while self._recent and self._recent[0] <= now - _WINDOW:
            self._recent.popleft()
        if len(self._recent) >= allowed:
            return True
        self._recent.append(now)
        return False


def damaged(whole: Response, turn: int, switches: Switches) -> Response:
    """A finished answer as it goes out: broken, padded or slow, or as it is."""
    if every(switches.bad_json_every, turn):
        whole = answers.bad_json(whole)
    if switches.huge_body:
        whole = answers.padded(whole, switches.huge_body)
    if every(switches.truncate_every, turn):
        return answers.Truncated(whole)
    if switches.slow_body:
        return answers.Slow(whole, switches.slow_body / 1000)
    return whole


def _too_many_requests(now: float, switches: Switches) -> Response:
    response = answers.json(envelope(RATE_LIMIT, "Too many requests"), 429)
    wait = switches.retry_after_seconds
    if switches.retry_after == "seconds":
        response.headers["retry-after"] = str(wait)
    elif switches.retry_after == "date":
        response.headers["retry-after"] = formatdate(now + wait, usegmt=True)
    return response
