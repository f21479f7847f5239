"""One HTTP request over the wire and its answer; what fails below HTTP becomes our errors."""

from __future__ import annotations

import contextlib
import email.utils
import logging
import os
import re
import ssl
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import requests.adapters
import requests.utils
import urllib3
import urllib3.exceptions

from sakari_client.config import ClientConfig, is_loopback
from sakari_client.errors import (
    AnswerTooLargeError,
    ConfigError,
    ConnectionFailedError,
    ConnectionLostError,
    InvalidAnswerError,
    RequestTimeoutError,
    SakariError,
    TlsError,
)
from sakari_client.http import deadline
from sakari_client.http.answers import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.clock import Clock
    from sakari_client.http.bodies import Body


class _Discreet(logging.Filter):
    """Keeps ids, what filters ask for, and what servers send out of urllib3's log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the paths of the API off behind the resource; name errors by their class."""
        if isinstance(record.args, tuple) and any(map(_holds_path, record.args)):
            record.args = tuple(_discreet(part) for part in record.args)
            record.exc_info = None
        return True


def _holds_path(part: object) -> bool:
    return isinstance(part, str) and "/v1/" in part


def _discreet(part: object) -> object:
    if isinstance(part, Exception):
        return type(part).__name__
    return _BEHIND_RESOURCE.sub(r"\1", part) if isinstance(part, str) else part


_BEHIND_RESOURCE = re.compile(r"(/v1/[^/?]+/[^/?]+(?:/[^/?]+)?).*", re.DOTALL)

for _name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(_name).addFilter(_Discreet())

_CHUNK = 64 * 1024
_MEGABYTE = 1_000_000
_JUMP = 60.0
"""Seconds: a date that is off by more may be another server's, or a mistake."""


@dataclass(frozen=True)
class Request:
    """What goes over the wire; the same for every try but for the token.

    Attributes:
        operation: method and path template, for messages.
        method: HTTP method.
        url: whole address, query included.
        body: what to send along, or None.
        before_try: called just before each try.
    """

    operation: str
    method: str
    url: str
    body: Body | None = None
    before_try: Callable[[], None] = lambda: None


@dataclass(frozen=True)
class _Route:
    """The way to a host.

    Attributes:
        pool: its connections, or those to its proxy.
        by_proxy: whether a proxy is asked for whole addresses, rather than the host for paths.
    """

    pool: urllib3.HTTPConnectionPool
    by_proxy: bool


class Wire:
    """Sends requests. Safe to use from any number of threads.

    `requests` finds the way to each host once: proxy, certificates, connection pool. What its
    sessions and adapters do on top for each request takes longer than everything else together,
    and part of it must not be done: follow redirects, keep cookies, take a password from ~/.netrc
    in the place of the access token.
    """

    def __init__(self, config: ClientConfig, clock: Clock) -> None:
        self._config = config
        self._clock = clock
        self._adapter = requests.adapters.HTTPAdapter(
            pool_connections=2, pool_maxsize=config.concurrency, pool_block=True
        )
        self._headers = {
            **requests.utils.default_headers(),
            "Accept": "application/json",
            "User-Agent": config.user_agent,
        }
        self._timeout = urllib3.Timeout(connect=config.connect_timeout, read=config.request_timeout)
        self._trusted = _trusted(config)
        self._routes: dict[tuple[str, str], _Route] = {}
        self._date: str | None = None
        self._offset: float | None = None
        self._is_sure = False
        self.clock_offset = 0.0

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def send(self, request: Request, token: str | None) -> Answer:
        """Send once and read the whole answer, whatever its status.

        Raises:
            SakariError: there is no whole answer; the class says how far the request came.
        """
        try:
            response = self._open(request, token)
            try:
                self._note_date(response.headers.get("Date"))
                return Answer(
                    response.status,
                    response.headers,
                    self._read_body(request.operation, response),
                    self._clock.time(),
                )
            finally:
                # Closing alone would not give the pool its place back.
                response.close()
                response.release_conn()
        except _BELOW_HTTP as error:
            raise _network_error(request, error) from None

    def _open(self, request: Request, token: str | None) -> urllib3.BaseHTTPResponse:
        """Send, and read the head of the answer."""
        headers = dict(self._headers)
        if request.body is not None:
            headers["Content-Type"] = request.body.content_type
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
            requests.utils.check_header_validity(("Authorization", headers["Authorization"]))
        route = self._route(request.url)
        parts = urlsplit(request.url)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        return route.pool.urlopen(
            request.method,
            request.url if route.by_proxy else path,
            None if request.body is None else request.body.content,
            headers,
            retries=False,
            redirect=False,
            assert_same_host=False,
            timeout=self._timeout,
            preload_content=False,
            decode_content=False,
        )

    def _route(self, url: str) -> _Route:
        """The way to the host of an address; the environment is read once for each host."""
        host = urlsplit(url)[:2]
        if host in self._routes:
            return self._routes[host]
        prepared = requests.PreparedRequest()
        prepared.url = url
        proxies = self._proxies(url)
        pool = self._adapter.get_connection_with_tls_context(
            prepared, self._trusted, proxies=proxies
        )
        assert isinstance(pool, urllib3.HTTPConnectionPool)  # noqa: S101 - for the type checker
        deadline.apply(pool, self._config.request_timeout)
        self._adapter.cert_verify(pool, url, self._trusted, None)  # type: ignore[no-untyped-call]
        route = _Route(pool, self._adapter.request_url(prepared, proxies) == url)
        return self._routes.setdefault(host, route)

    def _note_date(self, date: str | None) -> None:
        """Take note of how far the server's clock is from ours; at most once a second."""
        if date is None:
            return
        if date == self._date:
            self._is_sure = True
            return
        self._date = date
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            sent = email.utils.parsedate_to_datetime(date).timestamp()
            self._note_offset(sent - self._clock.time())

    def _note_offset(self, offset: float) -> None:
        """Take over how far the clocks are apart.

        Once two answers have agreed, a jump counts only if the next answer confirms it.
        """
        agrees = self._offset is not None and abs(offset - self._offset) < _JUMP
        self._is_sure |= agrees
        if agrees or not self._is_sure:
            self.clock_offset = offset
        self._offset = offset

    def _read_body(self, operation: str, response: urllib3.BaseHTTPResponse) -> bytes:
        """Read the body, no further than `max_response_mb` allows."""
        if response.status < HTTPStatus.OK:
            # The answer proper is still to come, to whatever this connection asks next; so it is
            # closed unread. (Of these only 100 is waited for, by http.client.)
            raise InvalidAnswerError(
                f"{operation}: the server answered {response.status}, which is no answer yet.",
                operation=operation,
                status=response.status,
            )
        body = bytearray()
        while chunk := response.read1(_CHUNK, decode_content=True):
            body += chunk
            if len(body) > self._config.max_response_mb * _MEGABYTE:
                raise AnswerTooLargeError(
                    f"{operation}: the answer is larger than {self._config.max_response_mb:g} MB. "
                    "Lower page_size, or raise max_response_mb.",
                    operation=operation,
                    status=response.status,
                )
        return bytes(body)

    def _proxies(self, url: str) -> dict[str, str]:
        if self._config.proxy_url:
            return {"http": self._config.proxy_url, "https": self._config.proxy_url}
        if is_loopback(urlsplit(url).hostname or ""):
            return {}
        return dict(requests.utils.get_environ_proxies(url))


def _trusted(config: ClientConfig) -> str | bool:
    """The CA file to trust, or True for the built-in list."""
    if config.ca_file:
        return config.ca_file
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        path = os.environ.get(variable)
        if path:
            if not Path(path).exists():
                raise ConfigError("ca_file", f"{variable} names {path}, which does not exist.")
            return path
    return True


def _timeout(operation: str) -> RequestTimeoutError:
    return RequestTimeoutError(
        f"{operation}: no complete answer within request_timeout.", operation=operation
    )


_BELOW_HTTP = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


def _network_error(request: Request, error: Exception) -> SakariError:
    """Say in the API's terms what a failure below HTTP means for the request.

    The original error is not shown: its text holds the whole URL.
    """
    operation, causes = request.operation, _causes(error)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return TlsError(
            f"{operation}: the server's TLS certificate was not accepted. Behind a proxy that "
            "inspects TLS, set ca_file.",
            operation=operation,
        )
    if any(isinstance(cause, _MALFORMED) for cause in causes):
        return ConfigError("api_url, auth_url or proxy_url", "is not an address that can be used.")
    if any(isinstance(cause, _NOT_CONNECTED) or _is_no_tunnel(cause) for cause in causes):
        return ConnectionFailedError(
            f"{operation}: no connection to {_host(request.url)}. Check the network, api_url and "
            "the proxy.",
            operation=operation,
        )
    if any(isinstance(cause, _TIMED_OUT) for cause in causes):
        return _timeout(operation)
    if any(isinstance(cause, _CUT_SHORT) for cause in causes):
        return InvalidAnswerError(f"{operation}: the answer was cut short.", operation=operation)
    why = "the connection broke before the answer was complete."
    if any(isinstance(cause, ssl.SSLError) and cause.reason in _NO_TLS for cause in causes):
        why = (
            f"what {_host(request.url)} answers is no TLS. Does api_url, auth_url or proxy_url say "
            "https where it is http?"
        )
    return ConnectionLostError(f"{operation}: {why}", operation=operation)


def _host(url: str) -> str:
    """The host of an address, with the port where it has one."""
    return urlsplit(url).netloc.rpartition("@")[2]


_NO_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG"})
"""What OpenSSL calls it where plain HTTP comes in place of TLS."""


_MALFORMED = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidProxyURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    urllib3.exceptions.LocationValueError,
)
# Not urllib3's ProxyError: behind a proxy it calls an answer that was lost so too, and the server
# may have acted.
_NOT_CONNECTED = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.NewConnectionError,
)
_NO_TUNNEL = "Tunnel connection failed"
"""How http.client begins what a proxy answers that does not let anybody through."""


def _is_no_tunnel(cause: BaseException) -> bool:
    return isinstance(cause, OSError) and str(cause).startswith(_NO_TUNNEL)


_TIMED_OUT = (
    TimeoutError,  # while the request was sent
    requests.exceptions.ReadTimeout,
    urllib3.exceptions.ReadTimeoutError,
)
_CUT_SHORT = (urllib3.exceptions.IncompleteRead, urllib3.exceptions.DecodeError)


def _causes(error: BaseException) -> list[BaseException]:
    """An error and all that it was made from: requests wraps urllib3's in several layers."""
    found: list[BaseException] = []
    todo: list[object] = [error]
    while todo:
        cause = todo.pop()
        if isinstance(cause, BaseException) and cause not in found:
            found.append(cause)
            todo += [*cause.args, getattr(cause, "reason", None), cause.__cause__]
    return found
