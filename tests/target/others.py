"""Runs the writers of templates, campaigns, conversations and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_sakari.attempts import Attempts
from target_sakari.routes import Item, Kind, Route
from target_sakari.run import Run

if TYPE_CHECKING:
    from sakari_client.client import SakariClient
    from sakari_emulator.server import EmulatorServer
    from target_sakari.outcome import Outcome, Row
    from target_sakari.run import Writer


ATTEMPTS = Attempts()
"""What the clients of these tests tell their requests to."""


def run_of(client: SakariClient, *, dry_run: bool = False) -> Run:
    return Run(client, lambda: False, dry_run=dry_run, attempts=ATTEMPTS)


def written(writer: Writer, to: Kind, *records: dict[str, Any], **route: Any) -> list[Outcome]:
    """The outcomes of records, in the order of arrival."""
    items = [Item(at, Route(to, to, **route), record) for at, record in enumerate(records)]
    told: dict[int, Outcome] = {}

    def tell(item: Item, outcome: Outcome) -> None:
        assert item.position not in told
        told[item.position] = outcome

    writer.write(items, tell)
    writer.finish([one.route for one in items], unexpected)
    return [told[item.position] for item in items if item.position in told]


def unexpected(row: Row) -> None:
    """What no record asked for never happens to these."""
    raise AssertionError(row)


def brief(outcomes: list[Outcome]) -> list[tuple[str, str, str | None]]:
    """Action, outcome and reason of each."""
    return [(one.action, one.outcome, one.reason and one.reason.value) for one in outcomes]


def writes(emulator: EmulatorServer) -> list[str]:
    """The methods of the requests that write."""
    asked = [one.method for one in emulator.requests if one.path != "/oauth2/token"]
    return [method for method in asked if method != "GET"]
