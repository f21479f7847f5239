"""`sakari contacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ask import confirm
from sakari_client.cli.contact_upload import upload
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.options import attribute, contact, number
from sakari_client.cli.plain import masked
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.client import SakariClient

_TABLE = ("id", "firstName", "lastName", "mobile.number", "email", "tags")
_MORE = ("mobile.country", "created.at", "updated.at")

_Command = TypeVar("_Command", bound="Callable[..., Any]")


@click.group()
def contacts() -> None:
    """People, known by their mobile number."""


contacts.add_command(upload)


@contacts.command("list")
@click.option("--tag", "tags", help="Those who have it.")
@click.option("--first-name", "firstName", help="Those whose first name holds this.")
@click.option("--last-name", "lastName")
@click.option("--mobile", help="A part of the number, as Sakari holds it.")
@click.option("--email")
@show.limit_option
@show.format_option
@with_client
def list_(sakari: SakariClient, /, limit: int | None, how: str, **filters: str | None) -> None:
    """List the contacts. Sakari's filters find parts of a value."""
    show.listing(sakari.contacts, how, table=_TABLE, more=_MORE, limit=limit, filters=filters)


@contacts.command()
@click.argument("contact_id", metavar="ID")
@show.format_option
@with_client
def get(sakari: SakariClient, contact_id: str, how: str) -> None:
    """Show a contact."""
    show.record(sakari.contacts.get(contact_id), how, _TABLE + _MORE)


@contacts.command()
@click.argument("wanted", metavar="NUMBER", type=number)
@show.format_option
@with_client
def find(sakari: SakariClient, wanted: str, how: str) -> None:
    """Show the contact who has a number."""
    found = sakari.contacts.find_by_mobile(wanted)
    if found is None:
        raise Ended(Code.REFUSED, f"no contact has the number {masked(wanted)}.")
    show.record(found, how, _TABLE + _MORE)


def _contact_options(*, number_required: bool) -> Callable[[_Command], _Command]:
    options = (
        click.option("--mobile", type=number, required=number_required, help="As +15551234567."),
        click.option("--first-name", "firstName"),
        click.option("--last-name", "lastName"),
        click.option("--email"),
        click.option("--tag", "tags", multiple=True, help="Repeatable."),
        click.option(
            "--attribute",
            "attributes",
            type=attribute,
            multiple=True,
            help="Repeatable. It must have been created at hub.sakari.io first.",
        ),
        show.format_option,
    )

    def add(command: _Command) -> _Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


@contacts.command()
@_contact_options(number_required=True)
@with_client
def create(
    sakari: SakariClient,
    /,
    *,
    mobile: str,
    tags: tuple[str, ...],
    attributes: tuple[tuple[str, str], ...],
    how: str,
    **texts: str | None,
) -> None:
    """Make a contact, and show it. Sakari does not say what becomes of a number that is known."""
    created = sakari.contacts.create(contact(mobile, texts, tags, attributes))
    show.record(created, how, _TABLE + _MORE)


@contacts.command()
@click.argument("contact_id", metavar="ID")
@_contact_options(number_required=False)
@with_client
def update(  # noqa: PLR0913 - an option each
    sakari: SakariClient,
    /,
    *,
    contact_id: str,
    mobile: str | None,
    tags: tuple[str, ...],
    attributes: tuple[tuple[str, str], ...],
    how: str,
    **texts: str | None,
) -> None:
    """Change a contact, and show it. Tags replace all that were there; the rest stays."""
    changes = contact(mobile, texts, tags, attributes)
    if not changes:
        raise click.UsageError("there is nothing to change; see --help.")
    show.record(sakari.contacts.update(contact_id, changes), how, _TABLE + _MORE)


@contacts.command()
@click.argument("contact_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_client
def delete(sakari: SakariClient, /, *, contact_id: str, yes: bool) -> None:
    """Remove a contact."""
    confirm(f"Delete the contact {contact_id}?", yes=yes, otherwise="Nothing was deleted.")
    if not sakari.contacts.delete(contact_id):
        raise Ended(Code.REFUSED, "there is no such contact.")
    ended.say("Deleted.")
