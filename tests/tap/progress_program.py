"""A program that shows its progress and logs meanwhile; `test_live_bar.py` runs it.

    python -m tests.tap.progress_program finish|log_only|fail|wait

Its time passes by itself, two seconds for each page; only the bar is redrawn in real time. It
writes one line to stdout at the end: what is left of its progress. (`wait` writes one before too,
and then waits for a signal.)
"""

from __future__ import annotations

import json
import logging
import signal
import sys
import time

from sakari_client.command import forget_if_lost
from tap_sakari.progress import Progress, has_terminal
from tests.fake_clock import FakeClock

PAGES = 12
LOGGED = [f"page {page} {'x' * (30 * (page % 5))} is read" for page in range(PAGES)]
PRINTED = "in the midst of a line, and at its end"
CUT_OFF = "a line with no end; "


def main(end: str) -> None:
    """Read the pages of a stream, and then do as told."""
    stderr = sys.stderr
    handler = logging.StreamHandler()
    logging.basicConfig(handlers=[handler], format="%(message)s", level=logging.INFO)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    fake = FakeClock()
    try:
        with Progress(logging.getLogger("tap"), fake.clock, terminal=has_terminal()) as progress:
            progress.begin("messages")
            for page, line in enumerate(LOGGED):
                fake.sleep(2)
                progress.advance(100 * (page + 1), 100 * PAGES)
                logging.getLogger("client").warning(line)
                time.sleep(0.03)  # over the whole loop the bar is redrawn
            if end != "log_only":
                for part in (PRINTED[:20], f"{PRINTED[20:]}\n"):
                    sys.stderr.write(part)
                    sys.stderr.flush()
            if end == "fail":
                sys.stderr.write(CUT_OFF)
                raise ConnectionError("the line went dead")
            if end == "wait":
                sys.stdout.write("waiting\n")
                sys.stdout.flush()
                time.sleep(30)
    finally:
        logging.getLogger("client").warning("the end")
        left = {
            "rich": "rich" in sys.modules,
            "restored": sys.stderr is stderr and handler.stream is stderr,
        }
        sys.stdout.write(f"{json.dumps(left)}\n")
        forget_if_lost(sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
