"""The access token: fetched once for all threads, renewed before it expires.

Sakari gives tokens for client credentials at `POST /oauth2/token` (OpenAPI document, `auth.token`).
How long they live is not documented, so the answer's `expires_in` is used if there is one, else
the token's own `exp` claim, else a cautious guess.
"""

from __future__ import annotations

import base64
import json
import threading
from typing import TYPE_CHECKING, Any

from sakari_client.errors import AuthenticationError, InvalidAnswerError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.clock import Clock

OPERATION = "POST /oauth2/token"
_GUESSED_LIFETIME = 25 * 60.0
_LONGEST_MARGIN = 60.0


class TokenSource:
    """Hands out the current access token to any number of threads."""

    def __init__(self, request_token: Callable[[], Any], clock: Clock) -> None:
        """Make a token source.

        Args:
            request_token: asks the server and returns its decoded answer.
            clock: the time.
        """
        self._request_token = request_token
        self._clock = clock
        self._lock = threading.Lock()
        self._token: str | None = None
        self._renew_at = 0.0
        self._refusal: AuthenticationError | None = None
        self._accepted: str | None = None

    def token(self) -> str:
        """`POST /oauth2/token`: a token that is good for some time yet.

        The server is asked only where there is no such token.

        Returns:
            The token, as it goes into the header `Authorization: Bearer …`.

        Raises:
            AuthenticationError: the credentials were refused.
            SakariError: no token could be fetched.
        """
        token = self._token
        if token is not None and self._clock.monotonic() < self._renew_at:
            return token
        with self._lock:
            if self._token is None or self._clock.monotonic() >= self._renew_at:
                self._fetch()
            assert self._token is not None  # noqa: S101 - for the type checker
            return self._token

    def note_accepted(self, token: str) -> None:
        """Take note of a token that the server accepted."""
        self._accepted = token

    def was_accepted(self, token: str) -> bool:
        """Whether a token was good before it was refused: it has ended, and a new one will do."""
        return token == self._accepted

    def renew(self, refused: str) -> None:
        """Replace a token that the server refused, unless another thread already did."""
        with self._lock:
            if self._token == refused:
                self._fetch()

    def _fetch(self) -> None:
        if self._refusal is not None:
            # The other threads must not try the same wrong credentials again: some servers
            # lock an account after a few.
            raise self._refusal
        self._token = None
        try:
            answer = self._request_token()
        except AuthenticationError as error:
            self._refusal = error
            raise
        token = answer.get("access_token") if isinstance(answer, dict) else None
        # What else a token may hold, no header can.
        if not (isinstance(token, str) and token and token.isascii() and token.isprintable()):
            raise InvalidAnswerError(
                f"{OPERATION}: the answer holds no access_token that can be used. Check auth_url.",
                operation=OPERATION,
            )
        lifetime = _lifetime(answer, self._clock.time())
        self._renew_at = self._clock.monotonic() + lifetime - min(_LONGEST_MARGIN, lifetime / 10)
        self._token = token


def _lifetime(answer: dict[str, Any], now: float) -> float:
    """Seconds that a token lives."""
    for lifetime in (
        _seconds(answer.get("expires_in")),
        _jwt_lifetime(answer["access_token"], now),
    ):
        if lifetime is not None and lifetime > 0:
            return lifetime
    return _GUESSED_LIFETIME


def _seconds(value: Any) -> float | None:
    """A number of seconds, given as a number or as text."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return None


def _jwt_lifetime(token: str, now: float) -> float | None:
    """Lifetime by a JWT's claims, read without verifying them: only the server's word matters.

    `exp - iat` where both are there, so that a wrong local clock does no harm.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        expires = _seconds(claims.get("exp"))
        issued = _seconds(claims.get("iat"))
    except (IndexError, ValueError, AttributeError, RecursionError):
        return None
    if expires is None:
        return None
    return expires - (now if issued is None else issued)
