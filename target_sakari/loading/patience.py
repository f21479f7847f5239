"""How long records wait to be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.guards.caps import Limits
from target_sakari.settings import MOST_ROWS, ROWS

if TYPE_CHECKING:
    from sakari_client.clock import Clock
    from target_sakari.routes import Route
    from target_sakari.settings import LoadSettings


class Patience:
    """When a batch is to be written: it is full, or its first record has waited long enough.

    A run that has limits is checked against them before its first text. So where its texts do not
    go by `batch_size_rows`, all records wait for the end of the input, or for `MOST_ROWS`.
    """

    def __init__(self, settings: LoadSettings, limits: Limits, clock: Clock) -> None:
        self._rows = settings.batch_size_rows
        self._longest = settings.batch_wait
        self._limited = limits != Limits()
        self._clock = clock
        self._for_all = False
        self._since: float | None = None

    def add_route(self, route: Route) -> bool:
        """A stream came; returns whether records wait for the end of the input from now on."""
        begins = route.to == "messages" and self._limited and self._rows is None
        begins = begins and not self._for_all
        self._for_all = self._for_all or begins
        return begins

    def start(self) -> None:
        """The batch has something that waits."""
        if self._since is None:
            self._since = self._clock.monotonic()

    def end(self) -> None:
        """The batch is written."""
        self._since = None

    def is_over(self, rows: int) -> bool:
        """Whether the batch is full, with so many records."""
        return rows >= (self._rows or (MOST_ROWS if self._for_all else ROWS))

    def seconds_left(self) -> float | None:
        """Until the batch is to be written, though no more comes in; None: whenever that ends."""
        if self._since is None or self._for_all:
            return None
        return max(0.0, self._longest - (self._clock.monotonic() - self._since))
