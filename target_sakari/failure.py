"""Errors of the client, sorted: the record's own, or the whole run's."""

from __future__ import annotations

from dataclasses import replace

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
    StoppedError,
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

_OF_TEXTS = ("CONT-", "CONV-", "INT-", "MSG-")
"""What codes begin with that are a text's or its recipient's."""


def is_run_wide(error: SakariError) -> bool:
    """Whether an error is of the account or the way to it, and no record's fault."""
    if isinstance(error, AmbiguousError):
        return False
    if isinstance(error, StoppedError):
        return not error.earlier_may_have_acted
    return isinstance(error, _RUN_WIDE) or bool(error.code and error.code.startswith("ACCT-"))


def is_texts_own(error: SakariError) -> bool:
    """Whether a refusal to send is, or may be, for one of the texts that were asked for.

    Sakari does not document which status a code comes with, so it may be 403 or 404 too.
    """
    if isinstance(error, AccessDeniedError | NotFoundError):
        return bool(error.code and error.code.startswith(_OF_TEXTS))
    return isinstance(error, RequestRefusedError | InvalidInputError) and not is_run_wide(error)


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


def outcome_before(error: SakariError, action: Action) -> Outcome:
    """The outcome of a record that never came to its request, as what that needs was not to be had.

    Nobody needs to look it up: it certainly was not written, and may come again as it is.

    Raises:
        SakariError: it is the whole run that failed.
    """
    outcome = outcome_of(error, action, attempts=0)
    if outcome.outcome != "unknown":
        return outcome
    return replace(outcome, outcome="rejected", reason=Reason.FAILED)
