"""The ledger's rows, read and written within a transaction."""

from __future__ import annotations

import secrets
from collections import defaultdict
from itertools import islice
from typing import TYPE_CHECKING, TypeVar

from sqlalchemy import bindparam, func, select, tuple_, update

from target_sakari.ledger.entries import OPEN, Entry
from target_sakari.ledger.key import recipient_of
from target_sakari.ledger.sent import Sent
from target_sakari.ledger.tables import in_ms, sends

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, RowMapping

    from target_sakari.ledger.entries import Cap, Ending, Intent

AT_ONCE = 500
"""Values in one statement, which SQLite bounds; rows of one page."""

_INTENTS = 100
"""In one statement with their records and all names of their people."""

_Value = TypeVar("_Value")


def entry_of(row: RowMapping) -> Entry:
    """A row as it is read."""
    return Entry(**row)


def intended(intent: Intent, run: str, now: dt.datetime, hold: dt.timedelta) -> Entry:
    """A row as it is first written; one without a key gets one that nobody else has."""
    contact_id = intent.contact_id
    return Entry(
        key=intent.key or secrets.token_hex(32),
        account_id=intent.account_id,
        stream=intent.stream,
        record=intent.record,
        content=intent.content,
        recipient=intent.recipient,
        contact=contact_id and recipient_of(intent.account_id, "contact", contact_id),
        shown=intent.shown,
        contact_id=contact_id,
        conversation_id=intent.conversation_id,
        status="intent",
        run=run,
        intended_at=now,
        held_until=in_ms(now + hold),
        first_at=now,
        changed_at=now,
        manner=intent.manner,
    )


def by_key(connection: Connection, keys: Iterable[str]) -> dict[str, Entry]:
    """The rows of some keys, as far as there are any."""
    found = {}
    for some in _chunks(keys):
        rows = connection.execute(select(sends).where(sends.c.key.in_(some))).mappings()
        found.update({row["key"]: entry_of(row) for row in rows})
    return found


def of_records(
    connection: Connection, intents: Iterable[Intent]
) -> defaultdict[tuple[str, str], list[Entry]]:
    """By record and by each hash of the recipient: the rows of the intents' records and people."""
    found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for some in _chunks((one for one in intents if one.record), _INTENTS):
        people = [who for one in some for who in one.recipients]
        wanted = sends.c.record.in_({one.record for one in some})
        for entry in _of_people(connection, people, wanted):
            for who in entry.people:
                found[str(entry.record), who].append(entry)
    return found


def recent(
    connection: Connection, intents: Sequence[Intent], since: dt.datetime
) -> defaultdict[tuple[str, str], list[Entry]]:
    """By content and by each hash of the recipient: rows since a moment, and all that are open."""
    found: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    wanted = sends.c.status.in_(OPEN) | (sends.c.intended_at >= since)
    for entry in _of_people(connection, (who for one in intents for who in one.recipients), wanted):
        for who in entry.people:
            found[entry.content, who].append(entry)
    return found


def _of_people(
    connection: Connection, people: Iterable[str], wanted: ColumnElement[bool]
) -> Iterable[Entry]:
    """The rows of some people, by their hashes."""
    found = {}
    for some in _chunks(people):
        for column in (sends.c.recipient, sends.c.contact):
            rows = connection.execute(select(sends).where(column.in_(some), wanted)).mappings()
            found.update({row["key"]: entry_of(row) for row in rows})
    return found.values()


def known(
    connection: Connection,
    column: ColumnElement[str],
    values: Iterable[str | None],
    *wanted: ColumnElement[bool],
) -> set[str]:
    """Those of some values that a column has, in rows that fulfil something."""
    return {
        value
        for some in _chunks(filter(None, values))
        for value in connection.scalars(select(column).where(column.in_(some), *wanted))
    }


def page(
    connection: Connection, wanted: Iterable[ColumnElement[bool]], after: Entry | None
) -> list[Entry]:
    """Rows, those intended last first.

    Args:
        connection: within a transaction.
        wanted: what they must fulfil.
        after: the last row of the page before.
    """
    place = (sends.c.intended_at, sends.c.key)
    rows = select(sends).where(*wanted).order_by(*(column.desc() for column in place))
    if after:
        last = tuple_(after.intended_at, after.key, types=[column.type for column in place])
        rows = rows.where(tuple_(*place) < last)
    return [entry_of(row) for row in connection.execute(rows.limit(AT_ONCE)).mappings()]


def sent_since(connection: Connection, people: Iterable[str], since: dt.datetime) -> Sent:
    """The texts that people got or may have got since a moment, by their hashes."""
    to = sends.c.recipient, sends.c.contact
    found: dict[tuple[str, str | None], int] = {}
    for some in _chunks(people):
        for column in to:
            rows = (
                select(*to, func.count().label("texts"))
                .where(column.in_(some), sends.c.intended_at >= since)
                .where(sends.c.status != "rejected")
                .group_by(*to)
            )
            found.update(
                {(one.recipient, one.contact): one.texts for one in connection.execute(rows)}
            )
    sent = Sent()
    for names, texts in found.items():
        sent.add(filter(None, names), texts)
    return sent


def sent_to(connection: Connection, intents: Iterable[Intent], cap: Cap | None) -> Sent:
    """The texts that the recipients of intents got since a cap's moment; not counted without."""
    if cap is None:
        return Sent()
    return sent_since(connection, (who for one in intents for who in one.recipients), cap.since)


def is_held(now: dt.datetime) -> ColumnElement[bool]:
    """As `Entry.is_held`."""
    return (sends.c.status == "intent") & (sends.c.held_until > now)


def write_renewed(
    connection: Connection, keys: Iterable[str], now: dt.datetime, until: dt.datetime
) -> None:
    """Write that rows are about to be asked for."""
    for some in _chunks(keys):
        connection.execute(
            update(sends)
            .where(sends.c.key.in_(some))
            .values(intended_at=now, held_until=until, changed_at=now)
        )


def write_endings(
    connection: Connection, endings: Sequence[Ending], now: dt.datetime, *, found: bool = False
) -> None:
    """Write how sends ended."""
    if not endings:
        return
    names = ("status", "message_id", "job_id", "price", "code")
    connection.execute(
        update(sends)
        .where(sends.c.key == bindparam("its_key"))
        .values({name: bindparam(f"its_{name}") for name in (*names, "changed_at", "found")}),
        [
            {
                "its_key": one.key,
                "its_changed_at": now,
                "its_found": found,
                **{f"its_{name}": getattr(one, name) for name in names},
            }
            for one in endings
        ],
    )


def _chunks(values: Iterable[_Value], most: int = AT_ONCE) -> Iterator[list[_Value]]:
    """Values, each once, so many at a time as a statement takes."""
    left = iter(dict.fromkeys(values))
    while some := list(islice(left, most)):
        yield some
