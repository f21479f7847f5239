"""Real Meltano and PostgreSQL: rows in the warehouse become texts, each once, and come back."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from devtools.emulator import Emulator, running_emulator
from devtools.meltano import CHECKOUT, Meltano
from devtools.private_postgres import Database, private_postgres
from devtools.warehouse import target_postgres_environment
from sakari_client.client import SakariClient
from target_sakari.ledger.ledger import Ledger
from target_sakari.ledger.place import find_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

EXAMPLES = CHECKOUT / "examples"

_LOADER = "TARGET_SAKARI__REMINDERS"
"""Settings by variables of this name win over those of meltano.yml."""

ADA, BEN, CHLOE, EVE = "+12125550141", "+12125550142", "+491713920001", "+12125550191"

GOOD = ("appointment-1", "appointment-3", "appointment-5")
"""Reminders that can be sent. 2 is of Ben, who opted out; 6 of Finn, whose number is cut short."""

Endings = dict[str, str]
"""How each reminder ended, by its id: `written`, `rejected invalid_number`."""


@dataclass(frozen=True)
class Sent:
    """A run of the job: how each reminder ended, and the texts that each number has got by then."""

    endings: Endings
    ids: set[str]
    texts: dict[str, int]
    log: str


@dataclass
class Clinic:
    """A warehouse with appointments, whose ledger is in it, and an account."""

    folder: Path
    emulator: Emulator
    warehouse: Database

    def __post_init__(self) -> None:
        self.query("appointments")
        self.emulator.receive(BEN, "STOP")
        # Long over by the time that the messages are read.
        self.emulator.switch(status_seconds=1)

    @property
    def ledger_url(self) -> str:
        return "postgresql://{user}:{password}@{host}:{port}/{database}".format(
            **vars(self.warehouse)
        )

    def query(self, name: str) -> list[tuple[Any, ...]]:
        """Run an SQL file of the examples; the rows of what it selects."""
        with self.warehouse.connect() as connection:
            cursor = connection.execute((EXAMPLES / f"{name}.sql").read_bytes())
            return cursor.fetchall() if cursor.description else []

    def send(self, name: str, *arguments: str, **settings: str) -> Sent:
        """Run the job, and load its outcomes into the warehouse as the docs say."""
        outcomes = self.folder / f"{name}.jsonl"
        settings = {
            "outcomes_path": str(outcomes),
            "rejects_path": str(self.folder / f"{name}.rejects"),
            "deferred_path": str(self.folder / f"{name}.deferred"),
            "ledger_url": self.ledger_url,
            "quiet_hours": "",  # it is night somewhere
            **settings,
        }
        ended = self._meltano(settings)(name, "run", *arguments, "warehouse-to-sends")
        assert ended.exit_code == 0, ended.last_words()
        text = outcomes.read_text("utf-8")
        self._load(text)
        told = [json.loads(line) for line in text.splitlines()]
        return Sent(
            {
                one["key"]["reminder_id"]: " ".join(filter(None, (one["outcome"], one["reason"])))
                for one in told
            },
            {one["sakari_id"] for one in told if one["outcome"] == "written"},
            self.texts(),
            ended.log.read_text("utf-8"),
        )

    def read_back(self) -> None:
        """Bring the account's messages into the warehouse."""
        ended = self._meltano({})("back", "run", "sakari-to-warehouse")
        assert ended.exit_code == 0, ended.last_words()

    def texts(self) -> dict[str, int]:
        """How many texts each number got."""
        with SakariClient.from_settings(self.emulator.settings) as client:
            messages = [one for one in client.messages.list() if one["outgoing"]]
        return dict(Counter(one["contact"]["mobile"]["number"] for one in messages))

    def _meltano(self, settings: dict[str, str]) -> Meltano:
        return Meltano(
            self.folder,
            {
                **self.emulator.environment(),
                **self.emulator.environment("TARGET_SAKARI"),
                **target_postgres_environment(self.warehouse),
                **{f"{_LOADER}_{name.upper()}": value for name, value in settings.items()},
            },
        )

    def _load(self, outcomes: str) -> None:
        copy = "copy outbox.outcomes (told) from stdin (format csv, quote e'\\1', delimiter e'\\2')"
        with self.warehouse.connect() as connection, connection.cursor().copy(copy) as copying:
            copying.write(outcomes)


@dataclass(frozen=True)
class Reminded:
    """What was done one after the other."""

    clinic: Clinic
    planned: Sent
    first: Sent
    second: Sent
    anew: Sent


@pytest.fixture(scope="module")
def reminded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reminded]:
    folder = tmp_path_factory.mktemp("sends")
    with (
        running_emulator(folder, contacts=0, messages=0) as emulator,
        private_postgres() as warehouse,
    ):
        clinic = Clinic(folder, emulator, warehouse)
        planned = clinic.send("planned")
        first = clinic.send("first", send_enabled="true")
        second = clinic.send("second", send_enabled="true")
        anew = clinic.send("anew", "--full-refresh", send_enabled="true")
        clinic.read_back()
        yield Reminded(clinic, planned, first, second, anew)


def test_nothing_is_sent_until_sending_is_enabled(reminded: Reminded) -> None:
    assert reminded.planned.texts == {}
    assert reminded.planned.endings == ends("planned")


def test_a_plan_tells_what_it_costs_in_each_country(reminded: Reminded) -> None:
    lines = [json.loads(line) for line in reminded.planned.log.splitlines() if line[:1] == "{"]
    told = [str(one.get("event")).split() for one in lines]
    for line in (["US", "2", "2", "0.1"], ["DE", "1", "1", "0.05"], ["all", "3", "3", "0.15"]):
        assert line in told


def test_each_row_becomes_one_text_and_who_opted_out_gets_none(reminded: Reminded) -> None:
    assert reminded.first.endings == ends("written")
    assert reminded.first.texts == {ADA: 1, CHLOE: 1, EVE: 1}
    assert len(reminded.first.ids) == len(GOOD)


def test_variables_win_over_what_meltano_yml_sets(reminded: Reminded) -> None:
    assert (reminded.clinic.folder / "first.deferred").read_bytes() == b""


def test_a_second_run_sends_nothing(reminded: Reminded) -> None:
    for again in (reminded.second, reminded.anew):
        assert again.endings == ends("skipped already_sent")
        assert again.texts == reminded.first.texts


def test_deliveries_are_beside_the_outcomes_in_the_warehouse(reminded: Reminded) -> None:
    # By the latest run of each; what was sent before has its message's id, too.
    assert reminded.clinic.query("deliveries") == [
        ("appointment-1", "skipped", "already_sent", "delivered", None),
        ("appointment-2", "skipped", "opted_out", None, None),
        ("appointment-3", "skipped", "already_sent", "delivered", None),
        ("appointment-5", "skipped", "already_sent", "error", "MSG-019"),
        ("appointment-6", "rejected", "invalid_number", None, None),
    ]


def test_the_ledger_in_postgresql_has_what_was_accepted(reminded: Reminded) -> None:
    account_id = reminded.clinic.emulator.settings["account_id"]
    place = find_place(reminded.clinic.ledger_url, account_id)
    with Ledger.open(place, make=False) as ledger:
        entries = list(ledger.entries())
    assert {one.status for one in entries} == {"accepted"}
    assert {one.message_id for one in entries} == reminded.first.ids


def ends(good: str) -> Endings:
    """How all reminders end where those that can be sent end so."""
    return {
        **dict.fromkeys(GOOD, good),
        "appointment-2": "skipped opted_out",
        "appointment-6": "rejected invalid_number",
    }
