"""`sakari contacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ask import confirm
from sakari_client.cli.contact_upload import upload
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.options import attribute, contact, number_here, text_given
from sakari_client.cli.plain import masked
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from collections.abc import Callable

    from sakari_client.client import SakariClient

_TABLE = ("id", "firstName", "lastName", "mobile.number", "email", "tags")
_MORE = ("mobile.country", "created.at", "updated.at", "attributes.*")

_LOOK_UP = (
    "The contact may have been made all the same. Look before you make it again: sakari contacts "
    "find NUMBER."
)

_Command = TypeVar("_Command", bound="Callable[..., Any]")

_country_option = click.option(
    "--country", help="Where the number is written without a country code. As US."
)


@click.group()
def contacts() -> None:
    """People, known by their mobile number."""


contacts.add_command(upload)


@contacts.command("list")
@click.option("--tag", "tags", type=text_given, help="Those who have it.")
@click.option(
    "--first-name", "firstName", type=text_given, help="Those whose first name holds this."
)
@click.option("--last-name", "lastName", type=text_given)
@click.option("--mobile", type=text_given, help="A part of the number, as Sakari holds it.")
@click.option("--email", type=text_given)
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
@click.argument("wanted", metavar="NUMBER")
@_country_option
@show.format_option
@with_client
def find(sakari: SakariClient, wanted: str, country: str | None, how: str) -> None:
    """Show the contact who has a number."""
    wanted = number_here(wanted, country)
    found = sakari.contacts.find_by_mobile(wanted)
    if found is None:
        raise Ended(Code.REFUSED, f"no contact has the number {masked(wanted)}.")
    show.record(found, how, _TABLE + _MORE)


def _contact_options(*, number_required: bool) -> Callable[[_Command], _Command]:
    options = (
        click.option("--mobile", required=number_required, help="As +15551234567."),
        _country_option,
        click.option("--first-name", "firstName"),
        click.option("--last-name", "lastName"),
        click.option("--email"),
        click.option("--tag", "tags", type=text_given, multiple=True, help="Repeatable."),
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
def create(  # noqa: PLR0913 - an option each
    sakari: SakariClient,
    /,
    *,
    mobile: str,
    country: str | None,
    tags: tuple[str, ...],
    attributes: tuple[tuple[str, str], ...],
    how: str,
    **texts: str | None,
) -> None:
    """Make a contact, and show it. Sakari does not say what becomes of a number that is known."""
    given = contact(number_here(mobile, country), texts, tags, attributes)
    with ended.if_stopped(_LOOK_UP, Code.UNKNOWN):
        created = sakari.contacts.create(given)
        with show.what_was_done():
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
    country: str | None,
    tags: tuple[str, ...],
    attributes: tuple[tuple[str, str], ...],
    how: str,
    **texts: str | None,
) -> None:
    """Change a contact, and show it. Tags replace all that were there; the rest stays."""
    if country is not None and mobile is None:
        raise click.UsageError("--country is that of --mobile, which is not given.")
    e164 = number_here(mobile, country) if mobile is not None else None
    changes = contact(e164, texts, tags, attributes)
    if not changes:
        raise click.UsageError("there is nothing to change; see --help.")
    with ended.if_stopped(ended.MAY_BE_REPEATED):
        updated = sakari.contacts.update(contact_id, changes)
        with show.what_was_done():
            show.record(updated, how, _TABLE + _MORE)


@contacts.command()
@click.argument("contact_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_client
def delete(sakari: SakariClient, /, *, contact_id: str, yes: bool) -> None:
    """Remove a contact."""
    confirm(f"Delete the contact {contact_id}?", yes=yes, otherwise="Nothing was deleted.")
    with ended.if_stopped(ended.MAY_BE_REPEATED):
        deleted = sakari.contacts.delete(contact_id)
    if not deleted:
        raise Ended(Code.REFUSED, "there is no such contact.")
    ended.say("Deleted.")
