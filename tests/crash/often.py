"""The tap with many states: one every 20 records of a stream, where else it is 10,000.

So the states in the middle of a stream, which only large accounts see, can be tried on a small one.
"""

from __future__ import annotations

from tap_sakari.__main__ import main as tap
from tap_sakari.stream import SakariStream


def main() -> None:
    """Run the tap."""
    SakariStream.STATE_MSG_FREQUENCY = 20
    tap()
