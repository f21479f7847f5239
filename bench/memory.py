"""Time and peak memory of the tap by the size of the account: `python -m bench.memory [N ...]`.

Tap and emulator are processes of their own; the peak is the kernel's figure for the tap alone.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from devtools.emulator import running_emulator

SIZES = (10_000, 300_000)


def measure(messages: int) -> tuple[int, float, float]:
    """Sync an account once.

    Returns:
        Messages that came out, seconds, peak memory in MB.
    """
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        emulator = stack.enter_context(running_emulator(folder, contacts=1_000, messages=messages))
        started = time.monotonic()
        tap = subprocess.Popen(
            [sys.executable, "-m", "tap_sakari", "--config", "ENV"],
            env={
                **os.environ,
                **emulator.environment(),
                "TAP_SAKARI_REQUESTS_PER_SECOND": "100000",
                "TAP_SAKARI_LOGLEVEL": "ERROR",
            },
            stdout=subprocess.PIPE,
        )
        assert tap.stdout is not None  # noqa: S101 - for the type checker
        start = b'{"type":"RECORD","stream":"messages"'
        came = sum(line.startswith(start) for line in tap.stdout)
        _, status, usage = os.wait4(tap.pid, 0)
        tap.returncode = os.waitstatus_to_exitcode(status)
    if tap.returncode != 0:
        raise SystemExit(f"the tap ended with exit code {tap.returncode}")
    return came, time.monotonic() - started, usage.ru_maxrss / 1024


def main() -> None:
    """Print a row for each size."""
    sizes = [int(size) for size in sys.argv[1:]] or SIZES
    print("| messages | came out | seconds | peak memory |")
    print("| ---: | ---: | ---: | ---: |")
    for size in sizes:
        came, seconds, megabytes = measure(size)
        print(f"| {size:,} | {came:,} | {seconds:.1f} | {megabytes:.1f} MB |", flush=True)


if __name__ == "__main__":
    main()
