"""The demo's second act: a CRM's export into a Sakari account."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from devtools.crm_account import crm_account
from devtools.crm_load import Load, Loading
from devtools.stage import DemoError, run, step

if TYPE_CHECKING:
    from pathlib import Path

    from devtools.crm_export import Expected

_JOB = "crm-to-sakari"


def play(folder: Path) -> None:
    """Load the export twice and look at the outcome.

    Raises:
        DemoError: it is not as it should be.
    """
    folder = folder / "load"
    folder.mkdir()
    step("starting another emulator: 3 people are there already, one of whom opted out")
    with crm_account(folder) as account:
        loading = Loading(account, folder, run)
        step(f"meltano run {_JOB}   (dry run: decides, and writes nothing)")
        before = account.people()
        dry = loading("dry-run", _JOB, dry_run="true")
        untouched = account.people() == before
        step(f"meltano run {_JOB}   (loads)")
        first = loading("load", _JOB)
        step(f"meltano run --full-refresh {_JOB}   (once more, though the file did not change)")
        second = loading("load-again", "--full-refresh", _JOB)
        step("comparing the account with the export")
        _show(account.expected, first)
        _show_requests({"dry run": dry, "load": first, "once more": second})
        faults = account.faults()
        if dry.writes or not untouched:
            faults.append("the dry run wrote something")
        if first.planned() != dry.endings():
            faults.append("the dry run decided otherwise than the load")
        if first.endings() != account.expected.endings():
            faults.append("rows ended otherwise than expected")
        if second.writes:
            faults.append(f"the second run sent {second.writes} requests that write")
        if faults:
            raise DemoError("; ".join(faults))


def _show(expected: Expected, load: Load) -> None:
    """Print how the rows of each sort ended."""
    print(f"\n  {'row of the export':<28}{'rows':>6}   outcome")
    endings = Counter((expected.sorts[key], ending) for key, ending in load.endings().items())
    for (sort, (action, outcome, reason)), count in endings.most_common():
        print(f"  {sort:<28}{count:>6}   {outcome}: {reason or action}")


def _show_requests(loads: dict[str, Load]) -> None:
    print(f"\n  {'requests':<28}{'reads':>6}{'writes':>9}")
    for name, load in loads.items():
        print(f"  {name:<28}{load.reads:>6}{load.writes:>9}")
    print()
