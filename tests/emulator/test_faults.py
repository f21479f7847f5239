from __future__ import annotations

import re
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest
import requests

from sakari_emulator.account import STREAMS
from sakari_emulator.switches import describe

if TYPE_CHECKING:
    from tests.emulator.conftest import Api

BROKEN = (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
CONTACT = {"firstName": "Ada", "mobile": {"number": "+12125550188", "country": "US"}}


@pytest.mark.parametrize(
    ("form", "status", "body"),
    [("json", 500, rb'\{"success":false.*'), ("html", 502, rb"<!DOCTYPE.*"), ("empty", 599, rb"")],
)
def test_error_every(api: Api, form: str, status: int, body: bytes) -> None:
    api.server.switch(error_every=2, error_status=status, error_body=form)
    responses = [api.get("contacts") for _ in range(4)]
    assert [r.status_code for r in responses] == [200, status, 200, status]
    assert re.fullmatch(body, responses[1].content, re.DOTALL)


def test_fail_stream_names_all_that_have_a_list() -> None:
    (spec,) = [spec for spec in describe() if spec.name == "fail_stream"]
    assert spec.choices == ("none", *STREAMS)


def test_fail_stream(api: Api) -> None:
    api.server.switch(fail_stream="contacts", fail_stream_after=2, error_status=503)
    assert [api.get("contacts").status_code for _ in range(4)] == [200, 200, 503, 503]
    assert api.get("messages").status_code == 200
    assert api.get(f"contacts/{api.server.ids('contacts')[0]}").status_code == 200
    api.server.switch(fail_stream="messages")
    assert api.get("messages").status_code == 200
    api.server.switch(fail_stream="calls", fail_stream_after=0, error_body="empty")
    assert api.get("calls").content == b""


def test_reset_every(api: Api) -> None:
    api.server.switch(reset_every=2)
    assert api.write("POST", "contacts", CONTACT).status_code == 201
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        api.write("POST", "contacts", {**CONTACT, "mobile": {"number": "+12125550187"}})
    assert len(api.server.ids("contacts")) == 131
    assert [entry.status for entry in api.server.requests[-2:]] == [201, 0]
    assert api.get("contacts").status_code == 200


def test_truncate_every(api: Api) -> None:
    whole = len(api.get("contacts").content)
    api.server.switch(truncate_every=2)
    with pytest.raises(BROKEN, match="IncompleteRead") as error:
        api.get("contacts")
    sent, missing = map(int, re.findall(r"\d+", str(error.value))[:2])
    assert sent == whole // 2
    assert sent + missing == whole
    assert len(api.get("contacts").content) == whole


def test_success_false_every(api: Api) -> None:
    api.server.switch(success_false_every=1)
    response = api.write("POST", "contacts", CONTACT)
    assert (response.status_code, response.json()["success"]) == (200, False)
    assert set(response.json()["error"]) == {"code", "message"}
    assert len(api.server.ids("contacts")) == 130


def test_html_every(api: Api) -> None:
    api.server.switch(html_every=1)
    response = api.get("contacts")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")
    assert "<html>" in response.text


def test_bad_json_every(api: Api) -> None:
    api.server.switch(bad_json_every=1)
    response = api.get("contacts")
    assert response.headers["content-type"] == "application/json"
    with pytest.raises(requests.JSONDecodeError):
        response.json()


@pytest.mark.parametrize(
    ("how", "outcome"), [("reset", "reset by peer"), ("500", ""), ("hang", "timed out")]
)
def test_fail_after_accept(api: Api, how: str, outcome: str) -> None:
    api.server.switch(fail_after_accept_every=1, fail_after_accept=how)
    if how == "500":
        assert api.write("POST", "contacts", CONTACT).status_code == 500
    else:
        url = f"{api.server.url}/v1/accounts/{api.server.account_id}/contacts"
        with pytest.raises(requests.RequestException, match=outcome):
            api.session.post(url, json=CONTACT, timeout=0.3)
    assert len(api.server.ids("contacts")) == 131
    assert api.get("contacts").status_code == 200


def test_fail_after_accept_every_counts_accepted_posts_only(api: Api) -> None:
    api.server.switch(fail_after_accept_every=2, fail_after_accept="500")
    assert api.write("POST", "contacts", CONTACT).status_code == 201
    assert api.write("POST", "contacts", {"mobile": {"number": "1"}}).status_code == 400
    assert api.write("POST", "contacts", CONTACT).status_code == 500


def test_rate_limit_every_and_retry_after(api: Api) -> None:
    api.server.switch(rate_limit_every=1)
    response = api.get("contacts")
    assert response.status_code == 429
    assert "retry-after" not in response.headers
    api.server.switch(retry_after="seconds", retry_after_seconds=7)
    assert api.get("contacts").headers["retry-after"] == "7"
    api.server.switch(retry_after="date", retry_after_seconds=30)
    until = parsedate_to_datetime(api.get("contacts").headers["retry-after"]).timestamp()
    assert 25 < until - time.time() <= 31


def test_rate_limit(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(api.server.emulator, "clock", lambda: now[0])
    api.server.switch(rate_limit=5)
    assert [api.get("contacts").status_code for _ in range(8)] == [200] * 5 + [429] * 3
    now[0] += 0.9
    assert api.get("contacts").status_code == 429
    now[0] += 0.2
    assert [api.get("contacts").status_code for _ in range(6)] == [200] * 5 + [429]


def test_latency_is_waited_out_side_by_side(api: Api) -> None:
    api.server.switch(latency_ms=200)
    start = time.perf_counter()
    calls = [threading.Thread(target=api.get, args=["contacts"]) for _ in range(8)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    assert 0.2 <= time.perf_counter() - start < 1.2


def test_slow_body(api: Api) -> None:
    whole = api.get("contacts").content
    api.server.switch(slow_body=5)
    start = time.perf_counter()
    assert api.get("contacts").content == whole
    assert time.perf_counter() - start >= 0.08


def test_huge_body(api: Api) -> None:
    whole = api.get("contacts").json()
    api.server.switch(huge_body=2)
    response = api.get("contacts")
    assert len(response.content) > 2_000_000
    assert response.json()["data"] == whole["data"]
