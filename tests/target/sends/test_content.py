"""What a text is: where it is a template of Sakari's that is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import RequestRefusedError
from target_sakari.mapping.inputs import SendInput
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.sends.content import Contents
from tests.client.reach import odd
from tests.odd_server import answer, odd_server
from tests.target.test_send_settings import send_settings

if TYPE_CHECKING:
    from target_sakari.sends.content import Content


def asked(settings: dict[str, Any], code: str) -> Content:
    """A template, where Sakari refuses to tell it with some code."""
    refusal = {"success": False, "error": {"code": code, "message": "No"}}
    with odd_server(answer(json.dumps(refusal).encode(), "400 Bad Request")) as server:
        with SakariClient(odd(server.url).config) as client:
            return Contents(client, send_settings(settings)).of(SendInput(template_id="f" * 24))


def test_an_id_that_is_refused_is_no_templates(settings: dict[str, Any]) -> None:
    with pytest.raises(RejectedError) as caught:
        asked(settings, "TMPL-001")
    assert caught.value.reason is Reason.NOT_FOUND


def test_an_account_that_is_refused_is_the_whole_runs(settings: dict[str, Any]) -> None:
    with pytest.raises(RequestRefusedError, match="ACCT-017"):
        asked(settings, "ACCT-017")
