"""When a request is repeated, and after how long.

One table decides: what kind of operation it is, and what the failure says the server may
already have done.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING

import backoff

from sakari_client.errors import Failure, SakariError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.clock import Clock


class Repeat(enum.Enum):
    """Whether carrying an operation out twice does harm."""

    HARMLESS = "reads, deletes, writes of a whole record, the access token"
    HARMFUL = "sends, and creations that would make a second record"


_REPEATED: dict[Failure, frozenset[Repeat]] = {
    # The server cannot have acted: anything may be repeated.
    Failure.NOT_SENT: frozenset(Repeat),
    Failure.THROTTLED: frozenset(Repeat),
    # The server may have acted: only what does no harm twice.
    Failure.LOST: frozenset({Repeat.HARMLESS}),
    Failure.SERVER: frozenset({Repeat.HARMLESS}),
    Failure.BAD_ANSWER: frozenset({Repeat.HARMLESS}),
    Failure.OVERSIZED: frozenset(),
    # After a POST a redirect may lead to its outcome; it would come again in any case.
    Failure.REDIRECTED: frozenset(),
    # 401 and 403 are repeated once with a new token, by the transport.
    Failure.UNAUTHORIZED: frozenset(),
    Failure.REFUSED: frozenset(),
    Failure.LOCAL: frozenset(),
}
_MAY_HAVE_ACTED = frozenset(
    {Failure.LOST, Failure.SERVER, Failure.BAD_ANSWER, Failure.OVERSIZED, Failure.REDIRECTED}
)


def may_repeat(repeat: Repeat, failure: Failure) -> bool:
    """Whether an operation of this kind is tried again after this failure."""
    return repeat in _REPEATED[failure]


def may_have_acted(failure: Failure) -> bool:
    """Whether the server may have carried out a try that failed so."""
    return failure in _MAY_HAVE_ACTED


def is_ambiguous(repeat: Repeat, failure: Failure) -> bool:
    """Whether the server may have done something that must not be done twice."""
    return repeat is Repeat.HARMFUL and may_have_acted(failure)


def waits(longest: float, clock: Clock) -> Iterator[float]:
    """Endless waits in seconds: exponential from 1 s, capped, with full jitter."""
    steps = backoff.expo(max_value=longest)
    next(steps)  # the generator's own start-up value
    for step in steps:
        yield step * clock.random()


def wait_after(error: SakariError, planned: float) -> float:
    """Seconds to wait after this error: the server's `Retry-After`, else the planned wait."""
    return planned if error.retry_after is None else error.retry_after
