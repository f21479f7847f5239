"""Errors of the client, sorted: the record's own, or the whole run's."""

from __future__ import annotations

from sakari_client.errors import (
    AccessDeniedError,
    AmbiguousError,
    AuthenticationError,
    CircuitOpenError,
    ConfigError,
    ConnectionFailedError,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
    RedirectedError,
    RequestRefusedError,
    SakariError,
    SeveralFoundError,
    TlsError,
)
from target_sakari.outcome import Action, Outcome
from target_sakari.reasons import Reason

_RUN_WIDE = (
    AccessDeniedError,
    AuthenticationError,
    CircuitOpenError,
    ConfigError,
    ConnectionFailedError,
    RateLimitError,
    RedirectedError,
    TlsError,
)


def is_run_wide(error: SakariError) -> bool:
    """Whether an error is of the account or the way to it, and no record's fault."""
    if isinstance(error, AmbiguousError):
        return False
    return isinstance(error, _RUN_WIDE) or bool(error.code and error.code.startswith("ACCT-"))


def outcome_of(
    error: SakariError, action: Action, *, sakari_id: str | None = None, attempts: int = 1
) -> Outcome:
    """The outcome of a record whose request failed.

    Raises:
        SakariError: it is the whole run that failed.
    """
    if is_run_wide(error):
        raise error
    match error:
        case InvalidInputError():
            status, reason = "rejected", Reason.INVALID
        case SeveralFoundError():
            status, reason = "rejected", Reason.AMBIGUOUS_MATCH
        case NotFoundError():
            status, reason = "rejected", Reason.NOT_FOUND
        case RequestRefusedError():
            status, reason = "rejected", Reason.REFUSED
        case AmbiguousError():
            status, reason = "unknown", Reason.NO_CLEAR_ANSWER
        case _:
            status, reason = "unknown", Reason.FAILED
    return Outcome(action, status, reason, str(error), sakari_id, attempts)  # type: ignore[arg-type]
