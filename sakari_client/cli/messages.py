"""`sakari messages`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import show
from sakari_client.cli.options import id_given
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient

TABLE = ("id", "created.at", "contact.mobile.number", "outgoing", "status", "message")
_MORE = (
    "contact.id",
    "contact.firstName",
    "contact.lastName",
    "conversation.id",
    "phoneNumber.number",
    "type",
    "segments",
    "price",
    "error.code",
    "updated.at",
)


@click.group()
def messages() -> None:
    """Texts, sent and received."""


@messages.command("list")
@click.option("--contact", type=id_given, metavar="ID", help="Those to and from a contact.")
@click.option("--conversation", type=id_given, metavar="ID", help="Those of a conversation.")
@show.limit_option
@show.format_option
@with_client
def list_(
    sakari: SakariClient, contact: str | None, conversation: str | None, limit: int | None, how: str
) -> None:
    """List the messages."""
    show.listing(
        sakari.messages,
        how,
        table=TABLE,
        more=_MORE,
        limit=limit,
        filters={"contactId": contact, "conversationId": conversation},
    )


@messages.command()
@click.argument("message_id", metavar="ID")
@show.format_option
@with_client
def get(sakari: SakariClient, message_id: str, how: str) -> None:
    """Show a message, with its status now."""
    show.record(sakari.messages.get(message_id), how, TABLE + _MORE)
