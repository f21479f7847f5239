"""The whole state of one emulator, and putting it back to where it began."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sakari_emulator.account import Account
from sakari_emulator.faults import Faults
from sakari_emulator.generate import Sizes
from sakari_emulator.lists import Lists, ordered
from sakari_emulator.shapes import shown_id
from sakari_emulator.shared_files import SharedFiles
from sakari_emulator.switches import Switches
from sakari_emulator.tokens import Tokens

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class LoggedRequest:
    """One request as the log keeps it: never its body, and no headers.

    Attributes:
        method: Such as "GET".
        path: As sent, without the query.
        query: Its last value for each name.
        time: Seconds since 1970, when it came in.
        status: HTTP status answered; 0 until then, and for ever if there was no answer.
    """

    method: str
    path: str
    query: dict[str, str]
    time: float
    status: int = 0


@dataclass
class Emulator:
    """Account, switches, tokens, counters and log.

    Attributes:
        sizes: Rows to begin with.
        seed: What they are made up from.
        initial: The switches that `reset` goes back to.
        clock: Seconds since 1970.
    """

    sizes: Sizes = field(default_factory=Sizes)
    seed: int = 1
    initial: Switches = field(default_factory=Switches)
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        """Make up the rows."""
        self.reset()

    def reset(self) -> None:
        """Everything as at the beginning; tokens given out before are unknown."""
        self.account = Account(self.sizes, self.seed, self.clock)
        self.switches = self.initial
        self.lists = Lists(self.account)
        self.faults = Faults()
        self.tokens = Tokens()
        self.files = SharedFiles()
        self.log: list[LoggedRequest] = []

    def ids(self, stream: str) -> list[str]:
        """The ids of a resource as a client sees them, in the order of its list."""
        rows = ordered(self.account, stream, self.switches)
        return [shown_id(row, self.switches) for row in rows]
