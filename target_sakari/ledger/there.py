"""Which rows of the ledger stand for which intents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.ledger import rows
from target_sakari.ledger.entries import OPEN

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from target_sakari.ledger.entries import Entry, Intent


class There:
    """The rows of intents: by keys, or by record and recipient; without keys, by content and that.

    A record may come with others beside, and a recipient be known otherwise than before.
    """

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
        self._by_key = rows.by_key(connection, (one.key for one in intents if one.key))
        self._of_record = rows.of_records(connection, intents)
        self._recent = rows.recent(connection, keyless, since)

    def of(self, intent: Intent) -> Entry | None:
        """The row of an intent; of several the surest, a refused one only if all are.

        Without a key, a row that is open stands for the intent whatever its age: it may be this
        send. So does one since the record was read: the record may come again from a file much
        later.
        """
        if intent.key:
            return _surest([self._by_key.get(intent.key), *self._of_its_record(intent)])
        since = self._since(intent)
        return _surest(
            one
            for who in intent.recipients
            for one in self._recent[intent.content, who]
            if one.status in OPEN or one.intended_at >= since
        )

    def _of_its_record(self, intent: Intent) -> Iterator[Entry]:
        """The rows of its record and person; refused ones of just its number, if that is known."""
        for who in intent.recipients:
            for one in self._of_record[intent.record or "", who]:
                if one.status != "rejected" or one.recipient == intent.recipient:
                    yield one

    def _since(self, intent: Intent) -> dt.datetime:
        return min(self._now, intent.read_at or self._now) - self._window

    def add(self, entry: Entry) -> None:
        """A row that was made meanwhile."""
        self._by_key[entry.key] = entry
        for who in entry.people:
            self._recent[entry.content, who].append(entry)
            if entry.record:
                self._of_record[entry.record, who].append(entry)


def _surest(found: Iterable[Entry | None]) -> Entry | None:
    """An accepted one before an open one, that before a refused one, and of these the newest."""
    return max(
        filter(None, found),
        key=lambda one: (one.status == "accepted", one.status in OPEN, one.intended_at),
        default=None,
    )
