from __future__ import annotations

import re
import socket
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from sakari_emulator.server import EmulatorServer
from sakari_emulator.switches import SwitchError, Switches, describe, markdown
from tests.emulator.conftest import Api

DOCUMENT = Path(__file__).parents[2] / "docs" / "emulator.md"


def test_it_starts_and_stops_quickly_though_an_answer_hangs() -> None:
    start = time.perf_counter()
    with EmulatorServer(contacts=10, messages=10, latency_ms=60_000) as server:
        assert time.perf_counter() - start < 1
        api = Api(server)
        api.log_in()
        outcome: list[Exception] = []

        def hang() -> None:
            try:
                api.get("contacts")
            except requests.RequestException as error:
                outcome.append(error)

        thread = threading.Thread(target=hang)
        thread.start()
        while len(server.requests) < 2:
            time.sleep(0.005)
        stopping = time.perf_counter()
    assert time.perf_counter() - stopping < 1
    thread.join(1)
    assert len(outcome) == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urlsplit(server.url).port or 0), timeout=1)
    api.session.close()


def test_many_clients_at_once(api: Api) -> None:
    found: list[int] = []

    def read() -> None:
        client = Api(api.server)
        client.log_in()
        found.extend(client.get("contacts", offset=i).status_code for i in range(20))
        client.session.close()

    threads = [threading.Thread(target=read) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [200] * 200
    assert api.server.token_requests == 11


def test_reset_goes_back_to_the_switches_of_the_start() -> None:
    with EmulatorServer(contacts=3, messages=3, page_cap=2) as server:
        server.switch(page_cap=1, order="oldest")
        server.reset()
        assert server.emulator.switches == Switches(page_cap=2)


def test_requests_are_logged_as_they_are_answered(api: Api) -> None:
    api.get("contacts", limit=2)
    entry = api.server.requests[-1]
    assert (entry.method, entry.status, entry.query) == ("GET", 200, {"limit": "2"})
    assert entry.path == f"/v1/accounts/{api.server.account_id}/contacts"
    assert abs(entry.time - time.time()) < 5


def test_a_switch_that_does_not_exist_is_refused() -> None:
    with pytest.raises(SwitchError, match="no such switch: pages"):
        EmulatorServer(pages=3)
    with pytest.raises(SwitchError, match="error_status cannot be 200: 400 to 599"):
        EmulatorServer(error_status=200)
    with pytest.raises(SwitchError, match="page_cap cannot be True: 1 and up"):
        EmulatorServer(page_cap=True)
    with pytest.raises(SwitchError, match="create_status cannot be '200': 201, 200"):
        EmulatorServer(create_status="200")
    with pytest.raises(SwitchError, match="ignore_offset cannot be 1: true, false"):
        EmulatorServer(ignore_offset=1)


def test_a_mistake_of_our_own_is_shown(
    api: Api, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(api.server.account, "maker")
    response = api.get("contacts")
    assert (response.status_code, response.json()["success"]) == (500, False)
    assert "has no attribute 'maker'" in capsys.readouterr().err


def test_the_tables_of_the_document_are_those_of_the_code() -> None:
    assert markdown() in DOCUMENT.read_text(encoding="utf-8")


def test_every_switch_is_tested() -> None:
    tests = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.py"))
    untested = [
        spec.name
        for spec in describe()
        if not re.search(rf"\b{spec.name}\b", tests) and spec.name not in GENERIC
    ]
    assert untested == []


# Set through an f-string in test_shapes.
GENERIC = ("created_form", "updated_form")
