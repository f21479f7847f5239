"""Run one command, and see to it that it never outlives the process that asked for it.

`devtools.guarded.Guarded` starts this file as a process of its own, between owner and command.
Its standard input is a pipe whose other end only the owner holds. When that end closes - the owner
closed it, raised, got a signal or was killed with -9 - the command is stopped and its folder goes.
It stands in a session of its own, so a Ctrl-C at the terminal reaches the owner only.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from typing import Any


def main(order: dict[str, Any]) -> int:
    """Carry out the order; return the command's exit code."""
    try:
        child = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            **order["identity"],
        )
        threading.Thread(target=_stop_when_abandoned, args=(child.pid, order), daemon=True).start()
        code = child.wait()
        _signal_group(child.pid, signal.SIGKILL)  # whatever it started and left behind
        return code if code >= 0 else 128 - code
    finally:
        if order["folder"]:
            shutil.rmtree(order["folder"], ignore_errors=True)


def _stop_when_abandoned(group: int, order: dict[str, Any]) -> None:
    os.read(sys.stdin.fileno(), 1)  # nothing is ever written: returns when the pipe closes
    _signal_group(group, signal.Signals[order["stop_signal"]])
    time.sleep(order["grace"])
    _signal_group(group, signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
