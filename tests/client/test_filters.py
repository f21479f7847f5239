"""A filter that the server ignores is noticed."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import ConfigError, InvalidInputError
from sakari_client.resources.filters import ignored_filter
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from sakari_emulator.server import EmulatorServer

ADA = {
    "id": "1", "firstName": "Ada", "email": "ada@example.com",
    "mobile": {"number": "+1 (212) 555-0100"}, "contact": {"id": "c1"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "ignored"),
    [
        ({}, None),
        ({"firstName": "ad"}, None),
        ({"firstName": "ADA", "email": "EXAMPLE"}, None),
        ({"firstName": "bob"}, "firstName"),
        ({"mobile": "+12125550100"}, None),
        ({"mobile": "+12125550199"}, "mobile"),
        ({"contactId": "c1"}, None),
        ({"contactId": "c2"}, "contactId"),
        ({"lastName": "unknown to the row"}, None),
        ({"tags": "vip"}, None),
    ],
)
def test_a_row_that_a_filter_should_have_left_out(
    filters: dict[str, str], ignored: str | None
) -> None:
    assert ignored_filter(ADA, filters) == ignored


def test_an_ignored_filter_is_said(caplog: pytest.LogCaptureFixture) -> None:
    config = {"client_id": "an-id", "client_secret": "s3cret", "account_id": "1a"}
    envelope = {"success": True, "pagination": {"totalCount": 1}, "data": [ADA]}
    rows = answer(json.dumps(envelope).encode())
    with odd_server(rows) as server, caplog.at_level(logging.WARNING):
        with SakariClient.from_settings({**config, "api_url": server.url}) as sakari:
            assert len(list(sakari.contacts.list({"firstName": "bob"}))) == 1
    assert "'firstName' should have left out" in caplog.text
    assert "Ada" not in caplog.text


def test_the_emulator_honours_its_filters(
    emulator: EmulatorServer, settings: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with SakariClient.from_settings(settings) as sakari, caplog.at_level(logging.WARNING):
        number = next(sakari.contacts.list())["mobile"]["number"]
        found = list(sakari.contacts.list({"mobile": number}))
    assert {contact["mobile"]["number"] for contact in found} == {number}
    assert not caplog.records
    assert "%2B" not in emulator.requests[-1].query["mobile"]


def test_an_unknown_filter_is_refused(settings: dict[str, Any]) -> None:
    with SakariClient.from_settings(settings) as sakari:
        with pytest.raises(ConfigError, match="contacts has no filter 'name'; it has firstName"):
            list(sakari.contacts.list({"name": "Ada"}))


@pytest.mark.parametrize("value", ["", " \n"])
def test_an_empty_filter_is_not_taken_for_none(
    emulator: EmulatorServer, settings: dict[str, Any], value: str
) -> None:
    with SakariClient.from_settings(settings) as sakari:
        with pytest.raises(
            InvalidInputError, match=r"filters\.tags must be text that is not empty"
        ):
            list(sakari.contacts.list({"tags": value}))
    assert not emulator.requests
