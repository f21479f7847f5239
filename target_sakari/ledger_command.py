"""`sakari ledger`: what the target sent, and what nobody knows the end of."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any, Concatenate, Literal, ParamSpec, TypeVar

import click

from sakari_client.cli import ended, show
from sakari_client.cli.ask import confirm
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.settings import read_variables
from sakari_client.cli.words import PREFIX
from sakari_client.errors import ConfigError
from target_sakari.ledger.entries import STATUSES
from target_sakari.ledger.ledger import Ledger
from target_sakari.ledger.place import find_place
from target_sakari.ledger.tables import as_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from target_sakari.ledger.entries import Entry, Status

TARGET_PREFIX = "TARGET_SAKARI_"

_TABLE = ("key", "status", "stream", "to", "intended_at", "code")
_MORE = (
    "changed_at",
    "tries",
    "message_id",
    "job_id",
    "price",
    "contact_id",
    "conversation_id",
    "account_id",
    "run",
)

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def _with_ledger(
    command: Callable[Concatenate[Ledger, _Given], _Result],
) -> Callable[_Given, _Result]:
    """Give a command the ledger that the settings name, if it is there."""

    @functools.wraps(command)
    def opened(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with Ledger.open(_place(), make=False) as ledger:
            return command(ledger, *args, **kwargs)

    return opened


def _place() -> URL:
    found = read_variables(click.get_current_context().obj)
    url = found.get(f"{TARGET_PREFIX}LEDGER_URL")
    account = found.get(f"{TARGET_PREFIX}ACCOUNT_ID") or found.get(f"{PREFIX}ACCOUNT_ID")
    if not (url or account):
        raise ConfigError(
            f"{TARGET_PREFIX}LEDGER_URL",
            f"is not set, nor is {TARGET_PREFIX}ACCOUNT_ID, by which the file is called that is "
            "the default. Export what the target has.",
        )
    return find_place(url, account or "")


@click.group(
    epilog="""\b
The ledger is found as the target finds it, by environment variables or --env-file:
  TARGET_SAKARI_LEDGER_URL   its ledger_url, if that is set
  TARGET_SAKARI_ACCOUNT_ID   else its account_id
"""
)
def ledger() -> None:
    """The target's ledger of sends, by which nobody is texted twice."""


@ledger.command("list")
@click.option("--status", type=click.Choice(STATUSES), help="Those that stand so.")
@click.option("--stream", help="Those whose record came in it.")
@click.option(
    "--since",
    type=click.DateTime(_FORMATS),
    help="Those intended then or later; UTC, unless it says otherwise.",
)
@show.limit_option
@show.format_option
@_with_ledger
def list_(  # noqa: PLR0913 - an option each
    ledger: Ledger,
    /,
    *,
    status: Status | None,
    stream: str | None,
    since: dt.datetime | None,
    limit: int | None,
    how: str,
) -> None:
    """List the sends, the latest first."""
    if since and since.tzinfo is None:
        since = since.replace(tzinfo=dt.timezone.utc)
    found = ledger.entries(status=status, stream=stream, since=since)
    show.records(map(_shown, islice(found, limit)), how, table=_TABLE, more=_MORE)


@ledger.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option(
    "--as",
    "status",
    type=click.Choice(["accepted", "rejected"]),
    required=True,
    help="accepted: it went out, and never will again. rejected: it did not, and will only if "
    "its record is mended.",
)
@click.option(
    "--message",
    metavar="ID",
    help="Sakari's id of the message that it became: then that is no evidence of any other send.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_with_ledger
def settle(
    ledger: Ledger,
    /,
    *,
    keys: tuple[str, ...],
    status: Literal["accepted", "rejected"],
    message: str | None,
    yes: bool,
) -> None:
    """Say what became of sends that are unknown, or an intent that no run may be sending.

    What was settled as rejected by mistake can be settled as accepted.

    Look for the text first: sakari messages list --contact ID. To have it sent again, forget it
    instead.
    """
    if message and (len(keys) > 1 or status != "accepted"):
        raise click.UsageError("--message is of one send that was accepted.")
    for one in _found(ledger, keys):
        if one.status in {"accepted", status}:
            raise Ended(Code.REFUSED, f"{one.key} is {one.status} already. Nothing was settled.")
        _refuse_if_held(one, "settled")
    confirm(f"Settle as {status}?", yes=yes, otherwise="Nothing was settled.")
    _each(keys, "settled", lambda key: ledger.settle(key, status, now=_now(), message_id=message))


@ledger.command()
@click.argument("keys", metavar="KEY...", nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@_with_ledger
def forget(ledger: Ledger, /, *, keys: tuple[str, ...], yes: bool) -> None:
    """Remove sends from the ledger: if their records come again, they are sent again.

    An intent is left as long as a run may be sending it.
    """
    for one in _found(ledger, keys):
        _refuse_if_held(one, "forgotten")
    question = "Forget? Who got such a text gets it again if its record comes again."
    confirm(question, yes=yes, otherwise="Nothing was forgotten.")
    _each(keys, "forgotten", lambda key: ledger.forget(key, now=_now()))


def _found(ledger: Ledger, keys: tuple[str, ...]) -> list[Entry]:
    """The sends of some keys, told on stderr.

    Raises:
        Ended: there is none of a key.
    """
    found = ledger.get(keys)
    for key in keys:
        if key not in found:
            raise Ended(Code.REFUSED, f"the ledger has no send {key}. Nothing was done.")
    entries = [found[key] for key in dict.fromkeys(keys)]
    for one in entries:
        when = one.intended_at.strftime("%Y-%m-%d %H:%M UTC")
        ended.say(f"{one.status}: {one.stream} to {one.shown}, intended {when}, {one.key}")
    return entries


def _refuse_if_held(entry: Entry, done: str) -> None:
    if entry.is_held(_now()):
        raise Ended(
            Code.REFUSED,
            f"{entry.key} may be about to be sent by a run. Wait for that to end, and until "
            f"{entry.held_until:%Y-%m-%d %H:%M:%S} UTC. Nothing was {done}.",
        )


def _each(keys: tuple[str, ...], done: str, change: Callable[[str], bool]) -> None:
    count = sum([change(key) for key in dict.fromkeys(keys)])
    ended.say(f"{count:,} {done}.")
    left = len(set(keys)) - count
    if left:
        raise Ended(Code.REFUSED, f"{left:,} changed meanwhile: sakari ledger list shows them.")


def _shown(entry: Entry) -> dict[str, Any]:
    """A send as people and programs get it; hashes are left out."""
    held = {
        **asdict(entry),
        "to": entry.shown,
        "intended_at": as_text(entry.intended_at),
        "changed_at": as_text(entry.changed_at),
        "price": None if entry.price is None else str(entry.price),
    }
    return {name: held[name] for name in _TABLE + _MORE}


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)
