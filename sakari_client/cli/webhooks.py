"""`sakari webhooks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient

_TABLE = ("id", "url", "destination", "eventTypes")


@click.group()
def webhooks() -> None:
    """Addresses that Sakari sends events to."""


@webhooks.command("list")
@show.limit_option
@show.format_option
@with_client
def list_(sakari: SakariClient, limit: int | None, how: str) -> None:
    """List the webhooks. Sakari has the address as url, or as destination."""
    show.listing(sakari.webhooks, how, table=_TABLE, limit=limit)


@webhooks.command()
@click.argument("url")
@click.option(
    "--event", "events", multiple=True, required=True, help="Such as message-received. Repeatable."
)
@show.format_option
@with_client
def add(sakari: SakariClient, url: str, events: tuple[str, ...], how: str) -> None:
    """Have events sent to an address."""
    show.record(sakari.webhooks.subscribe(url, events), how, _TABLE)


@webhooks.command()
@click.argument("url")
@with_client
def remove(sakari: SakariClient, url: str) -> None:
    """Have nothing sent to an address any more."""
    if not sakari.webhooks.unsubscribe(url):
        raise Ended(Code.REFUSED, "there is no webhook of that address.")
    ended.say("Removed.")
