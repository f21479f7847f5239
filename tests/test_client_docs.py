"""The examples of docs/client.md and README.md run, and print what the pages say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from http.client import HTTPConnection
from http.server import HTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sakari_client.client import SakariClient

if TYPE_CHECKING:
    import pytest

    from sakari_emulator.server import EmulatorServer

CHECKOUT = Path(__file__).parent.parent
PAGE = CHECKOUT / "docs" / "client.md"
README = CHECKOUT / "README.md"


def test_the_first_example_prints_what_the_page_says(emulator: EmulatorServer) -> None:
    text = PAGE.read_text("utf-8")
    [program, *_] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    [printed, *_] = re.findall(r"prints.*?```\n(.*?)```\n\nIn the examples", text, re.DOTALL)
    assert "http://127.0.0.1:8998" in program
    program = program.replace("http://127.0.0.1:8998", emulator.url)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == printed, done.stderr


def test_each_other_example_runs_with_the_names_that_the_page_says_it_has(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    text = PAGE.read_text("utf-8")
    [assumed] = re.findall(r"\nIn the examples below, .*?\.\n\n", text, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("cat.png").write_bytes(b"x")
    _, *programs = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(programs) == 5
    with SakariClient.from_settings(settings) as sakari:
        names: dict[str, Any] = {
            "sakari": sakari,
            "ada": sakari.contacts.create({"mobile": {"number": "+12125550188"}}),
            "contacts": [{"mobile": {"number": "+12125550189"}}],
            "conversation_id": emulator.ids("conversations")[0],
        }
        assert re.findall(r"`(\w+)`", assumed) == list(names)
        for program in programs:
            exec(program, {"__name__": "example", **names})  # noqa: S102 - it is our own page


def test_the_webhook_of_the_page_answers_whatever_comes() -> None:
    [program] = [
        one
        for one in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        if "class Webhook" in one
    ]
    names: dict[str, Any] = {"__name__": "example"}
    exec(program, names)  # noqa: S102 - it is our own page
    event = {
        "accountId": names["ACCOUNT_ID"],
        "eventType": "message-status",
        "payload": {"id": "1"},
    }
    body = json.dumps(event).encode()
    with HTTPServer(("127.0.0.1", 0), names["Webhook"]) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            port = server.server_port
            path = names["PATH"]
            assert _posted(port, path, {"Content-Length": str(len(body))}, body) == 204
            assert _posted(port, path, {"Content-Length": "1"}, b"{") == 400
            assert _posted(port, "/", {"Content-Length": str(len(body))}, body) == 404
            assert _posted(port, path, {}, b"") == 411
            assert _posted(port, path, {"Content-Length": "-1"}, b"") == 411
        finally:
            server.shutdown()
            thread.join()


def _posted(port: int, path: str, headers: dict[str, str], body: bytes) -> int:
    """The status that a POST with these headers, and no others, is answered with."""
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.putrequest("POST", path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


def test_the_readmes_ten_lines_print_what_it_says(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    section = README.read_text("utf-8").split("\n## From Python")[1].split("\n## ")[0]
    [program] = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    [printed] = re.findall(r"prints.*?```\n(.*?)```", section, re.DOTALL)
    variables = {f"TAP_SAKARI_{name.upper()}": str(value) for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **variables},
    )  # fmt: skip
    assert done.stdout == printed, done.stderr
    assert len([line for line in program.splitlines() if line]) <= 10
    assert not any(one.method == "POST" and "/messages" in one.path for one in emulator.requests)
