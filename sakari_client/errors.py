"""Every error the client raises, grouped by what the caller should do about it.

No message holds a secret, a text or a person's data: messages are built from the operation's
path template, the HTTP status and the server's error code, never from a body or a query. The
server's own words are kept in `SakariError.server_message` for programs that may show them.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from collections.abc import Sequence


class Failure(enum.Enum):
    """What went wrong with one try, as far as repeating it is concerned (see `retry.py`)."""

    NOT_SENT = "the request never reached the server"
    LOST = "the request was sent and no answer came back"
    BAD_ANSWER = "an answer came that cannot be read"
    OVERSIZED = "an answer came that is too large to be read, and would be again"
    SERVER = "the server failed (5xx)"
    REDIRECTED = "the server named another address (3xx), as some do once they have acted"
    THROTTLED = "the server refused for now (429)"
    UNAUTHORIZED = "the access token was refused (401, 403)"
    REFUSED = "the server refused the request"
    LOCAL = "the client itself stopped"


class SakariError(Exception):
    """Root of all errors of this package.

    Attributes:
        operation: what was asked, as method and path template: `GET /contacts/{contactId}`.
        status: HTTP status, or None where no answer came.
        code: the server's error code (`CONT-001`), or None.
        request_id: the server's id of the request, where it sent one.
        server_message: the server's own words. May hold personal data: never log it.
        retryable: whether a later try of the same request may succeed.
        ambiguous: whether the server may have carried the request out all the same. True only
            of an `AmbiguousError`.
        earlier_may_have_acted: whether an earlier try of the same request may have been carried
            out, whatever became of the last. Only what does no harm twice is tried again then.
    """

    failure: Failure = Failure.LOCAL
    retryable: ClassVar[bool] = False
    ambiguous: ClassVar[bool] = False

    def __init__(  # noqa: PLR0913
        self,
        message: str,
        *,
        operation: str | None = None,
        status: int | None = None,
        code: str | None = None,
        request_id: str | None = None,
        server_message: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.status = status
        self.code = code
        self.request_id = request_id
        self.server_message = server_message
        self.retry_after = retry_after
        self.earlier_may_have_acted = False

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle it as it is, without calling `__init__`, which takes other things than it keeps.

        A `__cause__` goes along if it is an error of this package; others may not be pickled.
        """
        state = dict(self.__dict__)
        if isinstance(self.__cause__, SakariError):
            state["__cause__"] = self.__cause__
        return _bare, (type(self), self.args), state


def _bare(kind: type[SakariError], args: tuple[Any, ...]) -> SakariError:
    """An error with its message, and without attributes yet."""
    return kind.__new__(kind, *args)


class ConfigError(SakariError):
    """A setting is missing or wrong: mend `setting` and start again."""

    def __init__(self, setting: str, problem: str) -> None:
        super().__init__(f"{setting}: {problem}")
        self.setting = setting


class InvalidInputError(SakariError):
    """What was given cannot be sent as it is: mend `field` of it. Nothing was sent."""

    def __init__(self, field: str, problem: str, *, operation: str | None = None) -> None:
        where = f"{operation}: " if operation else ""
        super().__init__(f"{where}{field} {problem}", operation=operation)
        self.field = field


class AuthenticationError(SakariError):
    """The credentials or the access token were refused (401): mend the credentials."""

    failure = Failure.UNAUTHORIZED


class AccessDeniedError(SakariError):
    """The account may not do this (403): ask Sakari for the permission."""

    failure = Failure.UNAUTHORIZED


class NotFoundError(SakariError):
    """The account, the record or the path does not exist (404)."""

    failure = Failure.REFUSED


class RequestRefusedError(SakariError):
    """The server understood the request and refused it (other 4xx, or `success: false`)."""

    failure = Failure.REFUSED


class RedirectedError(RequestRefusedError):
    """The server names another address (3xx), which is not asked: mend `api_url`."""

    failure = Failure.REDIRECTED


class RateLimitError(SakariError):
    """The account's request limit is exceeded (429): go slower."""

    failure = Failure.THROTTLED
    retryable = True


class ServerError(SakariError):
    """The server failed (5xx): try again later."""

    failure = Failure.SERVER
    retryable = True


class InvalidAnswerError(SakariError):
    """The answer is not what the API documents: HTML, truncated, not JSON, too large."""

    failure = Failure.BAD_ANSWER
    retryable = True


class AnswerTooLargeError(InvalidAnswerError):
    """The answer is larger than `max_response_mb`."""

    failure = Failure.OVERSIZED
    retryable = False


class ConnectionFailedError(SakariError):
    """No connection could be made: host name, network, proxy."""

    failure = Failure.NOT_SENT
    retryable = True


class TlsError(SakariError):
    """The server's certificate was not accepted: mend `ca_file`."""

    failure = Failure.REFUSED


class ConnectionLostError(SakariError):
    """The connection broke after the request was sent."""

    failure = Failure.LOST
    retryable = True


class RequestTimeoutError(SakariError):
    """The answer did not come, or did not end, within `request_timeout`."""

    failure = Failure.LOST
    retryable = True


class CircuitOpenError(SakariError):
    """Many requests failed in a row, so this one was not tried (see `breaker.py`)."""

    retryable = True


class StoppedError(SakariError):
    """The request was not tried (again), as the program is to stop.

    Nothing was done, unless `earlier_may_have_acted`.
    """

    retryable = True


class AmbiguousError(SakariError):
    """Nobody knows whether the server carried the request out, and doing so twice does harm.

    The message says what to look up before the request is repeated. The failure that led to it is
    its `__cause__`.
    """

    ambiguous = True

    def __init__(self, cause: SakariError, look_up: str) -> None:
        super().__init__(
            f"{cause} It may have been carried out all the same, so it was not repeated. "
            f"Before you repeat it, look up {look_up}.",
            operation=cause.operation,
            status=cause.status,
            code=cause.code,
            request_id=cause.request_id,
            server_message=cause.server_message,
        )
        self.failure = cause.failure
        self.__cause__ = cause


class SeveralFoundError(SakariError):
    """Several records fit where one was asked for: choose one of `ids`."""

    def __init__(self, what: str, ids: Sequence[str]) -> None:
        super().__init__(f"{what}: {len(ids)} records fit: {', '.join(ids)}. Choose one by its id.")
        self.ids = tuple(ids)


class PagingError(SakariError):
    """A list cannot be read completely: the server's pages contradict each other."""


class InvalidEventError(SakariError):
    """What was posted to a webhook is no event: `field` is missing or wrong."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
