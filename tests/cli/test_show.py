"""What records look like on stdout."""

from __future__ import annotations

import csv
import io
import json

import click
import pytest

from sakari_client.cli import messages, show
from sakari_client.cli.plain import masked, plain
from sakari_client.cli.words import discreet

ODD = {"id": "1", "name": "[red]x\x1b[2J\r\n\x9b1A", "text": 'a "b", c\nd'}


def test_a_table_shows_markup_as_it_is_and_obeys_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show.records([ODD], "table", table=("id", "name", "text"))
    shown = capsys.readouterr().out
    assert r"[red]x\x1b[2J\r\n\x9b1A" in shown
    assert all(line.isprintable() for line in shown.split("\n"))


def test_json_is_the_record_and_obeys_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    show.records([ODD, {"name": "Ünï\u202e"}], "json", table=())
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line) for line in lines] == [ODD, {"name": "Ünï\u202e"}]
    assert "Ünï" in lines[1]
    assert all(line.isprintable() for line in lines)


def test_csv_quotes_what_it_must(capsys: pytest.CaptureFixture[str]) -> None:
    show.records([ODD], "csv", table=("id", "text"), more=("name",))
    rows = list(csv.reader(io.StringIO(capsys.readouterr().out, newline="")))
    assert rows == [["id", "text", "name"], [ODD["id"], ODD["text"], ODD["name"]]]


@pytest.mark.parametrize("width", [20, 40, 80])
def test_a_narrow_terminal_breaks_no_id_and_no_number(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, width: int
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(width))
    contact_id = "6" * 24
    found = {
        "id": contact_id,
        "firstName": "Abcdefghijklmn" * 2,
        "mobile": {"number": "+12125550188"},
    }
    show.records([found], "table", table=("id", "firstName", "mobile.number", "firstName"))
    as_row = capsys.readouterr().out
    assert contact_id in as_row
    assert "+12125550188" in as_row
    assert "…" in as_row
    show.record(found, "table")
    as_fields = capsys.readouterr().out
    assert contact_id in as_fields
    assert "+12125550188" in as_fields


def test_messages_fit_the_usual_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    message = {
        "id": "6" * 24,
        "created": {"at": "2026-11-28T13:06:55.123Z"},
        "contact": {"mobile": {"number": "+4915112345678"}},
        "outgoing": False,
        "status": "delivered",
        "message": "We open at ten on Monday, and at nine on any other day. " * 3,
    }
    show.records([message, message], "table", table=messages.TABLE)
    lines = click.unstyle(capsys.readouterr().out).splitlines()
    rows = [line for line in lines if "6" * 24 in line]
    assert max(map(len, lines)) <= 80
    assert len(rows) == 2
    assert len(lines) == 6  # two of them empty, and two of the heading
    assert "2026-11-28 13:06 " in rows[0]
    assert "+4915112345678 " in rows[0]
    assert "fal" in rows[0]
    assert rows[0].rstrip().endswith("…")


def test_an_address_is_cut_and_not_broken_over_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    webhook = {"id": "6" * 24, "url": "https://hooks.example.com/" + "a" * 60}
    show.records([webhook], "table", table=("id", "url"))
    (row,) = [
        line for line in capsys.readouterr().out.splitlines() if "6" in line or "a" * 5 in line
    ]
    assert "https://hooks.example.com/" in row
    assert "…" in row
    show.record(webhook, "table")
    assert "…" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("created.at", "2026-01-01"),
        ("updated.at", "2026-01-02"),
        ("tags", "vip|new"),
        ("plain", "vip|new"),
        ("mobile.number", "+1555"),
        ("mobile.country", ""),
        ("gone.at", ""),
        ("read", "true"),
        ("price", "0.05"),
        ("media", '[{"url": "x"}]'),
        ("a.b", "dotted"),
        ("attributes.c.d", "dotted too"),
        ("attributes.c.e", ""),
    ],
)
def test_cells(path: str, text: str) -> None:
    record = {
        "created": {"at": "2026-01-01"},
        "updated": "2026-01-02",
        "tags": [{"tag": "vip", "visible": True}, {"tag": "new"}],
        "plain": ["vip", "new"],
        "mobile": {"number": "+1555", "country": None},
        "gone": None,
        "read": True,
        "price": 0.05,
        "media": [{"url": "x"}],
        "a.b": "dotted",
        "attributes": {"c.d": "dotted too"},
    }
    assert show.cell(record, path) == text


def test_letters_and_emoji_stay_as_they_are() -> None:
    text = "Zoë Ж 👩\u200d👧 x"
    assert plain(text) == text
    assert plain("a\xa0b\u202e") == "a b\\u202e"


def test_numbers_are_masked() -> None:
    assert masked("+15551234567") == "+1555*****67"
    assert "3456" not in masked("+123456")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("extra (+1 555 123-4567) at 10:30", "extra (+1 55********67) at 10:30"),
        ("1234567", "*******"),
        ("line 123456 of 1234", "line 123456 of 1234"),
        ("to +49 (0) 30 / 12 34 56.", "to +49 (**************56."),
        ("1 (212) 555 - 0123", "1 (21***********23"),
        ("+1\u2011212\u2011555\u20110123", "+1\u201121********23"),
        ("+1\xa0212\xa0555\xa00123", "+1\xa021********23"),
        ("No ada.l@example.com!", "No ***@***"),
        ("<ada@example.com> 7", "***@*** 7"),
        ("Unknown column: 12 rows", "Unknown column: 12 rows"),
    ],
)
def test_words_that_are_shown_hold_no_number_and_no_address(text: str, shown: str) -> None:
    assert discreet(text) == shown
