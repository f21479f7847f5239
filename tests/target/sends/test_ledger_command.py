"""`sakari ledger`, which `sakari` finds by its entry point."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from sakari_client.cli.main import ADDED, sakari
from target_sakari.ledger.entries import Ending
from tests.cli.process import AtTerminal
from tests.target.sends.places import HOUR, NOW, intent, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

PROJECT = Path(__file__).parents[3] / "pyproject.toml"


@pytest.fixture
def entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to import from with what an installation makes of this checkout's entry point."""
    section = re.search(
        rf'\[project\.entry-points\."{ADDED}"\]\n(\w+) = "(.+)"\n', PROJECT.read_text("utf-8")
    )
    assert section is not None
    installed = tmp_path / "installed" / "of_this_checkout-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Name: of-this-checkout\nVersion: 1\n")
    (installed / "entry_points.txt").write_text(f"[{ADDED}]\n{section[1]} = {section[2]}\n")
    monkeypatch.syspath_prepend(installed.parent)
    return installed.parent


@pytest.fixture
def address(tmp_path: Path) -> str:
    """A ledger with a send of each kind, the later the further down here."""
    found = f"sqlite:///{tmp_path}/ledger.db"
    with open_ledger(found) as ledger:
        for at, key in enumerate(("sent", "refused", "open", "doubtful")):
            ledger.claim([intent(key, stream=f"s{at % 2}")], run="A", now=NOW + at * HOUR)
        endings = [
            Ending("sent", "accepted", "m1", "j1", Decimal("0.0500")),
            Ending("refused", "rejected", code="SMS-001"),
            Ending("doubtful", "unknown"),
        ]
        ledger.end(endings, run="A", now=NOW + 5 * HOUR)
    return found


@pytest.fixture
def run(entry_point: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command in this process, in an empty folder."""
    folder = tmp_path / "empty"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for name in os.environ:
        if name.startswith(("TAP_SAKARI_", "TARGET_SAKARI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TARGET_SAKARI_LEDGER_URL", address)

    def run(*arguments: str, **more: Any) -> Result:
        return CliRunner().invoke(sakari, ["ledger", *arguments], **more)

    return run


def statuses(address: str) -> dict[str, str]:
    with open_ledger(address) as ledger:
        return {entry.key: entry.status for entry in ledger.entries()}


def listed(result: Result) -> list[dict[str, Any]]:
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_command_is_among_the_others(entry_point: Path) -> None:
    shown = CliRunner().invoke(sakari, ["--help"]).stdout
    assert re.search(r"^  ledger +The target's ledger of sends", shown, re.MULTILINE)
    assert re.search(r"^  contacts ", shown, re.MULTILINE)
    assert CliRunner().invoke(sakari, ["ledgers"]).exit_code == 2


def test_the_list_has_the_latest_first_and_no_hashes(run: Run) -> None:
    rows = listed(run("list"))
    assert [one["key"] for one in rows] == ["doubtful", "open", "refused", "sent"]
    assert rows[-1] == {
        "key": "sent", "status": "accepted", "stream": "s0", "to": "0123",
        "intended_at": "2026-03-01T09:00:00.000Z", "changed_at": "2026-03-01T14:00:00.000Z",
        "code": None, "tries": 1, "message_id": "m1", "job_id": "j1", "price": "0.0500",
        "contact_id": None, "conversation_id": None, "account_id": "a" * 24, "run": "A",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("narrowed", "keys"),
    [
        (("--status", "unknown"), ["doubtful"]),
        (("--stream", "s1"), ["doubtful", "refused"]),
        (("--since", "2026-03-01T11:00:00"), ["doubtful", "open"]),
        (("--since", "2026-03-01T14:00:00+0200"), ["doubtful"]),
        (("--since", "2026-03-02"), []),
        (("--limit", "1"), ["doubtful"]),
        (("--stream", "s0", "--status", "accepted"), ["sent"]),
    ],
)
def test_the_list_is_narrowed(run: Run, narrowed: tuple[str, ...], keys: list[str]) -> None:
    assert [one["key"] for one in listed(run("list", *narrowed))] == keys


def test_the_list_as_table_and_csv(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(run("list", "--format", "csv").stdout)))
    assert [(one["key"], one["price"]) for one in rows][-1] == ("sent", "0.0500")
    table = run("list", "--format", "table").stdout
    assert re.search("refused +rejected +s1 +0123 +2026-03-01 10:00 +SMS-001", table)


def test_what_is_open_is_settled(run: Run, address: str) -> None:
    result = run("settle", "open", "doubtful", "--as", "accepted", "--yes")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines() == [
        "intent: s0 to 0123, intended 2026-03-01 11:00 UTC, open",
        "unknown: s1 to 0123, intended 2026-03-01 12:00 UTC, doubtful",
        "2 settled.",
    ]
    after = statuses(address)
    assert (after["open"], after["doubtful"]) == ("accepted", "accepted")


def test_what_is_settled_may_have_a_message(run: Run, address: str) -> None:
    settled = "--as", "accepted", "--message", "m9", "--yes"
    assert run("settle", "open", "doubtful", *settled).exit_code == 2
    assert run("settle", "open", "--as", "rejected", "--message", "m9", "--yes").exit_code == 2
    assert statuses(address)["open"] == "intent"
    assert run("settle", "open", *settled).exit_code == 0
    [row] = [one for one in listed(run("list")) if one["key"] == "open"]
    assert (row["status"], row["message_id"]) == ("accepted", "m9")


def test_what_is_known_or_not_there_is_not_settled(run: Run, address: str) -> None:
    before = statuses(address)
    for key, line in (
        ("sent", "sent is accepted already. Nothing was settled."),
        ("refused", "refused is rejected already. Nothing was settled."),
        ("none", "the ledger has no send none. Nothing was done."),
    ):
        result = run("settle", "open", key, "--as", "rejected", "--yes")
        assert result.exit_code == 1
        assert result.stderr.splitlines()[-1] == f"sakari: {line}"
    assert run("settle", "open", "--as", "unknown", "--yes").exit_code == 2
    assert run("settle", "--as", "accepted", "--yes").exit_code == 2
    assert statuses(address) == before


def test_what_is_forgotten_is_gone(run: Run, address: str) -> None:
    result = run("forget", "sent", "open", "sent", "--yes")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, "2 forgotten.")
    assert statuses(address).keys() == {"refused", "doubtful"}
    assert run("forget", "sent", "refused", "--yes").exit_code == 1
    assert statuses(address).keys() == {"refused", "doubtful"}


def test_an_intent_that_a_run_may_be_sending_is_not_forgotten(run: Run, address: str) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    with open_ledger(address) as ledger:
        ledger.claim([intent("young")], run="A", now=now)
    result = run("forget", "sent", "young", "--yes")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].endswith("Nothing was forgotten.")
    assert {"sent", "young"} < statuses(address).keys()
    with open_ledger(address) as ledger:
        assert not ledger.forget("young", now=now)
        assert ledger.forget("young", now=now + HOUR)


def test_an_intent_that_a_run_may_be_sending_is_not_settled(run: Run, address: str) -> None:
    with open_ledger(address) as ledger:
        ledger.claim([intent("young")], run="A", now=dt.datetime.now(dt.timezone.utc))
    result = run("settle", "open", "young", "--as", "rejected", "--yes")
    assert result.exit_code == 1
    assert re.search(
        r"young may be about to be sent by a run\. Wait for that to end, and until "
        r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC\. Nothing was settled\.$",
        result.stderr.splitlines()[-1],
    )
    after = statuses(address)
    assert (after["open"], after["young"]) == ("intent", "intent")


def test_without_a_terminal_to_ask_at_nothing_is_done(run: Run, address: str) -> None:
    before = statuses(address)
    for arguments in (("settle", "open", "--as", "accepted"), ("forget", "open")):
        result = run(*arguments, input="y\n")
        assert result.exit_code == 2
        assert "give --yes to go ahead" in result.stderr
    assert statuses(address) == before


@pytest.fixture
def in_a_process(run: Run, entry_point: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to run the command in, which finds the entry point there too."""
    monkeypatch.setattr("tests.cli.process.CHECKOUT", f"{entry_point}:{PROJECT.parent}")
    return entry_point


@pytest.mark.parametrize(("answer", "left"), [("y\n", 3), ("\n", 4)])
def test_at_a_terminal_it_asks(in_a_process: Path, address: str, answer: str, left: int) -> None:
    with AtTerminal("ledger", "forget", "open", settings={}, folder=in_a_process) as terminal:
        shown = terminal.read(until="gets it again if its record comes again. [y/N]")
        assert "intent: s0 to 0123" in shown
        assert len(statuses(address)) == 4
        terminal.press(answer)
        assert terminal.finish() == (0 if left == 3 else 1, "")
    assert len(statuses(address)) == left


def test_the_ledger_is_the_targets(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TARGET_SAKARI_LEDGER_URL")
    assert run("list").exit_code == 4
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TAP_SAKARI_ACCOUNT_ID", "tap")
    result = run("list")
    assert result.exit_code == 1
    assert result.stderr == (
        f"sakari: ledger_url: {tmp_path}/state/singer-sakari/ledger-tap.db is not there. See "
        "whether ledger_url, or the home folder, is the one that the target had before; it makes a "
        "ledger only where new_ledger is true.\n"
    )
    assert not (tmp_path / "state").exists()
    Path(".env").write_text("TARGET_SAKARI_ACCOUNT_ID=other\n")
    assert "ledger-other.db is not there" in run("list").stderr
    monkeypatch.setenv("TARGET_SAKARI_LEDGER_URL", "mysql://secret@host/db")
    refused = run("list")
    assert refused.exit_code == 4
    assert "secret" not in refused.stderr


def test_a_broken_ledger_is_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "ledger.db").write_text("no database" * 100)
    result = run("list")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"sakari: ledger_url: {tmp_path}/ledger.db is damaged")
    assert result.stderr.count("\n") == 1


def test_what_was_settled_as_rejected_can_be_settled_as_accepted(run: Run, address: str) -> None:
    result = run("settle", "refused", "--as", "accepted", "--yes")
    assert (result.exit_code, statuses(address)["refused"]) == (0, "accepted")
    assert run("settle", "refused", "--as", "rejected", "--yes").exit_code == 1
    assert statuses(address)["refused"] == "accepted"
