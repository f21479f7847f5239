"""`sakari conversations`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import ended, show
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient


@click.group()
def conversations() -> None:
    """The texts to and from one contact."""


@conversations.command("list")
@show.limit_option
@show.format_option
@with_client
def list_(sakari: SakariClient, limit: int | None, how: str) -> None:
    """List the conversations."""
    show.listing(
        sakari.conversations,
        how,
        table=("id", "contact.mobile.number", "contact.firstName", "closed", "lastMessage.message"),
        more=("contact.id", "lastMessage.id", "created.at", "updated.at"),
        limit=limit,
    )


@conversations.command()
@click.argument("conversation_id", metavar="ID")
@with_client
def close(sakari: SakariClient, conversation_id: str) -> None:
    """Close a conversation."""
    with ended.if_stopped(ended.MAY_BE_REPEATED):
        sakari.conversations.close(conversation_id)
    ended.say("Closed.")
