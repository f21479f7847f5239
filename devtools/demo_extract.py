"""The demo's first act: a Sakari account into a warehouse, and back to "nothing new"."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from devtools.emulator import STREAMS, Emulator, running_emulator
from devtools.meltano import Meltano
from devtools.private_postgres import Database, private_postgres
from devtools.stage import DemoError, run, step
from devtools.warehouse import rows, target_postgres_environment

if TYPE_CHECKING:
    from collections import Counter
    from pathlib import Path

CONTACTS = 1_000
MESSAGES = 5_000


def play(folder: Path) -> None:
    """Run the pipeline twice and look at the outcome.

    Raises:
        DemoError: it is not as it should be.
    """
    with contextlib.ExitStack() as stack:
        step("starting a PostgreSQL of our own")
        database = stack.enter_context(private_postgres())
        step(f"starting the emulator: {CONTACTS:,} contacts, {MESSAGES:,} messages")
        emulator = stack.enter_context(
            running_emulator(folder, contacts=CONTACTS, messages=MESSAGES)
        )
        settings = {
            **emulator.environment(),
            **target_postgres_environment(database),
            "TAP_SAKARI_REQUESTS_PER_SECOND": "200",  # nobody else waits for this server
        }
        meltano = Meltano(folder, settings)
        step("meltano run tap-sakari target-postgres   (first run: everything)")
        first = run(meltano, "first-run", "tap-sakari", "target-postgres")
        step("meltano run tap-sakari target-postgres   (second run: only what changed)")
        second = run(meltano, "second-run", "tap-sakari", "target-postgres")
        step("comparing the account with the database")
        faults = _compare(emulator, database, first.records_read(), second.records_read())
        _show_messages(database)
        if faults:
            raise DemoError("; ".join(faults))


def _compare(
    emulator: Emulator, database: Database, first: Counter[str], second: Counter[str]
) -> list[str]:
    """Print the table of streams; return what is wrong."""
    faults = []
    print(
        f"\n  {'stream':<15}{'in Sakari':>10}{'in PostgreSQL':>15}{'same ids':>10}"
        f"{'read first':>12}{'read second':>13}"
    )
    for stream in STREAMS:
        there, here = emulator.rows(stream), rows(database, stream)
        same = there == here
        if not same:
            faults.append(f"{stream} differ: {there.count} in Sakari, {here.count} in PostgreSQL")
        print(
            f"  {stream:<15}{there.count:>10,}{here.count:>15,}{'yes' if same else 'NO':>10}"
            f"{first[stream]:>12,}{second[stream]:>13,}"
        )
    if second["messages"] >= first["messages"]:
        faults.append(f"the second run read {second['messages']} messages, no fewer than the first")
    return faults


def _show_messages(database: Database) -> None:
    """Print a little of what is there now: no text, no whole number."""
    with database.connect() as connection:
        print("\n  messages by status")
        for status, count in connection.execute(
            "select status, count(*) from tap_sakari.messages group by 1 order by 2 desc, 1"
        ):
            print(f"    {status:<15}{count:>8,}")
        print("\n  messages by month")
        for month, count in connection.execute(
            "select to_char(created_at, 'YYYY-MM'), count(*) from tap_sakari.messages "
            "group by 1 order by 1 desc limit 6"
        ):
            print(f"    {month:<15}{count:>8,}")
        print("\n  latest messages")
        for sent, status, number in connection.execute(
            "select created_at, status, right(contact #>> '{mobile,number}', 4) "
            "from tap_sakari.messages order by created_at desc, id limit 3"
        ):
            print(f"    {sent:%Y-%m-%d %H:%M}   {status:<12} ...{number}")
