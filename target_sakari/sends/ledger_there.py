"""Which rows of the ledger stand for which intents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.sends import ledger_rows
from target_sakari.sends.entries import OPEN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from target_sakari.sends.entries import Entry, Intent


class There:
    """The rows of intents: by their keys; where they have none, by content and recipient."""

    def __init__(
        self,
        connection: Connection,
        intents: Sequence[Intent],
        now: dt.datetime,
        window: dt.timedelta,
    ) -> None:
        self._now, self._window = now, window
        keyless = [one for one in intents if not one.key]
        since = min(map(self._since, keyless), default=now)
        self._by_key = ledger_rows.by_key(connection, (key for one in intents for key in one.keys))
        self._recent = ledger_rows.recent(connection, keyless, since)

    def of(self, intent: Intent) -> Entry | None:
        """The row of an intent; where that has no key, the newest, a refused one only if all are.

        A row that is open stands for the intent whatever its age: it may be this send. So does one
        since the record was read: the record may come again from a file much later.
        """
        if not intent.key:
            since = self._since(intent)
            found = [
                one
                for who in intent.recipients
                for one in self._recent[intent.content, who]
                if one.status in OPEN or one.intended_at >= since
            ]
            return max(
                found, key=lambda one: (one.status != "rejected", one.intended_at), default=None
            )
        others = (self._by_key.get(key) for key in intent.other_keys)
        return self._by_key.get(intent.key) or next(
            (
                one for one in others
                if one and one.status != "rejected" and one.recipient in intent.recipients
            ),
            None,
        )  # fmt: skip

    def _since(self, intent: Intent) -> dt.datetime:
        return min(self._now, intent.read_at or self._now) - self._window

    def add(self, entry: Entry) -> None:
        """A row that was made meanwhile."""
        self._by_key[entry.key] = entry
        self._recent[entry.content, entry.recipient].append(entry)
