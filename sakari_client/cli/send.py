"""`sakari send`: the one command that costs money, and cannot be taken back."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ask import confirm
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.options import id_given, number, text_given
from sakari_client.cli.outcomes import outcomes
from sakari_client.cli.plan import Plan, tell
from sakari_client.cli.settings import with_client
from sakari_client.cli.words import told
from sakari_client.errors import SakariError

if TYPE_CHECKING:
    from sakari_client.client import SakariClient
    from sakari_client.resources.base import Record
    from sakari_client.resources.sent import SendResult

_COLUMNS = ("to", "status", "messageId", "code", "description")

_LOOK_UP = (
    "Look before you send again: sakari contacts find NUMBER, then sakari messages list --contact "
    "ID --limit 5."
)


@click.command()
@click.option(
    "--to",
    "numbers",
    type=number,
    metavar="NUMBER",
    multiple=True,
    help="As +15551234567. Repeatable.",
)
@click.option(
    "--contact", "contacts", type=id_given, metavar="ID", multiple=True, help="Repeatable."
)
@click.option(
    "--conversation",
    "conversations",
    type=id_given,
    metavar="ID",
    multiple=True,
    help="Repeatable.",
)
@click.option(
    "--tag",
    "tags",
    type=text_given,
    metavar="TAG",
    multiple=True,
    help="All who have one of these. Repeatable.",
)
@click.option("--text", help="Sakari fills in {{firstName}} and the like.")
@click.option("--text-file", type=click.File("rb"), help="The text in a file; - is stdin.")
@click.option(
    "--media",
    "links",
    type=text_given,
    metavar="URL",
    multiple=True,
    help="Repeatable; makes it an MMS.",
)
@click.option(
    "--media-file",
    "paths",
    type=click.Path(exists=True, dir_okay=False, readable=True),
    multiple=True,
    help="Likewise, a file, which is shared first.",
)
@click.option("--group", type=id_given, metavar="ID", help="Group of numbers to send from.")
@click.option("--dry-run", is_flag=True, help="Only show what would be sent.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@show.format_option
@with_client
def send(  # noqa: PLR0913 - an option each
    sakari: SakariClient,
    /,
    *,
    numbers: tuple[str, ...],
    contacts: tuple[str, ...],
    conversations: tuple[str, ...],
    tags: tuple[str, ...],
    text: str | None,
    text_file: IO[bytes] | None,
    links: tuple[str, ...],
    paths: tuple[str, ...],
    group: str | None,
    dry_run: bool,
    yes: bool,
    how: str,
) -> None:
    """Send a text, after asking. Without a terminal it is sent only with --yes.

    One line for each recipient: accepted (which is not delivered yet), rejected or unknown.
    """
    chosen = _text(text, text_file)
    plan = Plan(chosen, numbers, contacts, conversations, tags, len(links) + len(paths))
    plan.check()
    try:
        whom = plan.recipients(sakari)
        tell(sakari, plan, whom)
        if dry_run:
            planned = ({"to": one, "status": "planned"} for one in whom.shown)
            show.records(planned, how, table=("to", "status"))
            ended.say("Dry run: nothing was sent.")
            return
        confirm("Send it?", yes=yes, otherwise="Nothing was sent.")
        shared = tuple(sakari.files.share(path, as_form=True).link for path in paths)
        with ended.if_stopped(
            f"The text may have been sent all the same. {_LOOK_UP}", Code.UNKNOWN
        ):
            _report(_send(sakari, plan, links + shared, group), how)
    except SakariError as error:
        raise Ended(ended.code_of(error), f"{told(error)} Nothing was sent.") from None


def _text(text: str | None, file: IO[bytes] | None) -> str:
    """The text; of a file without the line break at its end, which editors make."""
    if (text is None) == (file is None):
        raise click.UsageError("give either --text or --text-file.")
    if file is None:
        return str(text)
    try:
        read = file.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError("the file of --text-file is not UTF-8 text.") from None
    return read.removesuffix("\n").removesuffix("\r")


def _send(
    sakari: SakariClient, plan: Plan, media: tuple[str, ...], group: str | None
) -> SendResult:
    return sakari.messages.send(
        plan.text,
        contacts=[*plan.numbers, *({"id": one} for one in plan.contacts)],
        conversations=plan.conversations,
        filters={"tags": plan.tags} if plan.tags else None,
        media=media,
        phone_number_group=group,
    )


def _report(result: SendResult, how: str) -> None:
    """Show what became of each recipient, and exit with the code for the worst of it."""
    rows: list[Record] = outcomes(result)
    counts = Counter(str(one["status"]) for one in rows)
    told = ", ".join(f"{counts[one]:,} {one}" for one in ("accepted", "rejected", "unknown"))
    price = result.estimated_price
    ended.say(told + (f"; estimated price {price:g}" if price is not None else ""))
    code = Code.RIGHT
    if counts["unknown"]:
        code = Code.UNKNOWN
        ended.say(f"sakari: Sakari's answer does not tell about all recipients. {_LOOK_UP}")
    elif counts["rejected"]:
        code = Code.REFUSED
    with show.what_was_done(_LOOK_UP):
        show.records(rows, how, table=_COLUMNS)
    click.get_current_context().exit(code)
