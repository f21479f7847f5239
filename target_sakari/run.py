"""What the writers of all kinds share in a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from target_sakari.attempts import Attempts
from target_sakari.send_settings import SEND_SETTINGS, SendSettings

if TYPE_CHECKING:
    from sakari_client.client import SakariClient
    from target_sakari.guards.caps import Amount
    from target_sakari.outcome import Outcome, Row
    from target_sakari.routes import Item, Route

WriteMethod = Literal["auto", "bulk", "single"]

Tell = Callable[["Item", "Outcome"], None]
"""Takes the outcome of a record; called once for each, from the thread that called `write`."""

TellRow = Callable[["Row"], None]
"""Takes the outcome of what no record asked for, such as a contact that `mirror` removes."""


def _nothing_is_sent() -> SendSettings:
    return SendSettings.from_settings(
        {name: one.get("default") for name, one in SEND_SETTINGS.items()}
    )


@dataclass(frozen=True)
class Run:
    """What a writer works with.

    Attributes:
        client: of the account.
        stopping: whether the run is to end: requests in flight are ended, no further one is begun,
            and records that were not begun get no outcome.
        dry_run: whether to decide only: what would be written is `planned`.
        sending: the settings of sends. Default: texts are only planned.
        write_method: how contacts are written.
        workers: most requests at a time.
        attempts: counts the requests of `client`, whose `on_try` it is.
        amounts: of the texts that were sent, or are planned, by country.
        duplicate: is told of each record with a phone number that came before in the run.
        at_end: closed as the run ends; takes what writers have open.
    """

    client: SakariClient
    stopping: Callable[[], bool]
    dry_run: bool = False
    sending: SendSettings = field(default_factory=_nothing_is_sent)
    write_method: WriteMethod = "auto"
    workers: int = 8
    attempts: Attempts = field(default_factory=Attempts)
    amounts: dict[str, Amount] = field(default_factory=dict)
    duplicate: Callable[[Item], None] = lambda _: None
    at_end: ExitStack = field(default_factory=ExitStack)

    def now(self) -> dt.datetime:
        """The time by Sakari's clock, as far as an answer has told it."""
        return dt.datetime.fromtimestamp(self.client.server_time(), dt.timezone.utc)


class Writer(Protocol):
    """Writes the records of one kind."""

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Write records, and tell the outcome of each as it is known, in any order.

        Records of one thing are written in the order of arrival.

        Raises:
            SakariError: something is wrong with the whole run (see `failure.py`). Records that
                have no outcome by then were not written, or may be written again.
        """

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Do what is left once all input has come, such as `mirror`; not after a failed run.

        Args:
            routes: all of this kind, also those that no record came for.
            tell: takes the outcomes.
        """
