"""How many examples a property is tried with; ten times as many: `EXAMPLES=10 script/test …`."""

from __future__ import annotations

import os

from hypothesis import settings

_TIMES = int(os.environ.get("EXAMPLES", "1"))


def examples(count: int) -> settings:
    """Try so many; a slow machine is no failure."""
    return settings(max_examples=count * _TIMES, deadline=None)
