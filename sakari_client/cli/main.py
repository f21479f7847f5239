"""The command `sakari`: its groups, and how it ends."""

from __future__ import annotations

import logging
import os
import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import click

from sakari_client.cli import (
    account,
    campaigns,
    contacts,
    conversations,
    ended,
    files,
    messages,
    send,
    show,
    templates,
    webhooks,
)
from sakari_client.cli.words import PREFIX
from sakari_client.config import REQUIRED
from sakari_client.version import VERSION

_REQUIRED = "\n".join(f"  {PREFIX}{name.upper()}" for name in REQUIRED)

ADDED = "sakari.commands"
"""Entry points of this group are commands too: others' that belong beside these."""

_EPILOG = f"""\b
Settings are the tap's environment variables (docs/settings.md):
{_REQUIRED}
  {PREFIX}API_URL and others, if needed
Exported ones win over those in the file of --env-file.

\b
Exit codes:
  0    all right
  1    Sakari, or some rows, refused, or Sakari could not be reached
  2    wrong use; nothing was done
  3    unknown whether it was done: a text was sent, a contact made
  4    the settings or credentials are wrong
  130  stopped by Ctrl-C; what may be repeated may have been done
"""


class _Sakari(click.Group):
    """A group that ends in the command's own exit codes and lines, and never in a traceback."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run, and exit."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra)
        except Exception as error:
            code = ended.explain(error)
            if code is None:
                raise
        sys.exit(code or 0)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        try:
            with show.closed_pipe_allowed():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            ended.say("")  # a terminal shows ^C, and leaves its line open
            raise ended.Ended(ended.Code.STOPPED, "stopped.") from None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options; `--help` and `--version` print here."""
        with show.closed_pipe_allowed():
            return super().parse_args(ctx, args)
        raise click.exceptions.Exit

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return sorted({*super().list_commands(ctx), *entry_points(group=ADDED).names})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Find a command; one of others' is loaded only now."""
        own = super().get_command(ctx, cmd_name)
        added = entry_points(group=ADDED, name=cmd_name) if own is None else ()
        return next((one.load() for one in added), own)


@click.group(cls=_Sakari, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False),
    help="File of settings. Default: .env in the current folder, if it is there.",
)
@click.version_option(VERSION, prog_name="sakari")
@click.pass_context
def sakari(context: click.Context, env_file: str | None) -> None:
    """Look into a Sakari account, keep its contacts, and send texts.

    Data goes to stdout, everything else to stderr.
    """
    context.obj = env_file


for _command in (
    account.balance,
    account.account,
    campaigns.campaigns,
    contacts.contacts,
    conversations.conversations,
    files.files,
    messages.messages,
    send.send,
    templates.templates,
    webhooks.webhooks,
):
    sakari.add_command(_command)


def main() -> None:
    """Run the command in a process of its own."""
    _replace_missing_streams()
    logging.basicConfig(format="sakari: %(message)s", level=logging.WARNING)
    logging.getLogger("dotenv").setLevel(logging.ERROR)  # it does not name the file
    if not sys.stdout.isatty():
        # Files and pipes hold UTF-8 whatever the locale.
        sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sakari(prog_name="sakari")


def _replace_missing_streams() -> None:
    """Have what the shell has closed (`>&-`, `0<&-`) be empty, or go nowhere."""
    nowhere = Path(os.devnull)
    sys.stdin = sys.stdin or nowhere.open(encoding="utf-8")
    sys.stdout = sys.stdout or nowhere.open("w", encoding="utf-8")
    sys.stderr = sys.stderr or nowhere.open("w", encoding="utf-8")
