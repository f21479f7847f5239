"""`sakari files`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sakari_client.cli import ended
from sakari_client.cli.plain import plain
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from sakari_client.client import SakariClient


@click.group()
def files() -> None:
    """Files for texts, hosted by Sakari for a while."""


@files.command()
@click.argument("path", type=click.Path(exists=True, dir_okay=False))
@click.option("--form", is_flag=True, help="Send its name and type along (multipart/form-data).")
@with_client
def share(sakari: SakariClient, /, *, path: str, form: bool) -> None:
    """Share a file, and print its link."""
    shared = sakari.files.share(path, as_form=form)
    click.echo(plain(shared.link))
    if shared.expires:
        ended.say(f"It can be fetched until {shared.expires}.")
