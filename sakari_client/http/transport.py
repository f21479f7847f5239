"""The way of every request: breaker, token, throttle, send, decode, retry."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from sakari_client import auth
from sakari_client.clock import Clock, wakeful
from sakari_client.errors import (
    AccessDeniedError,
    AmbiguousError,
    AuthenticationError,
    ConfigError,
    Failure,
    InvalidInputError,
    NotFoundError,
    RateLimitError,
    RequestRefusedError,
    SakariError,
    StoppedError,
)
from sakari_client.http import answers
from sakari_client.http.bodies import Body, as_form, as_json
from sakari_client.http.breaker import CircuitBreaker
from sakari_client.http.retry import (
    Repeat,
    is_ambiguous,
    may_have_acted,
    may_repeat,
    wait_after,
    waits,
)
from sakari_client.http.throttle import Throttle
from sakari_client.http.wire import Request, Wire

if TYPE_CHECKING:
    from sakari_client.config import ClientConfig
    from sakari_client.http.answers import Answer
    from sakari_client.http.throttle import Turn

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Operation:
    """One operation of the API.

    Attributes:
        method: HTTP method.
        path: path template below `root`; empty for the account itself.
        repeat: whether repeating it does harm.
        look_up: where it does: what tells whether the server carried it out.
        root: what the path begins with.
    """

    method: str
    path: str
    repeat: Repeat = Repeat.HARMLESS
    look_up: str = "what the server has"
    root: str = "/v1/accounts/{accountId}"

    def __str__(self) -> str:
        return f"{self.method} {self.path or '(the account)'}"


@dataclass(frozen=True)
class Try:
    """One HTTP request as the metrics hook sees it; holds no ids, queries or bodies.

    Attributes:
        operation: method and path template.
        seconds: from the request being sent to the answer being read.
        status: HTTP status, or None where no answer came.
        number: 1 for the first try of a request, 2 for its first repetition ...
    """

    operation: str
    seconds: float
    status: int | None
    number: int


Hook = Callable[[Try], None]
Stopping = Callable[[], bool]
"""Whether the program is to stop; asked from any thread, several times a second."""
Query = Mapping[str, "str | int"]
"""Query parameters by name."""
Read = Callable[[str, "Answer"], Any]
"""Makes something of an answer to an operation, or raises a `SakariError`."""


class Transport:
    """Sends requests for one account. Safe to use from any number of threads."""

    def __init__(
        self,
        config: ClientConfig,
        *,
        clock: Clock | None = None,
        on_try: Hook | None = None,
        stopping: Stopping | None = None,
    ) -> None:
        """Make a transport.

        Args:
            config: the settings.
            clock: time, sleep and chance.
            on_try: called after every HTTP request, token requests included.
            stopping: once true, all waits end, and nothing is tried (again): `StoppedError`.
                Requests that were sent get their answers.
        """
        self.config = config
        self._stopping = stopping or _never
        self._clock = wakeful(clock or Clock(), stopping) if stopping else clock or Clock()
        self._on_try = on_try
        self._throttle = Throttle(config, self._clock)
        self._breaker = CircuitBreaker(
            config.circuit_breaker_failures, config.circuit_breaker_cooldown, self._clock
        )
        self.auth = auth.TokenSource(self._request_token, self._clock)
        self._token_as_form = False
        self._wire = Wire(config, self._clock)
        self._closed = threading.Event()

    def close(self) -> None:
        """Close all connections; requests that still wait for another try give up."""
        self._closed.set()
        self._wire.close()

    def server_time(self) -> float:
        """The server's time by its latest answer, in seconds since the epoch; ours before one."""
        return self._clock.time() + self._wire.clock_offset

    def width(self) -> int:
        """How many requests may be in flight at present."""
        return self._throttle.width.now

    def call(  # noqa: PLR0913
        self,
        operation: Operation,
        *,
        ids: Mapping[str, str] | None = None,
        query: Query | None = None,
        body: Body | None = None,
        read: Read = answers.read,
        before_try: Callable[[], None] = lambda: None,
    ) -> Any:
        """Carry out an operation, with retries.

        Args:
            operation: what to do.
            ids: values for the path template; encoded here.
            query: query parameters; encoded here.
            body: what to send along.
            read: makes something of the answer. Its `InvalidAnswerError` has the request
                repeated where that does no harm. Default: the decoded document, envelope
                included (None where there is no body).
            before_try: called just before each try, when its turn has come; so it must make no
                request itself. What it raises ends the call, with this try not made.

        Returns:
            What `read` makes of the answer.

        Raises:
            SakariError: as soon as repeating is of no use, or no longer allowed.
        """
        request = Request(
            operation=str(operation),
            method=operation.method,
            url=self._url(operation, ids or {}, query or {}),
            body=body,
            before_try=before_try,
        )
        self._breaker.check(request.operation)
        earlier: list[Failure] = []
        try:
            result = self._with_token(request, operation, read, earlier)
        except SakariError as error:
            acts = operation.method != "GET"
            error.earlier_may_have_acted |= acts and any(map(may_have_acted, earlier))
            self._breaker.record(request.operation, failed=error.failure in _OUTAGES)
            raise
        self._breaker.record(request.operation, failed=False)
        return result

    def _url(self, operation: Operation, ids: Mapping[str, str], query: Query) -> str:
        values = {"accountId": self.config.account_id, **ids}
        template = operation.root + operation.path
        path = template.format_map({name: _segment(name, value) for name, value in values.items()})
        return f"{self.config.api_url}{path}" + (f"?{_query(query)}" if query else "")

    def _with_token(
        self, request: Request, operation: Operation, read: Read, earlier: list[Failure]
    ) -> Any:
        """Send with the access token, and with a new one where the server refuses it.

        The first is renewed whatever the reason. A further one only if another request succeeded
        with it: then it has ended too, while this request waited for its turn.
        """
        refused: list[str] = []
        while True:
            token = self.auth.token()
            try:
                return self._with_retries(request, operation, token, read, earlier)
            except SakariError as error:
                if error.failure is not Failure.UNAUTHORIZED:
                    raise
                ended = token not in refused and self.auth.was_accepted(token)
                if refused and not (ended and len(refused) <= self.config.max_retries):
                    raise
            refused.append(token)
            self.auth.renew(token)

    def _with_retries(
        self,
        request: Request,
        operation: Operation,
        token: str | None,
        read: Read,
        earlier: list[Failure],
    ) -> Any:
        """Send until it succeeds, cannot succeed, or was tried often enough.

        What became of each try but the last is added to `earlier`.
        """
        planned = waits(self.config.retry_max_wait, self._clock)
        number = 0
        while True:
            number += 1
            try:
                return self._try(request, token, number, read)
            except SakariError as error:
                wait = wait_after(error, next(planned))
                # A longer wait than allowed is the caller's to decide on; the message names it.
                last = number > self.config.max_retries or wait > self.config.retry_max_wait
                if is_ambiguous(operation.repeat, error.failure):
                    raise AmbiguousError(error, operation.look_up) from error
                if last or not may_repeat(operation.repeat, error.failure):
                    raise
                logger.warning(
                    "%s. Trying again in %.1f s (%d of %d).",
                    _first_sentence(error), wait, number, self.config.max_retries,
                )  # fmt: skip
                earlier.append(error.failure)
                self._clock.sleep(wait)
                if self._stopping():
                    why = f"{_first_sentence(error)}. Not tried again"
                    raise _stopped(why, request.operation) from error

    def _try(self, request: Request, token: str | None, number: int, read: Read) -> Any:
        """One HTTP request when its turn has come, and what is made of its answer."""
        # Tokens come from a service of their own, before any account is known.
        with self._throttle.turn(counts=token is not None) as turn:
            if self._closed.is_set():
                raise SakariError(f"{request.operation}: not sent, as the client was closed.")
            if self._stopping():
                what = "not sent" if number == 1 else "not tried again"
                raise _stopped(f"{request.operation}: {what}", request.operation)
            request.before_try()
            answer, seconds = self._send(request, token, number)
            if token is not None and answer.status // 100 == _SUCCESS:
                self.auth.note_accepted(token)
            if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
                # While its turn lasts, so that no other thread slips through.
                self._slow_down(turn, request.operation, answer)
            else:
                self._throttle.answered(turn, seconds)
        return read(request.operation, answer)

    def _send(self, request: Request, token: str | None, number: int) -> tuple[Answer, float]:
        """One HTTP request, its answer, and the seconds between them."""
        started = self._clock.monotonic()
        status = None
        try:
            answer = self._wire.send(request, token)
            status = answer.status
        finally:
            seconds = self._clock.monotonic() - started
            if self._on_try:
                self._on_try(Try(request.operation, seconds, status, number))
        return answer, seconds

    def _slow_down(self, turn: Turn, operation: str, answer: Answer) -> None:
        """Slow all threads down after a 429, and raise it."""
        try:
            answers.read(operation, answer)
        except RateLimitError as error:
            self._throttle.refused(turn, error.retry_after)
            raise

    def _request_token(self) -> Any:
        """Ask for an access token: as JSON, and as a form where the server refuses JSON."""
        try:
            return self._ask_for_token()
        except NotFoundError as error:
            raise ConfigError(
                "auth_url", f"the server has no token endpoint there (status {error.status})."
            ) from None
        except _REFUSALS as error:
            if self._token_as_form or error.status not in _PERHAPS_NO_JSON:
                raise _credentials_refused(error) from None
            refused = error
        self._token_as_form = True
        try:
            return self._ask_for_token()
        except (NotFoundError, *_REFUSALS):
            self._token_as_form = False
            raise _credentials_refused(refused) from None

    def _ask_for_token(self) -> Any:
        return self._with_retries(self._token_request(), _TOKEN, None, answers.read, [])

    def _token_request(self) -> Request:
        fields = {
            "grant_type": "client_credentials",
            "client_id": self.config.client_id,
            "client_secret": self.config.client_secret,
        }
        return Request(
            operation=auth.OPERATION,
            method="POST",
            url=str(self.config.auth_url),
            body=as_form(fields) if self._token_as_form else as_json(fields, auth.OPERATION),
        )


_TOKEN = Operation("POST", "/oauth2/token", root="")

_REFUSALS = (AuthenticationError, AccessDeniedError, RequestRefusedError)
"""What a token endpoint answers to credentials, or to a form of request, that it does not take."""

_SUCCESS = 2

_PERHAPS_NO_JSON = frozenset({400, 401, 406, 415, 422})
"""Statuses by which a token endpoint may refuse JSON as such, and not the credentials in it."""

_OUTAGES = frozenset({Failure.NOT_SENT, Failure.LOST, Failure.SERVER, Failure.BAD_ANSWER})
"""Failures that say the server or the network is ill, and that open the circuit."""


def _never() -> bool:
    return False


def _stopped(why: str, operation: str) -> StoppedError:
    return StoppedError(f"{why}, as the program is to stop.", operation=operation)


def _first_sentence(error: SakariError) -> str:
    """What happened; what to do about it is said once, if the last try fails too."""
    return str(error).partition(". ")[0].removesuffix(".")


def _segment(name: str, value: str) -> str:
    """Encode a value for one segment of a path, so that no value can reach another path."""
    if not isinstance(value, str):
        raise InvalidInputError(name, "must be text.")
    if value in {"", ".", ".."}:
        raise InvalidInputError(name, "must not be empty or made of dots only.")
    try:
        return quote(value, safe="")
    except UnicodeEncodeError:
        raise InvalidInputError(name, _HALF) from None


def _query(query: Query) -> str:
    try:
        return urlencode(query)
    except UnicodeEncodeError:
        raise InvalidInputError("filters", _HALF) from None


_HALF = "holds half a character (a lone surrogate), which no address can."


def _credentials_refused(error: SakariError) -> AuthenticationError:
    code = f" ({error.code})" if error.code else ""
    return AuthenticationError(
        f"client_id, client_secret: the server refused these credentials with status "
        f"{error.status}{code}. Compare them with hub.sakari.io, Settings > Account Settings > "
        "API, and auth_url if you set it.",
        operation=auth.OPERATION,
        status=error.status,
        code=error.code,
        request_id=error.request_id,
        server_message=error.server_message,
    )
