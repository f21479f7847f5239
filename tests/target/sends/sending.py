"""Sends into an emulator, as the target's command does them but for the process."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_sakari.writers import make_writers
from tests.client.reach import Sleeps
from tests.conftest import settings_for
from tests.target.run import Message, record, run_target, schema
from tests.target.sends.places import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from sakari_emulator.rows import Message as Text
    from sakari_emulator.server import EmulatorServer
    from target_sakari.ledger.entries import Entry
    from tests.target.run import Done

FIELDS = ("id", "mobile", "text")


def number(at: int) -> str:
    """A number of nobody's."""
    return f"+1907555{at:04}"


def sends(count: int, text: str = "Hello", **fields: Any) -> list[Message]:
    """Records of texts to different numbers."""
    return [record("sends", id=at, mobile=number(at), text=text, **fields) for at in range(count)]


@dataclass
class Sending:
    """An account, and runs of the target on one ledger.

    Attributes:
        server: the account.
        folder: of the ledger and of each run's files.
        more: settings besides.
        runs: how many there were.
        ledger_url: of the ledger; else it is a file in the folder.
    """

    server: EmulatorServer
    folder: Path
    more: dict[str, Any] = field(default_factory=dict)
    runs: int = 0
    ledger_url: str | None = None

    @property
    def address(self) -> str:
        """Of the ledger."""
        return self.ledger_url or f"sqlite:///{self.folder}/ledger.db"

    @property
    def settings(self) -> dict[str, Any]:
        return settings_for(
            self.server,
            ledger_url=self.address,
            send_enabled=True,
            max_rejected_percent=100,
            **self.more,
        )

    def run(
        self,
        records: Iterable[Message],
        *,
        key: Sequence[str] = ("id",),
        fields: Sequence[str] = FIELDS,
        clock: Any = None,
        **settings: Any,
    ) -> Done:
        """Send records of the stream `sends`; a SCHEMA message among them goes as it is."""
        self.runs += 1
        folder = self.folder / f"run-{self.runs}"
        folder.mkdir()
        first = schema("sends", *fields, key=list(key))
        return run_target(
            {**self.settings, **settings},
            [first, *records],
            folder,
            make_writers,
            clock=clock or Sleeps(),  # type: ignore[arg-type]  # it has a clock, and that is all
        )

    def texts(self) -> list[Text]:
        """The texts that went out of the account."""
        return [one for one in self.server.account.messages if one.outgoing]

    def received(self) -> dict[str, int]:
        """How many texts each number got."""
        return dict(
            Counter(
                one.contact.mobile.number
                for one in self.texts()
                if one.contact and one.contact.mobile
            )
        )

    def entries(self) -> list[Entry]:
        """What is in the ledger, the earliest first."""
        with open_ledger(self.address, make=False) as ledger:
            return list(ledger.entries())[::-1]

    def posts(self) -> int:
        """How many requests to send came."""
        return sum(
            one.method == "POST" and one.path.endswith("/messages") for one in self.server.requests
        )
