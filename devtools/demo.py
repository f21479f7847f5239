"""The demo: a Sakari account into a warehouse and back to "nothing new", before your eyes."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.emulator import STREAMS, Emulator, running_emulator
from devtools.meltano import CHECKOUT, Meltano, Run
from devtools.private_postgres import Database, private_postgres
from devtools.warehouse import rows, target_postgres_environment

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator
    from types import FrameType

CONTACTS = 1_000
MESSAGES = 5_000

_BEGAN = time.monotonic()


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


def main() -> int:
    """Run the demo; return its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    print("Sakari (emulated) -> tap-sakari -> target-postgres -> PostgreSQL, run by Meltano.")
    try:
        with _scratch_folder() as folder:
            _demonstrate(folder)
    except (DemoError, OSError, RuntimeError) as error:
        print(f"\nFAIL: {error}")
        return 1
    print(
        "\nPASS: PostgreSQL holds every row of the account exactly once, "
        "and the second run read only what could have changed."
    )
    return 0


def _demonstrate(folder: Path) -> None:
    """Run the pipeline twice and look at the outcome."""
    with contextlib.ExitStack() as stack:
        _step("starting a PostgreSQL of our own")
        database = stack.enter_context(private_postgres())
        _step(f"starting the emulator: {CONTACTS:,} contacts, {MESSAGES:,} messages")
        emulator = stack.enter_context(
            running_emulator(folder, contacts=CONTACTS, messages=MESSAGES)
        )
        settings = {
            **emulator.environment(),
            **target_postgres_environment(database),
            "TAP_SAKARI_REQUESTS_PER_SECOND": "200",  # nobody else waits for this server
        }
        meltano = Meltano(folder, settings)
        _step("meltano run tap-sakari target-postgres   (first run: everything)")
        first = _run(meltano, "first-run")
        _step("meltano run tap-sakari target-postgres   (second run: only what changed)")
        second = _run(meltano, "second-run")
        _step("comparing the account with the database")
        faults = _compare(emulator, database, first.records_read(), second.records_read())
        _show_messages(database)
        if faults:
            raise DemoError("; ".join(faults))


def _run(meltano: Meltano, name: str) -> Run:
    run = meltano(name, "run", "tap-sakari", "target-postgres")
    if run.exit_code != 0:
        raise DemoError(
            f"meltano ended with exit code {run.exit_code}. Its last words:\n{run.last_words()}\n"
            f"The whole log: {run.log.relative_to(CHECKOUT)}"
        )
    return run


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


def _step(text: str) -> None:
    print(f"[{time.monotonic() - _BEGAN:5.1f} s] {text}", flush=True)


@contextlib.contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Yield a folder for logs and Meltano's state; a failure leaves it, for its logs."""
    parent = CHECKOUT / ".cache"
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="demo-", dir=parent))
    try:
        yield folder
    except DemoError:
        raise
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    else:
        shutil.rmtree(folder, ignore_errors=True)


def _interrupt(number: int, _: FrameType | None) -> None:
    """Unwind once; a second Ctrl-C must not interrupt the cleaning up."""
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    if number == signal.SIGTERM:
        sys.exit(143)
    raise KeyboardInterrupt
