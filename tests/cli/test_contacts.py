from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from click.testing import Result

    from sakari_client.client import SakariClient
    from sakari_emulator.server import EmulatorServer

    Run = Callable[..., Result]

NUMBER = "+12125550199"


def records(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_list_is_the_records_as_sakari_sends_them(run: Run, client: SakariClient) -> None:
    assert records(run("contacts", "list")) == list(client.contacts.list())


def test_a_list_stops_at_the_limit(run: Run, client: SakariClient) -> None:
    assert records(run("contacts", "list", "--limit", "3")) == list(client.contacts.list())[:3]


@pytest.mark.parametrize(
    ("option", "value", "filter_"),
    [
        ("--tag", "vip", "tags"),
        ("--first-name", "Leon", "firstName"),
        ("--last-name", "Foot", "lastName"),
        ("--email", "1@", "email"),
        ("--mobile", "5550", "mobile"),
    ],
)
def test_a_list_is_narrowed_by_filters(
    run: Run, client: SakariClient, option: str, value: str, filter_: str
) -> None:
    found = records(run("contacts", "list", option, value))
    assert found == list(client.contacts.list({filter_: value}))
    assert found


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ("contacts", "list", option, "")
            for option in ("--tag", "--first-name", "--last-name", "--mobile", "--email")
        ),
        ("contacts", "update", "f" * 24, "--tag", ""),
        ("contacts", "create", "--mobile", NUMBER, "--tag", " "),
        ("messages", "list", "--contact", ""),
        ("messages", "list", "--conversation", " "),
    ],
)
def test_what_is_empty_is_not_taken_for_all(
    run: Run, emulator: EmulatorServer, arguments: tuple[str, ...]
) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"'{arguments[-2]}': it is empty." in result.stderr
    assert not emulator.requests


@pytest.mark.parametrize(
    "mobile", [f"{NUMBER}x5", f"tel:{NUMBER}", f"x {NUMBER}", f"{NUMBER} / +12125550198"]
)
@pytest.mark.parametrize("command", ["create", "find"])
def test_what_is_not_one_number_alone_is_refused(
    run: Run, emulator: EmulatorServer, command: str, mobile: str
) -> None:
    given = ("create", "--mobile", mobile) if command == "create" else ("find", mobile)
    result = run("contacts", *given)
    assert result.exit_code == 2
    assert "cannot be a phone number" in result.stderr
    assert not emulator.requests


def test_csv_has_the_common_columns(run: Run) -> None:
    rows = list(csv.DictReader(run("contacts", "list", "--format", "csv").stdout.splitlines()))
    assert len(rows) == 130
    assert rows[0]["mobile.number"].startswith("+")
    assert rows[0]["created.at"].startswith("20")


def test_a_contact_is_made_found_changed_and_removed(run: Run, client: SakariClient) -> None:
    given = ("--first-name", "Ada", "--tag", "a", "--tag", "b", "--attribute", "city=Rome")
    (made,) = records(run("contacts", "create", "--mobile", "+1 (212) 555-0199", *given))
    assert made["mobile"]["number"] == NUMBER
    assert [one["tag"] for one in made["tags"]] == ["a", "b"]
    assert made["attributes"]["city"] == "Rome"
    (found,) = records(run("contacts", "find", NUMBER))
    assert found["id"] == made["id"]
    run("contacts", "update", made["id"], "--email", "ada@example.com")
    (now,) = records(run("contacts", "get", made["id"]))
    assert (now["email"], now["firstName"]) == ("ada@example.com", "Ada")
    assert records(run("contacts", "delete", made["id"], "--yes")) == []
    assert client.contacts.find_by_mobile(NUMBER) is None


def test_nobody_is_deleted_without_being_asked_for(run: Run, emulator: EmulatorServer) -> None:
    contact_id = emulator.ids("contacts")[0]
    result = run("contacts", "delete", contact_id)
    assert result.exit_code == 2
    assert "--yes" in result.stderr
    assert contact_id in emulator.ids("contacts")


def test_who_is_not_there_is_said(run: Run) -> None:
    result = run("contacts", "find", NUMBER)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "sakari: no contact has the number +1212*****99.\n"
    assert run("contacts", "get", "f" * 24).exit_code == 1
    assert run("contacts", "delete", "f" * 24, "--yes").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [("contacts", "delete", "f" * 24), ("webhooks", "remove", "https://example.com/a")]
)
def test_what_an_earlier_try_may_have_removed_is_gone(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    empty = answer(b'{"success": true, "data": []}')
    left = [b"", answer(b"", "404 Not Found"), empty]

    def next_one(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(left.pop(0))

    monkeypatch.setenv("TAP_SAKARI_RETRY_MAX_WAIT", "0")
    with odd_server(next_one) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        result = run(*arguments, "--yes")
    assert result.exit_code == 0
    assert result.stderr.endswith(("Deleted.\n", "Removed.\n"))


def test_a_number_of_a_country_can_be_given_as_it_is_written_there(run: Run) -> None:
    given = ("--country", "US")
    (made,) = records(run("contacts", "create", "--mobile", "(212) 555-0199", *given))
    assert (made["mobile"]["number"], made["mobile"]["country"]) == (NUMBER, "US")
    (found,) = records(run("contacts", "find", "212 555 0199", *given))
    assert found["id"] == made["id"]
    (now,) = records(run("contacts", "update", made["id"], "--mobile", "2125550198", *given))
    assert now["mobile"]["number"] == "+12125550198"
    assert run("contacts", "find", "1 212 555 0199", *given).exit_code == 1  # it is 0198 now
    lacking = run("contacts", "find", "212 555 0199")
    assert lacking.exit_code == 2
    assert "give it with + and the country code, or give its --country." in lacking.stderr
    wrong = run("contacts", "find", "212 555 0199", "--country", "XX")
    assert wrong.exit_code == 2
    assert "'--country': there is no such country; give two letters" in wrong.stderr
    unclear = run("contacts", "find", "4915112345678", "--country", "DE")
    assert unclear.exit_code == 2
    assert "may begin with the country code, or may not" in unclear.stderr
    assert run("contacts", "update", made["id"], *given).exit_code == 2
