"""Where the plain tap's time goes, by record: `python -m bench.breakdown [MESSAGES]`.

The kernel interrupts the tap after each millisecond of CPU that it spends, and what it is doing
then is looked up on its stack. Unlike a profiler that counts calls, this does not slow it down.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from bench.plain_tap import PlainTap
from bench.runs import running_server

if TYPE_CHECKING:
    from types import FrameType

    from typing_extensions import Self

_INTERVAL = 0.001
_MICROSECONDS = 1_000_000

PARTS = {
    "conform_record_data_types": "type conformance",
    "write_message": "writer: simplejson, and a flush for each record",
    "_request": "fetching pages",
    "parse_response": "parsing pages, for their records",
    "advance": "parsing pages again, for their pagination",
    "pop_deselected_record_properties": "the walk over deselected properties",
    "transform": "stream maps",
    "_increment_stream_state": "state",
    "post_process": "post-processing",
}
"""The functions of the SDK, and the one of the plain tap, that each part consists of."""


class Sampler:
    """Counts in which of the `PARTS` the main thread is found."""

    def __init__(self) -> None:
        self.found: Counter[str] = Counter()

    def __enter__(self) -> Self:
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, _INTERVAL, _INTERVAL)
        return self

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_PROF, 0)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        while frame is not None:
            part = PARTS.get(frame.f_code.co_name)
            if part is not None:
                self.found[part] += 1
                return
            frame = frame.f_back
        self.found["the rest"] += 1


def main() -> None:
    """Print a row for each part."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as folder, running_server(messages) as server:
        tap = PlainTap(config=server.settings)
        with (
            Path(folder, "output.singer").open("w") as output,
            contextlib.redirect_stdout(output),
            Sampler() as sampler,
        ):
            started = time.process_time()
            tap.sync_all()
            spent = time.process_time() - started
    print("| part | µs a record | share |")
    print("| --- | ---: | ---: |")
    rows = [*sampler.found.most_common(), ("together", sampler.found.total())]
    for part, count in rows:
        share = count / sampler.found.total()
        print(f"| {part} | {share * spent / messages * _MICROSECONDS:.1f} | {share:.0%} |")


if __name__ == "__main__":
    main()
