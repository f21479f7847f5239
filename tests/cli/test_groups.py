"""The other groups of commands, the settings, and how the command ends."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.cli.ended import Code, code_of
from sakari_client.errors import RequestRefusedError
from sakari_client.events import EVENT_TYPES
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from sakari_client.client import SakariClient
    from sakari_emulator.server import EmulatorServer

    Run = Callable[..., Result]


@pytest.mark.parametrize(
    "name", ["messages", "templates", "campaigns", "conversations", "webhooks"]
)
@pytest.mark.parametrize("how", ["json", "csv", "table"])
def test_lists(run: Run, client: SakariClient, name: str, how: str) -> None:
    result = run(name, "list", "--format", how)
    assert (result.exit_code, result.stderr) == (0, "")
    expected = list(getattr(client, name).list())
    lines = result.stdout.splitlines()
    if how == "json":
        assert [json.loads(line) for line in lines] == expected
    else:
        assert sum(one["id"] in result.stdout for one in expected) == len(expected) > 0


@pytest.mark.parametrize("how", ["json", "csv", "table"])
def test_an_empty_list_says_so_to_people(run: Run, how: str) -> None:
    result = run("messages", "list", "--contact", "f" * 24, "--format", how)
    assert result.exit_code == 0
    assert result.stderr == ("Nothing found.\n" if how == "table" else "")
    assert result.stdout.count("\n") == (1 if how == "csv" else 0)


def test_messages_of_a_contact(run: Run, client: SakariClient) -> None:
    message = next(client.messages.list())
    contact, conversation = message["contact"]["id"], message["conversation"]["id"]
    for option, value, field in (
        ("--contact", contact, "contact"),
        ("--conversation", conversation, "conversation"),
    ):
        found = [
            json.loads(line) for line in run("messages", "list", option, value).stdout.splitlines()
        ]
        assert {one[field]["id"] for one in found} == {value}
    assert json.loads(run("messages", "get", message["id"]).stdout) == message


def test_balance_and_account(run: Run) -> None:
    assert json.loads(run("balance").stdout)["segments"] == 5000
    assert run("balance", "--format", "csv").stdout.splitlines()[1] == "250.0,US,0.05,5000"
    assert "Example Flowers" in run("account", "--format", "table").stdout


def test_a_conversation_is_closed(run: Run, emulator: EmulatorServer) -> None:
    conversation_id = emulator.ids("conversations")[0]
    assert run("conversations", "close", conversation_id).exit_code == 0
    assert emulator.requests[-1].path.endswith(f"/conversations/{conversation_id}/close")


def test_a_webhook_is_added_and_removed(run: Run, client: SakariClient) -> None:
    url = "https://hooks.example.com/a?b=c"
    assert run("webhooks", "add", url, "--event", "message-received").exit_code == 0
    assert url in [one["destination"] for one in client.webhooks.list()]
    asking = run("webhooks", "remove", url)
    assert asking.exit_code == 2
    assert "give --yes to go ahead. Nothing was removed." in asking.stderr
    assert url in [one["destination"] for one in client.webhooks.list()]
    assert run("webhooks", "remove", url, "--yes").exit_code == 0
    assert url not in [one["destination"] for one in client.webhooks.list()]
    assert run("webhooks", "remove", url, "--yes").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("contacts", "create", "--mobile", "+12125550199"),
            "Look before you make it again: sakari contacts find NUMBER.",
        ),
        (
            ("webhooks", "add", "https://hooks.example.com/a"),
            "Look before you add it again: sakari webhooks list.",
        ),
    ],
)
def test_what_to_look_up_is_a_command(
    run: Run, emulator: EmulatorServer, arguments: tuple[str, ...], said: str
) -> None:
    emulator.switch(fail_after_accept_every=1)
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (3, "")
    assert result.stderr.endswith(f" {said}\n")
    assert result.stderr.count("\n") == 1
    assert not re.search(r"find_by_mobile|\.list", result.stderr)


def test_a_webhook_without_events_gets_all_of_them(run: Run) -> None:
    added = json.loads(run("webhooks", "add", "https://hooks.example.com/a").stdout)
    assert added["eventTypes"] == list(EVENT_TYPES)


def test_an_event_that_does_not_exist_is_refused(run: Run, emulator: EmulatorServer) -> None:
    url = "https://hooks.example.com/a"
    result = run("webhooks", "add", url, "--event", "message-recieved")
    assert result.exit_code == 2
    assert "the nearest is message-received" in result.stderr
    assert emulator.requests == []
    shown = run("webhooks", "add", "--help").stdout
    assert all(f"  {name}\n" in shown for name in EVENT_TYPES)


@pytest.mark.parametrize("form", [(), ("--form",)])
def test_a_shared_file_prints_its_link_alone(
    run: Run, emulator: EmulatorServer, tmp_path: Path, form: tuple[str, ...]
) -> None:
    file = tmp_path / "a.png"
    file.write_bytes(b"x")
    result = run("files", "share", str(file), *form)
    assert result.stdout.startswith(emulator.url)
    assert result.stdout.count("\n") == 1


def test_settings_come_from_the_env_file_unless_they_are_exported(
    run: Run, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TAP_SAKARI_CLIENT_SECRET")
    lacking = run("balance")
    assert lacking.exit_code == 4
    assert lacking.stderr.startswith("sakari: TAP_SAKARI_CLIENT_SECRET: is not set.")
    line = f"TAP_SAKARI_CLIENT_SECRET={settings['client_secret']}\n"
    (tmp_path / ".env").write_text(f"{line}TAP_SAKARI_ACCOUNT_ID=not-this-one\n", "utf-8")
    assert run("balance").exit_code == 0
    (tmp_path / "other").write_text("TAP_SAKARI_CLIENT_SECRET=wrong\n", "utf-8")
    refused = run("--env-file", "other", "balance")
    assert refused.exit_code == 4
    assert refused.stderr.startswith("sakari: TAP_SAKARI_CLIENT_ID, TAP_SAKARI_CLIENT_SECRET: ")
    assert run("--env-file", "gone", "balance").exit_code == 2
    (tmp_path / ".env").write_text(f"{line}# right\nwrong here =\n", "utf-8")
    said = "sakari: .env: what is no NAME=VALUE was left out, in line 3.\n"
    assert (run("balance").exit_code, run("balance").stderr) == (0, said)
    (tmp_path / ".env").write_bytes(b"A=\xff")
    assert run("balance").exit_code == 4


def test_a_file_that_nobody_named_does_not_decide_in_silence_who_gets_the_secret(
    run: Run, settings: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"TAP_SAKARI_API_URL={settings['api_url']}\n", "utf-8")
    assert run("balance").stderr == ""  # what is exported wins
    monkeypatch.delenv("TAP_SAKARI_API_URL")
    result = run("balance")
    assert result.exit_code == 0
    assert "the .env in this folder sets TAP_SAKARI_API_URL" in result.stderr
    assert result.stderr.count("\n") == 1
    assert run("--env-file", ".env", "balance").stderr == ""


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"error_every": 1, "error_status": 403}, 4),
        ({"error_every": 1, "error_status": 400}, 1),
        ({"html_every": 1}, 1),
    ],
)
def test_an_error_is_one_line_and_a_code(
    run: Run, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, switches: Any, code: int
) -> None:
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    emulator.switch(**switches)
    result = run("balance")
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith("sakari: GET /balance: ")
    assert result.stderr.count("\n") == 1


def test_what_sakari_says_of_a_refusal_is_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    body = b'{"success": false, "error": {"code": "X-1", "message": "Ask ada@example.com"}}'
    with odd_server(answer(body, "400 Bad Request")) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        for command in (("balance",), ("contacts", "upload", "-")):
            refused = run(*command, input="mobile\n+12125550199\n")
            assert refused.exit_code == 1
            assert ' Sakari says: "Ask ***@***".' in refused.stderr


def test_a_wrong_account_is_a_wrong_setting(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAP_SAKARI_ACCOUNT_ID", "f" * 24)
    result = run("balance")
    assert result.exit_code == 4
    assert "ACCT-008" in result.stderr


@pytest.mark.parametrize("code", ["ACCT-008", "ACCT-010", "ACCT-016", "ACCT-017"])
def test_codes_of_the_account_are_of_the_settings_whatever_the_status(code: str) -> None:
    assert code_of(RequestRefusedError("x", status=400, code=code)) is Code.SETTINGS
    assert code_of(RequestRefusedError("x", status=400, code="CONT-001")) is Code.REFUSED


@pytest.mark.parametrize(
    "arguments", [("nothing",), ("contacts", "list", "+15551234567"), ("--x",)]
)
def test_wrong_use_is_one_line_without_numbers(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("sakari: ")
    assert result.stderr.count("\n") == 1
    assert re.search(r"[.?]\n$", result.stderr)
    assert "51234" not in result.stderr


def test_help_names_settings_and_exit_codes(run: Run) -> None:
    shown = run("--help").stdout
    assert "TAP_SAKARI_CLIENT_SECRET" in shown
    assert "3    unknown" in shown
    assert run().exit_code == 2


def test_the_tap_does_not_load_the_command() -> None:
    program = (
        "import sys, tap_sakari.__main__, target_sakari.__main__\n"
        "assert 'sakari_client.client' in sys.modules"
        "\nassert 'sakari_client.cli' not in sys.modules"
    )
    checkout = Path(__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60, cwd=checkout)
