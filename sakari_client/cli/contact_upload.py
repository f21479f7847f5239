"""`sakari contacts upload`."""

from __future__ import annotations

from collections import Counter
from typing import IO, TYPE_CHECKING

import click

from sakari_client.cli import ended, show
from sakari_client.cli.contact_csv import ContactFile
from sakari_client.cli.ended import Code
from sakari_client.cli.settings import with_client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.client import SakariClient
    from sakari_client.resources.base import Record


@click.command()
@click.argument("file", type=click.File("rb"))
@show.format_option
@with_client
def upload(sakari: SakariClient, file: IO[bytes], how: str) -> None:
    r"""Write the contacts of a CSV file; - is stdin.

    The first line names the columns: country, firstName, lastName, email, mobile and tags
    (vip|new); each further one is an attribute. Contacts who are known, by their number, are
    added to. Rows that were not written are shown.
    """
    counts: Counter[str] = Counter()
    source = ContactFile(file)

    def failed() -> Iterator[Record]:
        for outcome in sakari.contacts.upload(source.contacts()):
            counts[outcome.status] += 1
            line = source.lines.popleft()
            if outcome.status != "written":
                yield {
                    "line": line,
                    "status": outcome.status,
                    "code": outcome.code,
                    "description": outcome.description,
                }
        for line in source.misfits:
            counts["rejected"] += 1
            yield {
                "line": line,
                "status": "rejected",
                "code": None,
                "description": "It has more cells than the first line.",
            }

    rows = failed()
    try:
        with show.closed_pipe_allowed():
            show.records(rows, how, table=("line", "status", "code", "description"))
        for _ in rows:
            pass  # nobody reads what failed any more; the rest is to be written all the same
    finally:
        written, rejected, unknown = (counts[one] for one in ("written", "rejected", "unknown"))
        ended.say(f"{written:,} written, {rejected:,} rejected, {unknown:,} unknown")
    if rejected or unknown:
        click.get_current_context().exit(Code.REFUSED)
