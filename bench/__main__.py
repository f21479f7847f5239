"""Tap and target against plain ones: `python -m bench [--quick] [CASE ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

from bench.cases import CASES, MEMORY
from bench.loads import LOADS, measure
from bench.measure import Bench, Row, table
from bench.runs import TapError, running_server

_TAP = [*(case.name for case in CASES), MEMORY.name]
_NAMES = [*_TAP, *(load.name for load in LOADS)]


def main() -> int:
    """Run the cases and print the table; return 1 where records differ or a tap fails, else 0."""
    parser = argparse.ArgumentParser(
        prog="script/bench", description="Measures tap and target against plain ones of singer-sdk."
    )
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help=f"default: all of {', '.join(_NAMES)}"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of it, each once; no judgement"
    )
    options = parser.parse_args()
    for name in options.cases:
        if name not in _NAMES:
            parser.error(f"there is no case {name}; choose from {', '.join(_NAMES)}")
    chosen = options.cases or _NAMES
    rows: list[Row] = []
    right = True
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        try:
            if any(name in chosen for name in _TAP):
                right &= _measure_tap(chosen, rows, folder, quick=options.quick)
            loads = [one.quick() if options.quick else one for one in LOADS if one.name in chosen]
            if loads:
                right &= measure(loads, rows, folder)
        except TapError as error:
            print(f"script/bench: {error}", file=sys.stderr)
            right = False
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    print(table(rows, judged=not options.quick))
    return 0 if right else 1


def _measure_tap(chosen: list[str], rows: list[Row], folder: Path, *, quick: bool) -> bool:
    """Measure the cases of the tap; return whether all records were equal."""
    cases = [case.quick() if quick else case for case in CASES if case.name in chosen]
    memory = MEMORY.quick() if quick else MEMORY
    sizes = [case.messages for case in cases]
    if memory.name in chosen:
        sizes += memory.sizes
    with running_server(max(sizes)) as server:
        bench = Bench(server, folder, rows)
        try:
            for case in cases:
                bench.measure(case)
            if memory.name in chosen:
                bench.measure_memory(memory)
        finally:
            bench.conclude()
    return not bench.differing


if __name__ == "__main__":
    # So that both taps and the server end with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
