"""`sakari contacts upload`."""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from typing import IO, TYPE_CHECKING

import click

from sakari_client import auth
from sakari_client.cli import ended, show
from sakari_client.cli.contact_csv import ContactFile
from sakari_client.cli.ended import Code, Ended
from sakari_client.cli.settings import with_client
from sakari_client.cli.words import told
from sakari_client.errors import Failure, SakariError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sakari_client.client import SakariClient
    from sakari_client.resources.base import Record
    from sakari_client.resources.upload import RowOutcome

_NOT_TAKEN = frozenset({Failure.REFUSED, Failure.UNAUTHORIZED, Failure.THROTTLED, Failure.NOT_SENT})
"""Failures of a try that was surely not carried out: none of its rows was written."""


@click.command()
@click.argument("file", type=click.File("rb"))
@show.format_option
@with_client
def upload(sakari: SakariClient, file: IO[bytes], how: str) -> None:
    r"""Write the contacts of a CSV file; - is stdin.

    The first line names the columns: country, firstName, lastName, email, mobile and tags
    (vip|new); each further one is an attribute. The CSV of `contacts list` will do. Contacts who
    are known, by their number, are added to. Rows that were not written are shown. To upload a file
    again does no harm.
    """
    counts: Counter[str] = Counter()
    source = ContactFile(file)
    # Closed here, as it reads from a file that is closed later.
    with contextlib.closing(source.contacts()) as contacts:
        rows = _failed(sakari.contacts.upload(contacts), source, counts)
        try:
            with show.closed_pipe_allowed():
                show.records(rows, how, table=("line", "status", "code", "description"))
            for _ in rows:
                pass  # nobody reads what failed any more; the rest is to be written all the same
        except (Ended, SakariError, OSError, KeyboardInterrupt) as error:
            raise _cut_short(error, source, counts) from None
    _say(counts)
    if counts["unknown"]:
        click.get_current_context().exit(Code.UNKNOWN)
    if counts["rejected"]:
        click.get_current_context().exit(Code.REFUSED)


def _failed(
    outcomes: Iterable[RowOutcome], source: ContactFile, counts: Counter[str]
) -> Iterator[Record]:
    """What was not written, or in vain, as rows to show; all outcomes are counted."""
    try:
        for outcome in outcomes:
            counts[outcome.status] += 1
            line = source.lines.popleft()
            yield from _misfits(source, counts, before=line)
            if outcome.status != "written" or outcome.description:
                yield _row(line, outcome.status, outcome.code, outcome.description)
    except (Ended, SakariError, KeyboardInterrupt):
        yield from _misfits(source, counts)
        raise
    yield from _misfits(source, counts)


def _misfits(
    source: ContactFile, counts: Counter[str], *, before: float = math.inf
) -> Iterator[Record]:
    """The rows up to a line that do not fit the header; they are counted, too."""
    while source.misfits and source.misfits[0] < before:
        counts["rejected"] += 1
        line = source.misfits.popleft()
        yield _row(line, "rejected", None, "It has more cells than the first line.")


def _row(line: int, status: str, code: str | None, description: str | None) -> Record:
    return {"line": line, "status": status, "code": code, "description": description}


def _cut_short(error: BaseException, source: ContactFile, counts: Counter[str]) -> Ended:
    """Say what was written until an error, and tell what became of the rest.

    The rows that were read and have no outcome are those of the request that was under way and,
    but at the end of the file, one that was read ahead. If the request was surely not carried out,
    none of them was written; else nobody knows.
    """
    under_way = max(len(source.lines) - (0 if source.at_end else 1), 0)
    match error:
        case Ended() if not counts:
            return Ended(error.code, f"{error.message} Nothing was sent.")
        case Ended():  # of the file, which is read between two requests
            code, why, under_way = Code.REFUSED, error.message, 0
        case SakariError():
            code, why = ended.code_of(error), told(error)
            if _was_not_taken(error):
                under_way = 0
            else:
                code = Code.UNKNOWN
        case OSError():
            code, why = Code.REFUSED, f"{error.strerror or type(error).__name__}."
        case _:
            code, why = Code.STOPPED, "stopped."
    counts["unknown"] += under_way
    counts["rejected"] += len(source.misfits)
    _say(counts)
    waiting = list(source.lines)[under_way:]
    if not source.at_end or waiting:
        first = waiting[0] if waiting else source.read + 1
        why += f" Rows from line {first} on were not written."
    return Ended(code, f"{why} To upload the file again does no harm.")


def _was_not_taken(error: SakariError) -> bool:
    """Whether an upload surely was not carried out; without a token it is not even sent."""
    return not error.earlier_may_have_acted and (
        error.failure in _NOT_TAKEN
        or error.operation == auth.OPERATION
        or ended.code_of(error) is Code.SETTINGS
    )


def _say(counts: Counter[str]) -> None:
    told = (f"{counts[one]:,} {one}" for one in ("written", "rejected", "unknown"))
    ended.say(", ".join(told))
