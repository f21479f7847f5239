"""`sakari campaigns`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import show
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient


@click.group()
def campaigns() -> None:
    """Texts to many, by hand or by schedule."""


@campaigns.command("list")
@show.limit_option
@show.format_option
@with_client
def list_(sakari: SakariClient, limit: int | None, how: str) -> None:
    """List the campaigns."""
    show.listing(
        sakari.campaigns,
        how,
        table=("id", "name", "trigger.name", "nextExecution", "template"),
        more=("trigger.code", "created.at", "updated.at"),
        limit=limit,
    )
