"""The texts that went out of the account lately, whoever got them."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

from target_sakari.ledger.tables import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sakari_client.paging.page import Row
    from target_sakari.run import Run


class Recent:
    """Reads them once for many who ask. For any number of threads."""

    def __init__(self, run: Run, wanted: Callable[[Sequence[Row]], list[Row]]) -> None:
        """Read nothing yet.

        Args:
            run: reads them.
            wanted: those of some messages that are worth keeping in memory.
        """
        self._run = run
        self._wanted = wanted
        self._lock = threading.Lock()
        self._texts: list[Row] = []
        self._since: dt.datetime | None = None
        self._read_at = dt.datetime.min.replace(tzinfo=dt.timezone.utc)

    def since(
        self, moment: dt.datetime, earliest: dt.datetime, *, read_after: dt.datetime
    ) -> list[Row]:
        """The texts since a moment.

        Args:
            moment: it.
            earliest: where they have to be read, they are so back to this.
            read_after: what was read before this is read again.

        Raises:
            SakariError: they cannot be read.
        """
        with self._lock:
            if self._since is None or earliest < self._since or self._read_at < read_after:
                self._read_at, self._since = self._run.now(), None
                reading = self._run.client.messages.read(back_to=as_text(earliest))
                self._texts = []
                for rows in reading.pages():
                    self._texts += self._wanted([row for row in rows if is_text(row, earliest)])
                self._since = earliest
            return [row for row in self._texts if is_text(row, moment)]


def is_text(row: Row, since: dt.datetime) -> bool:
    """Whether a message went out, and not before a moment; also where that cannot be told."""
    if row.value.get("outgoing") is False:
        return False
    try:
        moment = dt.datetime.fromisoformat((row.created or "").replace("Z", "+00:00"))
    except ValueError:
        return True
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)) >= since
