"""The tap against a plain one: `python -m bench [--quick] [CASE ...]`; see docs/performance.md."""

from __future__ import annotations

import argparse
import os
import platform
import signal
import sys
import tempfile
from pathlib import Path

from bench.cases import CASES, MEMORY
from bench.measure import Bench, table
from bench.runs import TapError, running_server

_NAMES = [*(case.name for case in CASES), MEMORY.name]


def main() -> int:
    """Run the cases and print the table; return 1 where records differ or a tap fails, else 0."""
    parser = argparse.ArgumentParser(
        prog="script/bench", description="Measures the tap against a plain singer-sdk tap."
    )
    parser.add_argument(
        "cases", nargs="*", metavar="CASE", help=f"default: all of {', '.join(_NAMES)}"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of the messages, each once; no judgement"
    )
    options = parser.parse_args()
    for name in options.cases:
        if name not in _NAMES:
            parser.error(f"there is no case {name}; choose from {', '.join(_NAMES)}")
    chosen = options.cases or _NAMES
    cases = [case.quick() if options.quick else case for case in CASES if case.name in chosen]
    memory = MEMORY.quick() if options.quick else MEMORY
    sizes = [case.messages for case in cases]
    if memory.name in chosen:
        sizes += memory.sizes
    failed = False
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        running_server(max(sizes)) as server,
    ):
        bench = Bench(server, Path(folder))
        try:
            for case in cases:
                bench.measure(case)
            if memory.name in chosen:
                bench.measure_memory(memory)
        except TapError as error:
            print(f"script/bench: {error}", file=sys.stderr)
            failed = True
    bench.conclude()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors\n")
    print(table(bench.rows, judged=not options.quick))
    return 1 if failed or bench.differing else 0


if __name__ == "__main__":
    # So that both taps and the server end with this process.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
