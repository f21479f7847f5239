"""Access tokens: given out, checked, forgotten.

The token endpoint is POST /oauth2/token with grant_type client_credentials (v1.0.1).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import msgspec

from sakari_emulator.bodies import json_object
from sakari_emulator.errors import BAD_REQUEST, UNAUTHORIZED, ApiError, bad_request

if TYPE_CHECKING:
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches

CLIENT_ID = "00000000-0000-4000-8000-00000000c11d"
CLIENT_SECRET = "00000000-0000-4000-8000-0000005ec2e7"  # noqa: S105 - obviously fake
ACCOUNT_ID = "00000000000000000000acc0"

# Fixed and public on purpose: nobody checks the signature, it only has to look like one.
_SIGNING_KEY = b"the emulator signs with a key that everybody knows"


class Tokens:
    """The tokens that are good at the moment, each until its own time."""

    def __init__(self) -> None:
        self._good_until: dict[str, float] = {}
        self._count = 0

    def issue(self, now: float, switches: Switches) -> Json:
        """A new token, as TokenResponse.

        Args:
            now: Seconds since 1970.
            switches: Form, lifetime and whether `expires_in` is told.
        """
        self._count += 1
        until = now + switches.token_lifetime
        token = _jwt(now, until, self._count)
        if switches.token_form == "opaque":  # noqa: S105 - a form, not a token
            token = hashlib.sha256(token.encode()).hexdigest()
        self._good_until[token] = until
        answer: Json = {"access_token": token, "token_type": "Bearer"}
        if switches.token_expires_in == "number":  # noqa: S105
            answer["expires_in"] = switches.token_lifetime
        elif switches.token_expires_in == "string":  # noqa: S105
            answer["expires_in"] = str(switches.token_lifetime)
        return answer

    def accepts(self, authorization: str, now: float) -> bool:
        """Whether an Authorization header holds a token that is good now."""
        scheme, _, token = authorization.partition(" ")
        return scheme.lower() == "bearer" and now < self._good_until.get(token.strip(), 0.0)

    def revoke_all(self) -> None:
        """Make every token invalid."""
        self._good_until.clear()


def _jwt(issued: float, until: float, count: int) -> str:
    head = _part({"alg": "HS256", "typ": "JWT"})
    claims = {"sub": CLIENT_ID, "iat": int(issued), "exp": int(until), "jti": str(count)}
    signed = f"{head}.{_part(claims)}"
    signature = hmac.new(_SIGNING_KEY, signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{_base64(signature)}"


def _part(value: Json) -> str:
    return _base64(msgspec.json.encode(value))


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def check_credentials(content_type: str, body: bytes, switches: Switches) -> None:
    """Let a TokenRequest through, as JSON or as a form.

    Raises:
        ApiError: 415 or 400 for a body of the wrong kind, 400 for another grant type, 401 for
            wrong credentials.
    """
    asked = _read(content_type.partition(";")[0].strip().lower(), body, switches)
    if asked.get("grant_type") != "client_credentials":
        raise bad_request("grant_type must be client_credentials")
    if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
        raise ApiError(401, UNAUTHORIZED, "Invalid client credentials")


def _read(kind: str, body: bytes, switches: Switches) -> dict[str, Any]:
    if kind == "application/json" and switches.token_body != "form":  # noqa: S105
        return json_object(body)
    if kind == "application/x-www-form-urlencoded" and switches.token_body != "json":  # noqa: S105
        return dict(parse_qsl(body.decode("utf-8", "replace")))
    raise ApiError(
        switches.token_refusal_status,
        BAD_REQUEST,
        f"cannot read a body of type {kind or 'none'}",
    )
