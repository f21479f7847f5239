"""Run a command and write what it cost: `python -I -S bench/timed.py REPORT SECONDS COMMAND ...`.

A process of its own, and a small one: Linux counts as a process's peak what its parent held when it
started it. The command is killed after SECONDS.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time


def main(report: str, longest: str, *command: str) -> None:
    """Write `exit_code`, `seconds`, `cpu_seconds` and `peak_mb` as JSON."""
    started = time.monotonic()
    process = subprocess.Popen(command)
    watchdog = threading.Timer(float(longest), process.kill)
    watchdog.start()
    _, status, usage = os.wait4(process.pid, 0)
    cost = {
        "exit_code": os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - started,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
    }
    watchdog.cancel()
    with open(report, "w", encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes its time
        json.dump(cost, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
