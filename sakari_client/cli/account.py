"""`sakari balance` and `sakari account`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import show
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient


@click.command()
@show.format_option
@with_client
def balance(sakari: SakariClient, how: str) -> None:
    """Show the money left, and the text segments that it pays for."""
    show.record(sakari.account.balance(), how)


@click.command()
@show.format_option
@with_client
def account(sakari: SakariClient, how: str) -> None:
    """Show the account, without its API credentials."""
    show.record(sakari.account.get(), how)
