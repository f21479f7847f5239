"""`sakari contacts upload`: what was written, and what became of the rest."""

from __future__ import annotations

import io
import json
import socket
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.cli.contact_csv import ContactFile
from sakari_client.cli.ended import Ended
from sakari_client.cli.show import cell
from tests.odd_server import TOKEN, answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from sakari_client.client import SakariClient
    from sakari_emulator.server import EmulatorServer

    Run = Callable[..., Result]

NUMBER = "+12125550199"


def test_an_upload_shows_what_was_not_written(run: Run, client: SakariClient) -> None:
    rows = (
        "\ufeffcountry,firstName,mobile,tags,city\r\n"
        'US,"Ada, B.",(212) 555-0199,vip|new,Rome\r\n'
        "US,Bob,12,,\r\n"
        "\r\n"
        "US,Cy,+12125550182,,Rome,surplus\r\n"
        "US,Di,,,\r\n"
    )
    result = run("contacts", "upload", "-", input=rows.encode())
    assert result.exit_code == 1
    failed = [json.loads(line) for line in result.stdout.splitlines()]
    assert {(one["line"], one["status"], one["code"]) for one in failed} == {
        (3, "rejected", "CONT-001"),
        (5, "rejected", None),
        (6, "rejected", None),
    }
    assert result.stderr == "1 written, 3 rejected, 0 unknown\n"
    ada = client.contacts.find_by_mobile(NUMBER)
    assert ada is not None
    assert (ada["firstName"], ada["attributes"]["city"]) == ("Ada, B.", "Rome")
    assert [one["tag"] for one in ada["tags"]] == ["vip", "new"]


def test_an_upload_of_a_good_file_ends_well(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "contacts.csv"
    file.write_text(f"mobile\n{NUMBER}\n", "utf-8")
    result = run("contacts", "upload", str(file))
    assert (result.exit_code, result.stdout) == (0, "")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column `mobile`"),
        (b"mobile;tags\n1;2\n", "no column `mobile`"),
        (b"mobile,mobile\n", "twice"),
        (b"Mobile,city\n", "`Mobile`, which would be an attribute; it must be `mobile`"),
        (b"mobile,First Name\n", "it must be `firstName`"),
        (b"mobile,last_name\n", "it must be `lastName`"),
        (b"mobile,Country,country\n", "it must be `country`"),
        (b"mobile,EMAIL\n", "it must be `email`"),
        (b"mobile,Tags\n", "it must be `tags`"),
        (b"mobile,e-mail\n", "`e-mail`, which would be an attribute; it must be `email`"),
        (b"mobile,E-Mail\n", "it must be `email`"),
        (b"mobile,tag\n", "it must be `tags`, or `attributes.tag` if an attribute is meant"),
        (b"mobile,Tag\n", "it must be `tags`"),
        (b"phone\n", "it must be `mobile`"),
        (b"Mobile Phone\n", "it must be `mobile`"),
        (b"mobile,fistName\n", "it must be `firstName`"),
        (b"mobile,county\n", "or `attributes.county` if"),
        (b"mobile,attributes.email\n", "no place for an attribute of that name"),
        (b"mobile,city,attributes.city\n", "twice"),
        (b"mobile,attributes.\n", "leaves a name out"),
        (b"mobile,firstName\n1,\xff\n", "not UTF-8"),
        (b'mobile,firstName\n1,"x', "line 2"),
    ],
)
def test_what_is_no_such_file_is_refused(
    run: Run, emulator: EmulatorServer, content: bytes, said: str
) -> None:
    result = run("contacts", "upload", "-", input=content)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.endswith(" Nothing was sent.\n")
    assert len(emulator.ids("contacts")) == 130


class Endless(io.RawIOBase):
    """A file of one line without end, of which it is counted what is read."""

    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"x" * len(buffer)
        self.given += len(buffer)
        assert self.given < 10_000_000
        return len(buffer)


def test_a_line_without_end_is_not_read_whole() -> None:
    file = Endless()
    with pytest.raises(Ended, match="line 1 is longer than 1,000,000 characters"):
        next(ContactFile(io.BufferedReader(file)).contacts())


TURNS = "mobile,firstName\n+12125550181,\n+12125550182,Ada\n+12125550183,\n+12125550184,\n"
"""Rows that go in three requests, as they take turns in what they hold."""


@pytest.mark.parametrize(
    ("switches", "code"),
    [
        ({"fail_after_accept_every": 2, "fail_after_accept": "500"}, 3),
        ({"fail_after_accept_every": 2, "fail_after_accept": "reset"}, 3),
        ({"error_every": 2, "error_status": 500}, 3),
    ],
)
def test_an_upload_that_breaks_off_tells_what_became_of_all_rows(
    run: Run, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, switches: Any, code: int
) -> None:
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    emulator.switch(**switches)
    result = run("contacts", "upload", "-", input=TURNS)
    assert (result.exit_code, result.stdout) == (code, "")
    counts, why = result.stderr.splitlines()
    assert counts == "1 written, 0 rejected, 1 unknown"
    assert "Rows from line 4 on were not written." in why
    assert "does no harm" in why


def test_an_upload_without_a_token_leaves_nothing_unknown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    with odd_server(answer(b"", "503 Service Unavailable")) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        monkeypatch.setenv("TAP_SAKARI_AUTH_URL", f"{server.url}/another/way")
        result = run("contacts", "upload", "-", input=TURNS)
    assert result.exit_code == 1
    assert result.stderr.startswith("0 written, 0 rejected, 0 unknown\nsakari: POST /oauth2/token")
    assert "Rows from line 2 on were not written." in result.stderr


def test_an_upload_that_breaks_off_at_its_last_request_names_no_rows_as_not_sent(
    run: Run, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    emulator.switch(error_every=3, error_status=500)
    result = run("contacts", "upload", "-", input=TURNS)
    assert result.exit_code == 3
    assert result.stderr.startswith("2 written, 0 rejected, 2 unknown\n")
    assert "not written" not in result.stderr


@pytest.mark.parametrize("status", [400, 404, 429])
@pytest.mark.parametrize("written", [0, 1, 2])
def test_an_upload_that_is_refused_leaves_nothing_unknown(
    run: Run, emulator: EmulatorServer, monkeypatch: pytest.MonkeyPatch, status: int, written: int
) -> None:
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    emulator.switch(error_every=written + 1, error_status=status)
    result = run("contacts", "upload", "-", input=TURNS)
    assert (result.exit_code, result.stdout) == (1, "")
    counts, why = result.stderr.splitlines()
    assert counts == f"{written} written, 0 rejected, 0 unknown"
    assert f"Rows from line {written + 2} on were not written." in why


LOST = b""
EXPIRED = answer(b"", "401 Unauthorized")


@pytest.mark.parametrize(
    ("tries", "unknown"),
    [
        ([LOST, answer(b"", "400 Bad Request")], 1),
        ([LOST, answer(b"", "429 Slow down")], 1),
        ([LOST, answer(b"", "403 Forbidden"), answer(b"", "403 Forbidden")], 1),
        ([answer(b"", "500 Oh"), answer(b"", "400 Bad Request")], 1),
        ([answer(b"<html>"), answer(b"", "400 Bad Request")], 1),
        ([LOST, EXPIRED, answer(b"", "503 No token")], 1),
        ([EXPIRED, answer(b"", "503 No token")], 0),
        ([answer(b"", "429 Slow down"), answer(b"", "400 Bad Request")], 0),
    ],
)
def test_an_upload_of_which_an_earlier_try_may_have_arrived_is_unknown(
    run: Run, monkeypatch: pytest.MonkeyPatch, tries: list[bytes], unknown: int
) -> None:
    left = [TOKEN, *tries]

    def next_one(connection: socket.socket, _head: bytes) -> None:
        connection.sendall(left.pop(0) if left else tries[-1])

    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "1")
    monkeypatch.setenv("TAP_SAKARI_RETRY_MAX_WAIT", "0")
    with odd_server(next_one) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        monkeypatch.setenv("TAP_SAKARI_AUTH_URL", f"{server.url}/another/way")
        result = run("contacts", "upload", "-", input=TURNS)
    assert not left
    assert result.exit_code == (3 if unknown else 1)
    assert f"0 written, 0 rejected, {unknown} unknown\n" in result.stderr
    assert f"Rows from line {unknown + 2} on were not written." in result.stderr


def test_an_upload_without_a_connection_leaves_nothing_unknown(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("TAP_SAKARI_API_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("TAP_SAKARI_MAX_RETRIES", "0")
    result = run("contacts", "upload", "-", input=TURNS)
    assert result.exit_code == 1
    counts, why = result.stderr.splitlines()
    assert counts == "0 written, 0 rejected, 0 unknown"
    assert "Rows from line 2 on were not written." in why


def test_an_upload_with_wrong_settings_is_known_to_have_done_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TAP_SAKARI_CLIENT_SECRET", "wrong")
    result = run("contacts", "upload", "-", input=TURNS)
    assert result.exit_code == 4
    assert result.stderr.startswith("0 written, 0 rejected, 0 unknown\n")
    assert "Rows from line 2 on were not written." in result.stderr


@pytest.mark.parametrize(
    ("tail", "line"), [(b"1,\xff\n", "not UTF-8"), (b'1,"x', "unexpected end of data")]
)
def test_a_file_that_is_none_in_the_middle_says_what_was_written(
    run: Run, emulator: EmulatorServer, tail: bytes, line: str
) -> None:
    rows = b"".join(b"+1917656%04d,Ada Lovelace\n" % number for number in range(2500))
    result = run("contacts", "upload", "-", input=b"mobile,firstName\n" + rows + tail)
    written = len(emulator.ids("contacts")) - 130
    assert result.exit_code == 1
    assert written > 0
    assert result.stderr.startswith(f"{written:,} written, 0 rejected, 0 unknown\n")
    assert line in result.stderr
    assert f"Rows from line {written + 2} on were not written." in result.stderr


@pytest.mark.parametrize(
    ("rows", "lines"),
    [('1,,\n2,,\n3,,\n1,"x', [2, 3, 4]), ("1,,\n,\n3,,\n12,\n12,,\n", [2, 3, 4, 5, 6])],
)
def test_rows_that_were_not_written_are_shown_in_their_order(
    run: Run, rows: str, lines: list[int]
) -> None:
    result = run("contacts", "upload", "-", input=f"mobile,firstName\n{rows}")
    assert [json.loads(line)["line"] for line in result.stdout.splitlines()] == lines
    assert f"0 written, {len(lines)} rejected, 0 unknown" in result.stderr
    assert result.exit_code == 1


def test_an_attribute_that_is_nearly_a_column_can_be_named(run: Run, client: SakariClient) -> None:
    rows = f"mobile,attributes.county,city,state,name,company\n{NUMBER},Kent,a,b,c,d\n"
    assert run("contacts", "upload", "-", input=rows).exit_code == 0
    made = client.contacts.find_by_mobile(NUMBER)
    assert made is not None
    assert made["attributes"] == {
        "county": "Kent", "city": "a", "state": "b", "name": "c", "company": "d",
    }  # fmt: skip


def test_the_csv_of_a_list_can_be_uploaded(run: Run, client: SakariClient) -> None:
    listed = run("contacts", "list", "--format", "csv").stdout
    before = list(client.contacts.list())
    result = run("contacts", "upload", "-", input=listed)
    assert result.stderr == "130 written, 0 rejected, 0 unknown\n"
    assert result.exit_code == 0
    paths = ("id", "mobile.number", "mobile.country", "firstName", "lastName", "email", "tags")

    def seen(found: list[dict[str, Any]]) -> list[list[Any]]:
        rows = [
            # CSV has only text, so a number comes back as such.
            [cell(one, path) for path in paths]
            + [{name: str(value) for name, value in one["attributes"].items()}]
            for one in found
        ]
        return sorted(rows, key=lambda row: str(row[0]))

    assert seen(list(client.contacts.list())) == seen(before)


def test_attributes_go_through_a_csv_file_and_back(run: Run, client: SakariClient) -> None:
    held = [{"city": "Rome", "Email": "x, y"}, {"a.b": "c", "id": "7"}, {}]
    for index, attributes in enumerate(held):
        number = f"+1212555018{index}"
        tags = [{"tag": "only-here"}]
        client.contacts.create(
            {"mobile": {"number": number}, "tags": tags, "attributes": attributes}
        )
    listed = run("contacts", "list", "--tag", "only-here", "--format", "csv").stdout
    header, *_ = listed.splitlines()
    assert header.endswith(
        ",updated.at,attributes.Email,attributes.a.b,attributes.city,attributes.id"
    )
    for one in list(client.contacts.list({"tags": "only-here"})):
        client.contacts.delete(one["id"])
    result = run("contacts", "upload", "-", input=listed)
    assert result.stderr == "3 written, 0 rejected, 0 unknown\n"
    back = sorted(
        client.contacts.list({"tags": "only-here"}), key=lambda one: str(one["mobile"]["number"])
    )
    assert [one["attributes"] for one in back] == held
