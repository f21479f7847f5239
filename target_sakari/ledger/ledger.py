"""The ledger of sends: what was intended, and what became of it.

A text is asked for only after `claim` has returned; what `claim` wrote is on the disk by then. Who
writes has the ledger alone, so that of two processes one sees what the other has claimed.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Literal

from sqlalchemy import delete, func, select, update

from target_sakari.ledger import evidence, rows
from target_sakari.ledger.entries import DAY, OPEN, Claim, Entry
from target_sakari.ledger.opening import OpenLedger
from target_sakari.ledger.tables import in_ms, sends
from target_sakari.ledger.there import There

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement

    from target_sakari.ledger.entries import Cap, Ending, Intent, Status
    from target_sakari.ledger.sent import Sent

logger = logging.getLogger(__name__)


class Ledger(OpenLedger):
    """An open ledger. Its methods may be called from several threads.

    Each that writes is one transaction, and durable when it returns.

    Raises:
        LedgerError: by every method: the ledger cannot be read or written.
    """

    def claim(
        self,
        intents: Sequence[Intent],
        *,
        run: str,
        now: dt.datetime,
        window: dt.timedelta = DAY,
        cap: Cap | None = None,
    ) -> list[Claim]:
        """Take down what is to be sent, unless it is there already.

        Args:
            intents: what is to be sent.
            run: id of this run.
            now: the time, by Sakari's clock where that is known.
            window: for how long the same content to the same recipient is the same send, where
                an intent has no key; until its record was read.
            cap: how many texts a recipient may get; counted under the same lock.

        Returns:
            A claim for each intent, in their order.
        """
        now = in_ms(now)
        with self._writing() as connection:
            there = There(connection, intents, now, window)
            sent = rows.sent_to(connection, intents, cap)
            claims, new = [], []
            for intent in intents:
                if known := there.of(intent):
                    claims.append(Claim("there", known))
                elif cap and sent.to(intent.recipients) >= cap.texts:
                    claims.append(Claim("capped", None))
                else:
                    entry = rows.intended(intent, run, now, self._hold)
                    there.add(entry)
                    sent.add(entry.people)
                    new.append(asdict(entry))
                    claims.append(Claim("claimed", entry))
            if new:
                connection.execute(sends.insert(), new)
        return claims

    def find(
        self, intents: Sequence[Intent], *, now: dt.datetime, window: dt.timedelta = DAY
    ) -> list[Entry | None]:
        """The rows that `claim` would find there, for each intent; it changes nothing.

        Args:
            intents: what is to be sent.
            now: the time.
            window: as of `claim`.
        """
        with self._reading() as connection:
            there = There(connection, intents, in_ms(now), window)
        return [there.of(one) for one in intents]

    def give_back(self, claims: Iterable[tuple[Entry, Entry | None]], *, run: str) -> None:
        """Undo claims whose request certainly never was: each row becomes what it was before.

        Args:
            claims: each row as it was claimed, and as it was before; None: there was none.
            run: id of this run, which alone may do so.
        """
        with self._writing() as connection:
            for claimed, before in claims:
                ours = sends.c.key == claimed.key, sends.c.status == "intent", sends.c.run == run
                if before is None:
                    connection.execute(delete(sends).where(*ours))
                else:
                    connection.execute(update(sends).where(*ours).values(asdict(before)))

    def renew(self, claims: Sequence[Entry], *, run: str, now: dt.datetime) -> dict[str, Entry]:
        """Have claims count from now on, just before their request.

        Returns:
            By key, the rows as they are now; without those that are not as they were claimed.
        """
        now = in_ms(now)
        with self._writing() as connection:
            there = rows.by_key(connection, (one.key for one in claims))
            held = [one for one in claims if there.get(one.key) == one and one.run == run]
            until = in_ms(now + self._hold)
            renewed = [
                replace(one, intended_at=now, held_until=until, changed_at=now) for one in held
            ]
            rows.write_renewed(connection, [one.key for one in renewed], now, until)
        return {one.key: one for one in renewed}

    def end(
        self,
        endings: Sequence[Ending],
        *,
        run: str,
        now: dt.datetime,
        claimed: Sequence[Entry] = (),
    ) -> set[str]:
        """Take down how this run's requests ended.

        A message that Sakari has made for one of them is not what another one was found to be,
        which is open again.

        Args:
            endings: of each.
            run: id of this run.
            now: the time.
            claimed: the rows as they were claimed. One that has vanished, as a person had it
                forgotten, is written anew, since it was asked for after all.

        Returns:
            The keys of which others know better meanwhile; they stay as they are.
        """
        with self._writing() as connection:
            there = rows.by_key(connection, (one.key for one in endings))
            gone = {one.key: one for one in claimed if one.key not in there}
            if gone:
                connection.execute(sends.insert(), [asdict(one) for one in gone.values()])
            there.update(gone)
            ours = [one for one in endings if _prevails(one, there.get(one.key), run)]
            rows.write_endings(connection, ours, now)
            opened = evidence.open_again(connection, ours, there, now)
        for key in opened:
            logger.warning("sends: %s is unknown again: what it was found to be is another.", key)
        return {one.key for one in endings} - {one.key for one in ours}

    def resolve(self, entry: Entry, ending: Ending, *, now: dt.datetime) -> bool:
        """Take down what became of a send, as found out later.

        Returns:
            Whether it was: not if the row has changed since it was read as `entry`, nor if the
            message is another send's, or may be one's that is being sent now.
        """
        with self._writing() as connection:
            if rows.by_key(connection, [entry.key]).get(entry.key) != entry:
                return False
            if not evidence.free(connection, entry, [ending]):
                return False
            if evidence.is_contested(connection, entry, in_ms(now)):
                return False
            rows.write_endings(connection, [ending], now, found=True)
        return True

    def retake(
        self,
        takeovers: Sequence[tuple[Entry, Intent]],
        *,
        run: str,
        now: dt.datetime,
        cap: Cap | None = None,
    ) -> dict[str, Entry | None]:
        """Claim sends again that were claimed before: found to be absent, or mended.

        Args:
            takeovers: each row as it was read, and what is to be sent now.
            run: id of this run.
            now: the time.
            cap: how many texts a recipient may get, this one among them.

        Returns:
            By key, the rows that are this run's now: those that had not changed since, and that no
            other run holds. None for one whose recipient gets no further text for now; it stays as
            it was.
        """
        now = in_ms(now)
        taken: dict[str, Entry | None] = {}
        with self._writing() as connection:
            there = rows.by_key(connection, (entry.key for entry, _ in takeovers))
            sent = rows.sent_to(connection, (intent for _, intent in takeovers), cap)
            for entry, intent in takeovers:
                if there.get(entry.key) == entry and (entry.run == run or not entry.is_held(now)):
                    again = replace(
                        rows.intended(intent, run, now, self._hold),
                        key=entry.key,
                        first_at=entry.first_at if entry.status in OPEN else now,
                        tries=entry.tries + 1,
                    )
                    if cap and not (entry.status in OPEN and entry.intended_at >= cap.since):
                        if sent.to(intent.recipients) >= cap.texts:
                            taken[entry.key] = None
                            continue
                        sent.add(again.people)
                    connection.execute(
                        update(sends).where(sends.c.key == entry.key).values(asdict(again))
                    )
                    taken[entry.key] = again
        return taken

    def __len__(self) -> int:
        """How many sends it has."""
        with self._reading() as connection:
            return connection.scalar(select(func.count()).select_from(sends)) or 0

    def get(self, keys: Iterable[str]) -> dict[str, Entry]:
        """The rows of some keys, as far as there are any."""
        with self._reading() as connection:
            return rows.by_key(connection, keys)

    def sent_since(self, people: Iterable[str], since: dt.datetime) -> Sent:
        """The texts that people got or may have got since a moment, by their hashes."""
        with self._reading() as connection:
            return rows.sent_since(connection, people, since)

    def free(self, entry: Entry, endings: Iterable[Ending]) -> list[Ending]:
        """What may have become of a send: without messages that are another send's already."""
        with self._reading() as connection:
            return evidence.free(connection, entry, endings)

    def strays(self, endings: Iterable[Ending]) -> list[Ending]:
        """Those whose message no send accounts for, whoever got it."""
        with self._reading() as connection:
            return evidence.strays(connection, list(endings))

    def entries(
        self,
        *,
        status: Status | None = None,
        stream: str | None = None,
        since: dt.datetime | None = None,
    ) -> Iterator[Entry]:
        """Rows, those intended last first.

        Args:
            status: only those that stand so.
            stream: only those whose record came in it.
            since: only those intended then or later.
        """
        wanted: list[ColumnElement[bool]] = []
        if status:
            wanted.append(sends.c.status == status)
        if stream:
            wanted.append(sends.c.stream == stream)
        if since:
            wanted.append(sends.c.intended_at >= since)
        last: Entry | None = None
        # A page at a time, so that a reader who takes long holds nobody up.
        while True:
            with self._reading() as connection:
                found = rows.page(connection, wanted, last)
            yield from found
            if len(found) < rows.AT_ONCE:
                return
            last = found[-1]

    def settle(
        self,
        key: str,
        status: Literal["accepted", "rejected"],
        *,
        now: dt.datetime,
        message_id: str | None = None,
    ) -> bool:
        """Take down what a person knows of a send that nobody else knows the end of.

        A rejected one may be settled as accepted all the same, which sends nothing.

        Args:
            key: of the row.
            status: what became of it.
            now: the time.
            message_id: Sakari's id of the message that it became, where that is known.

        Returns:
            Whether it was: not if there is no such row, if its end is known, or if a run holds it.
        """
        now = in_ms(now)
        which = (*OPEN, "rejected") if status == "accepted" else OPEN
        open_one = (sends.c.key == key) & sends.c.status.in_(which) & ~rows.is_held(now)
        with self._writing() as connection:
            told = {"message_id": message_id} if message_id else {}
            done = connection.execute(
                update(sends).where(open_one).values(status=status, changed_at=now, **told)
            )
        return done.rowcount > 0

    def forget(self, key: str, *, now: dt.datetime) -> bool:
        """Remove a row, so that the send may go out again.

        Returns:
            Whether it was: not if there is no such row, or if a run holds it.
        """
        row = (sends.c.key == key) & ~rows.is_held(in_ms(now))
        with self._writing() as connection:
            done = connection.execute(delete(sends).where(row))
        return done.rowcount > 0


def _prevails(ending: Ending, row: Entry | None, run: str) -> bool:
    """Whether the answer to this run's request is surer than what its row says.

    Others may have resolved or settled that meanwhile. An answer is surer than what a person knows,
    and than a message that may have been another's. But an earlier try may have gone out.
    """
    if row is None or row.run != run or row.status == "unknown":
        return False
    if row.status == "accepted" and ending.status == "rejected":
        return row.tries == 1 and row.message_id is None
    return row.status == "intent" or ending.status != "unknown"
