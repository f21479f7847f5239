"""`sakari webhooks`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ask import confirm
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.options import event
from sakari_client.cli.plain import plain
from sakari_client.cli.settings import with_client
from sakari_client.events import EVENT_TYPES

if TYPE_CHECKING:
    from sakari_client.client import SakariClient

_TABLE = ("id", "url", "destination", "eventTypes")

_LOOK_UP = (
    "The address may have been added all the same. Look before you add it again: sakari webhooks "
    "list."
)

_EVENTS = "\n".join(["\b", "Events:", *(f"  {name}" for name in EVENT_TYPES)])


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


@webhooks.command(epilog=_EVENTS)
@click.argument("url")
@click.option(
    "--event",
    "events",
    type=event,
    metavar="EVENT",
    multiple=True,
    help="Repeatable. Default: all of those below.",
)
@show.format_option
@with_client
def add(sakari: SakariClient, url: str, events: tuple[str, ...], how: str) -> None:
    """Have events sent to an address."""
    with ended.if_stopped(_LOOK_UP, Code.UNKNOWN):
        added = sakari.webhooks.subscribe(url, events or EVENT_TYPES)
        with show.what_was_done():
            show.record(added, how, _TABLE)


@webhooks.command()
@click.argument("url")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_client
def remove(sakari: SakariClient, /, *, url: str, yes: bool) -> None:
    """Have nothing sent to an address any more."""
    confirm(f"Remove the webhook {plain(url)}?", yes=yes, otherwise="Nothing was removed.")
    with ended.if_stopped(ended.MAY_BE_REPEATED):
        removed = sakari.webhooks.unsubscribe(url)
    if not removed:
        raise Ended(Code.REFUSED, "there is no webhook of that address.")
    ended.say("Removed.")
