"""The account and its balance: objects, and no secret among them."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidAnswerError, SakariError
from sakari_client.resources.account import Account
from tests.client.reach import odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

PLANTED = "pl4nted"
"""Stands for what must not come out; `s3cret` is the client secret of these tests."""


def account_of(data: Any) -> dict[str, Any]:
    """What the client makes of an account that the server sends."""
    body = json.dumps({"success": True, "data": data}).encode()
    with odd_server(answer(body)) as server:
        return Account(odd(server.url)).get()


def test_the_account_comes_without_its_credentials(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    with SakariClient.from_settings(settings) as sakari:
        account = sakari.account.get()
    assert account["id"] == emulator.account_id
    assert account["plan"]["name"] == "Example"
    assert "apiCredentials" not in account
    assert emulator.client_secret not in json.dumps(account)
    assert emulator.client_id not in json.dumps(account)


@pytest.mark.parametrize(
    "name",
    [
        "apiCredentials", "api_credentials", "APICredentials", "credential", "clientSecret",
        "secret", "password", "apiKey", "api-key", "accessToken", "refresh_token", "key",
        "Authorization", "privateKey",
    ],
)  # fmt: skip
def test_what_is_named_like_a_secret_is_taken_out_wherever_it_is(name: str) -> None:
    planted = {"kept": 1, name: {"id": PLANTED, "value": PLANTED}}
    account = account_of({**planted, "integrations": {"x": [planted, {"deep": planted}]}})
    kept = {"kept": 1}
    assert account == {**kept, "integrations": {"x": [kept, {"deep": kept}]}}


def test_our_own_secret_is_taken_out_under_any_name() -> None:
    account = account_of(
        {"note": "s3cret", "s3cret": 1, "list": ["s3cret", "a"], "json": '{"x":"s3cret"}', "b": 2}
    )
    assert account == {"list": ["a"], "b": 2}


def test_what_is_documented_is_not_taken_for_a_secret() -> None:
    documented = {
        "id": "1", "keyId": "2", "name": "n", "plan": {"passThroughPlanEligible": True},
        "options": {"verifyNumberType": True, "autotopup": {"amount": 5}}, "referralCode": "r",
        "billing": {"tax": {}, "address": {"country": {"taxTypes": [{"type": "t"}]}}},
    }  # fmt: skip
    assert account_of(documented) == documented


def test_the_balance(settings: dict[str, Any]) -> None:
    with SakariClient.from_settings(settings) as sakari:
        assert sakari.account.balance() == {
            "balance": 250.0, "country": "US", "segmentPrice": 0.05, "segments": 5000,
        }  # fmt: skip


def test_an_array_of_one_is_read_as_its_element() -> None:
    assert account_of([{"id": "1", "secret": PLANTED}]) == {"id": "1"}


@pytest.mark.parametrize(
    "data",
    [None, [], [{"secret": PLANTED}, {}], [PLANTED], PLANTED, {"id": 1, "secret": [PLANTED]}],
)
@pytest.mark.parametrize(
    "envelope", [{"success": True}, {"success": False, "error": {"code": "X"}}]
)
def test_no_error_and_no_log_holds_a_secret(
    data: Any, envelope: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    said = ""
    with odd_server(answer(json.dumps({**envelope, "data": data}).encode())) as server:
        with caplog.at_level(logging.DEBUG):
            try:
                said = str(Account(odd(server.url)).get())
            except SakariError as error:
                said = f"{error} {vars(error)}"
    assert "GET (the account)" in said or said == "{'id': 1}"
    assert PLANTED not in said + caplog.text


def test_an_answer_without_an_object_is_an_error() -> None:
    with odd_server(answer(b'{"success": true, "data": []}')) as server:
        with pytest.raises(InvalidAnswerError, match="GET /balance: the answer holds no object"):
            Account(odd(server.url)).balance()
