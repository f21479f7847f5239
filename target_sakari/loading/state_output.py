"""States go out to stdout, a line each."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sakari_client.command import forget
from target_sakari.messages import as_ascii_json

if TYPE_CHECKING:
    from target_sakari.loading.checkpoint import State


class StateOutputError(Exception):
    """A state cannot be written."""

    def __init__(self, problem: str | None) -> None:
        super().__init__(
            f"the state cannot be written to stdout: {problem}. What was loaded is loaded; "
            "the next run begins at the last state that was kept, and repeats what came after it."
        )


def write_state(state: State) -> None:
    """Write a state.

    Raises:
        StateOutputError: nobody takes it.
    """
    if sys.stdout is None:
        raise StateOutputError("it is closed")
    try:
        sys.stdout.write(f"{as_ascii_json(state)}\n")
        sys.stdout.flush()
    except OSError as error:
        forget(sys.stdout)
        raise StateOutputError(error.strerror) from None
