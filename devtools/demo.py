"""The demo: a Sakari account into a warehouse, and a CRM's export into an account."""

from __future__ import annotations

import contextlib
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from devtools import demo_extract, demo_load
from devtools.meltano import CHECKOUT
from devtools.stage import DemoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


def main() -> int:
    """Run the demo; return its exit code."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    try:
        with _scratch_folder() as folder:
            print("Sakari (emulated) -> tap-sakari -> target-postgres -> PostgreSQL, by Meltano.")
            demo_extract.play(folder)
            print("\nA CRM's export -> tap-spreadsheets -> target-sakari -> Sakari (emulated).")
            demo_load.play(folder)
    except (DemoError, OSError, RuntimeError) as error:
        print(f"\nFAIL: {error}")
        return 1
    print(
        "\nPASS: PostgreSQL holds every row of the account exactly once, and the second run read "
        "only what could have changed.\nThe account holds everybody in the export exactly once, "
        "nothing of theirs was erased, and the second run wrote nothing."
    )
    return 0


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
