"""What the server answered: a decoded document, or the one error that says what is wrong."""

from __future__ import annotations

import email.utils
import json
import math
import re
from dataclasses import dataclass
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import msgspec

from sakari_client.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConnectionLostError,
    InvalidAnswerError,
    NotFoundError,
    RateLimitError,
    RedirectedError,
    RequestRefusedError,
    RequestTimeoutError,
    SakariError,
    ServerError,
)
from sakari_client.http.codes import MEANINGS
from sakari_client.http.nesting import shallow

if TYPE_CHECKING:
    from collections.abc import Mapping

_CODE = re.compile(r"[A-Za-z]{2,10}-[0-9]{1,4}|EMU-[A-Z-]{2,20}")
"""Shape of Sakari's error codes, and of the emulator's own. What else may stand in their place is
not repeated in messages."""

_SUCCESS = 2
_LONGEST_INTEGER = 4_000
"""Digits; Python reads no integer of more than 4,300."""

_NUL = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""NUL in JSON text: its escape, unless the backslash is itself escaped."""

_REQUEST_ID_HEADERS = ("x-request-id", "x-amzn-requestid", "x-amz-cf-id", "cf-ray")


@dataclass(frozen=True)
class Answer:
    """One HTTP answer, body included.

    Attributes:
        status: HTTP status.
        headers: header fields; names in any case.
        body: decompressed bytes.
        received_at: seconds since the epoch, to make sense of a `Retry-After` date.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    received_at: float

    @property
    def succeeded(self) -> bool:
        """Whether the status is one of success."""
        return self.status // 100 == _SUCCESS


def read(operation: str, answer: Answer) -> Any:
    """Decode an answer.

    Returns:
        The JSON document, envelope included; None where a successful answer has no body
        (a delete may answer 204).

    Raises:
        SakariError: the answer is an error, or `success: false`, or cannot be read.
    """
    if answer.succeeded and not answer.body.strip():
        return None
    try:
        document = decode(answer.body)
    except ValueError:
        if answer.succeeded:
            raise unreadable(operation, answer) from None
        document = None
    if answer.succeeded and not (isinstance(document, dict) and document.get("success") is False):
        return document
    raise _error(operation, answer, document)


def without_nul(body: bytes) -> bytes:
    """JSON without the character NUL, which PostgreSQL and others cannot store: it is U+FFFD."""
    # To look for a single byte first is ten times as fast, and most texts have none.
    if b"\\" not in body or b"\\u0000" not in body:
        return body
    return _NUL.sub(rb"\1\\ufffd", body)


def decode(body: bytes) -> Any:
    """Decode JSON, strictly and fast; leniently where that fails.

    Raises:
        ValueError: this is not JSON.
    """
    body = shallow(without_nul(body))
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return _decode_leniently(body)


def is_exact(body: bytes) -> bool:
    """Whether `decode` gives exactly what this JSON says, with nothing mended or rounded."""
    try:
        exact = json.loads(body, parse_float=_exact_float, parse_constant=_exact_float)
        return bool(exact == decode(body))
    except (ValueError, ArithmeticError, RecursionError):
        return False


def _exact_float(text: str) -> float:
    """A number as a float.

    Raises:
        ValueError: no float is that number.
    """
    number = float(text)
    if not (math.isfinite(number) and Decimal(text) == Decimal(repr(number))):
        raise ValueError
    return number


def _decode_leniently(body: bytes) -> Any:
    """Decode JSON that a strict reader refuses.

    One odd character must not make a page of records unreadable: bytes that are not UTF-8 and
    halves of an emoji (lone surrogates) become U+FFFD; NaN, Infinity and numbers too large to be
    held become text.
    """
    document = json.loads(
        body.decode("utf-8-sig", "replace").replace("\0", "\ufffd"),
        strict=False,
        parse_int=lambda text: int(text) if len(text) <= _LONGEST_INTEGER else text,
        parse_float=lambda text: text if math.isinf(float(text)) else float(text),
        parse_constant=str,
    )
    text = json.dumps(document, ensure_ascii=False)
    return json.loads(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


def unreadable(operation: str, answer: Answer) -> InvalidAnswerError:
    """The error for an answer whose status is fine but whose body is not what it should be."""
    return InvalidAnswerError(
        f"{operation}: the server answered {answer.status} with {_kind(answer)} in place of JSON. "
        "Is api_url the address of the Sakari API, with no proxy or login page in between?",
        operation=operation,
        status=answer.status,
        request_id=_request_id(answer),
    )


def _kind(answer: Answer) -> str:
    """Say what a body is without showing any of it."""
    start = answer.body[:200].lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html")) or "html" in answer.headers.get(
        "Content-Type", ""
    ):
        return "an HTML page"
    if not start:
        return "an empty body"
    if start.startswith((b"{", b"[")):
        return "broken JSON"
    return "text"


def _error(operation: str, answer: Answer, document: Any) -> SakariError:
    """Turn an error answer into the error that says what to do."""
    error = document.get("error") if isinstance(document, dict) else None
    code, server_message = code_and_message(error)
    status = answer.status
    retry_after = _retry_after(answer)
    kind, advice = _classify(status, operation)
    if retry_after is not None:
        advice = f"It asks to wait {retry_after:.0f} s. {advice}"
    said = f"{status}, {_explain(code)}" if code else f"{status}, no error code"
    if document is None:
        said = f"{status}, {_kind(answer)}"
    return kind(
        f"{operation}: the server answered {said}. {advice}".rstrip(),
        operation=operation,
        status=status,
        code=code,
        request_id=_request_id(answer),
        server_message=server_message,
        retry_after=retry_after,
    )


def _classify(status: int, operation: str) -> tuple[type[SakariError], str]:
    """The kind of error for a status, and what the reader should do."""
    if status == HTTPStatus.NOT_FOUND and "{" in operation:
        return NotFoundError, "There is no such record in this account."
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status // 100 == _SUCCESS:
        return _REFUSED
    return _BY_CLASS.get(status // 100, (InvalidAnswerError, "No such status exists."))


_REFUSED: tuple[type[SakariError], str] = (
    RequestRefusedError,
    "Sakari refused the request as it is; if the code does not say why, ask Sakari.",
)
_CLIENT_CLOSED = 499
"""nginx's own: the client closed the connection."""

_BY_STATUS: dict[int, tuple[type[SakariError], str]] = {
    HTTPStatus.UNAUTHORIZED: (
        AuthenticationError,
        "Check client_id, client_secret and account_id.",
    ),
    HTTPStatus.FORBIDDEN: (
        AccessDeniedError,
        "Check account_id, and that these credentials may use this part of the API.",
    ),
    # Proxies say these when they have passed a request on and wait no longer for its answer.
    HTTPStatus.REQUEST_TIMEOUT: (RequestTimeoutError, "The server or a proxy gave up waiting."),
    _CLIENT_CLOSED: (ConnectionLostError, "A proxy lost the connection."),
    HTTPStatus.NOT_FOUND: (NotFoundError, "Check account_id and api_url."),
    HTTPStatus.TOO_MANY_REQUESTS: (
        RateLimitError,
        "Lower requests_per_second, or ask Sakari for a higher limit.",
    ),
}
_BY_CLASS: dict[int, tuple[type[SakariError], str]] = {
    3: (
        RedirectedError,
        "Redirects are not followed, as credentials would go along. Check api_url.",
    ),
    4: _REFUSED,
    5: (ServerError, "This is a failure at Sakari's end; try again later."),
}


def code_and_message(error: Any) -> tuple[str | None, str | None]:
    """The server's code and words; `error` is `{code, message}` or `{code, description}`."""
    if not isinstance(error, dict):
        return None, None
    code = error.get("code")
    words = error.get("message", error.get("description"))
    return (
        code if isinstance(code, str) and _CODE.fullmatch(code) else None,
        words if isinstance(words, str) else None,
    )


def _explain(code: str) -> str:
    return f"{code}: {MEANINGS[code]}" if code in MEANINGS else code


def _request_id(answer: Answer) -> str | None:
    found = (answer.headers.get(name) for name in _REQUEST_ID_HEADERS)
    return next((request_id for request_id in found if request_id), None)


def _retry_after(answer: Answer) -> float | None:
    """Seconds to wait by the `Retry-After` header, which holds seconds or a date (RFC 9110)."""
    value = answer.headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return float(value)
    try:
        date = email.utils.parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError):
        return None
    return max(0.0, date - answer.received_at)
