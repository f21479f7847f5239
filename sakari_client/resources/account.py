"""The account itself and its balance: one object each, and no list.

Neither is in the OpenAPI document of API 1.0.1; both are in the newer documentation
(developer.sakari.io, api-reference/accounts), and were not tried against the live API.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sakari_client.http.envelope import one
from sakari_client.http.transport import Operation, Transport

if TYPE_CHECKING:
    from sakari_client.http.answers import Answer
    from sakari_client.resources.base import Record

_ACCOUNT = Operation("GET", "")
_BALANCE = Operation("GET", "/balance")

_SECRET = re.compile(
    r"credential|secret|passw|passphrase|pwd|token|bearer|^authorization$|^key$"
    r"|(api|access|private|signing|encryption)key"
)
"""Finds the names of fields whose values are secret; in lower case, and of letters only."""


class Account:
    """The account that the credentials belong to."""

    name = "account"

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self) -> Record:
        """`GET /v1/accounts/{accountId}`: name, plan, options and more, without any secret.

        The API sends the account's API credentials along. They are taken out as soon as the
        answer is decoded, and with them every field that is named like a secret, and every text
        that holds our own `client_secret`.

        Returns:
            The account.

        Raises:
            SakariError: the request failed for good.
        """
        ours = self._transport.config.client_secret

        def read(operation: str, answer: Answer) -> Any:
            return _without_secrets(one(operation, answer), ours)

        account: Record = self._transport.call(_ACCOUNT, read=read)
        return account

    def balance(self) -> Record:
        """`GET /v1/accounts/{accountId}/balance`: what is left to send texts with.

        Returns:
            `{balance, country, segmentPrice, segments}`: the money left, the country that the
            price is for, the price of a segment, and the segments that the balance pays for. The
            currency is not told.

        Raises:
            SakariError: the request failed for good.
        """
        balance: Record = self._transport.call(_BALANCE, read=one)
        return balance


def _without_secrets(value: Any, ours: str) -> Any:
    """A copy of a document without what is secret, however deep it lies."""
    if isinstance(value, dict):
        return {
            name: _without_secrets(inner, ours)
            for name, inner in value.items()
            if not (_names_a_secret(name) or _holds(name, ours) or _holds(inner, ours))
        }
    if isinstance(value, list):
        return [_without_secrets(inner, ours) for inner in value if not _holds(inner, ours)]
    return value


def _names_a_secret(name: str) -> bool:
    return bool(_SECRET.search(re.sub(r"[^a-z]", "", name.lower())))


def _holds(value: Any, ours: str) -> bool:
    return isinstance(value, str) and ours in value
