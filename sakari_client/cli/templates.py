"""`sakari templates`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import show
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient


@click.group()
def templates() -> None:
    """Texts to be used again."""


@templates.command("list")
@show.limit_option
@show.format_option
@with_client
def list_(sakari: SakariClient, limit: int | None, how: str) -> None:
    """List the templates."""
    show.listing(
        sakari.templates,
        how,
        table=("id", "name", "type", "template"),
        more=("created.at", "updated.at"),
        limit=limit,
    )
