"""Every request that the client can make, held against Sakari's own document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from sakari_client.client import SakariClient
from sakari_client.resources import RESOURCES
from tests.contract.openapi import check_request, check_response, contract
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from sakari_client.resources.base import Resource
    from sakari_emulator.server import EmulatorServer

LEFT_OUT = {"orderBy"}
"""Parameters that we do not offer: its values are not documented."""


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_lists_with_every_documented_filter(
    emulator: EmulatorServer, settings: dict[str, Any], resource: type[Resource]
) -> None:
    with SakariClient.from_settings(settings) as sakari:
        list(getattr(sakari, resource.name).list())
        for name in resource.filters:
            list(getattr(sakari, resource.name).list({name: "a+b c"}))
    asked = [one for one in emulator.requests if one.method == "GET"]
    assert len(asked) > len(resource.filters)
    for one in asked:
        check_request(one.method, one.path, one.query)
    sent = {name for one in asked for name in one.query}
    assert sent == {*resource.filters, "offset", "limit"}
    assert all(one.query[name] == "a+b c" for one in asked for name in one.query.keys()
               & set(resource.filters))  # fmt: skip


@pytest.mark.parametrize("resource", RESOURCES, ids=lambda resource: resource.name)
def test_no_documented_filter_is_missing(resource: type[Resource]) -> None:
    operation = contract().document["paths"][f"/v1/accounts/{{accountId}}/{resource.name}"]["get"]
    documented = {
        (contract()._resolved(item))["name"]
        for item in operation["parameters"]
        if contract()._resolved(item)["in"] == "query"
    }
    assert documented - {"offset", "limit"} - LEFT_OUT == set(resource.filters)


def test_the_account_and_its_balance(emulator: EmulatorServer, settings: dict[str, Any]) -> None:
    with SakariClient.from_settings(settings) as sakari:
        sakari.account.get()
        sakari.account.balance()
    asked = [one for one in emulator.requests if one.method == "GET"]
    assert [one.path.rpartition("/")[2] for one in asked] == [emulator.account_id, "balance"]
    for one in asked:
        check_request(one.method, one.path, one.query)


def test_token_requests() -> None:
    config = {"client_id": "an-id", "client_secret": "s3cret", "account_id": "1a"}
    with odd_server(answer(b'{"success": true, "data": []}')) as server:
        with SakariClient.from_settings({**config, "api_url": server.url}) as sakari:
            sakari.auth.token()
    body = json.loads(server.bodies[0])
    assert set(body) == {"grant_type", "client_id", "client_secret"}
    check_request("POST", "/oauth2/token", {}, body)
    check_response("POST", "/oauth2/token", 200, {"access_token": "tok", "token_type": "Bearer"})


def test_a_token_request_as_a_form_says_the_same(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    emulator.switch(token_body="form")
    with SakariClient.from_settings(settings) as sakari:
        request = sakari._transport._token_request()
        sakari.auth.token()
        form = sakari._transport._token_request()
    assert request.body is not None
    assert form.body is not None
    as_form = {name: values[0] for name, values in parse_qs(form.body.content.decode()).items()}
    assert as_form == json.loads(request.body.content)
