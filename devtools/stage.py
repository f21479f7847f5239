"""What the acts of the demo have in common."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from devtools.meltano import CHECKOUT

if TYPE_CHECKING:
    from devtools.meltano import Meltano, Run

_BEGAN = time.monotonic()


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


def step(text: str) -> None:
    """Say what comes next."""
    print(f"[{time.monotonic() - _BEGAN:5.1f} s] {text}", flush=True)


def run(meltano: Meltano, name: str, *arguments: str) -> Run:
    """Carry out `meltano run`; its log is `{name}.log`.

    Raises:
        DemoError: it failed.
    """
    ended = meltano(name, "run", *arguments)
    if ended.exit_code != 0:
        raise DemoError(
            f"meltano ended with exit code {ended.exit_code}. Its last words:\n"
            f"{ended.last_words()}\nThe whole log: {ended.log.relative_to(CHECKOUT)}"
        )
    return ended
