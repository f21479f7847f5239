"""Whose a message is: one is evidence of one send."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, or_, select

from target_sakari.ledger import rows
from target_sakari.ledger.entries import OPEN, Ending
from target_sakari.ledger.tables import sends

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from target_sakari.ledger.entries import Entry


def free(connection: Connection, entry: Entry, endings: Iterable[Ending]) -> list[Ending]:
    """Those of what a send may have become whose message is no other send's."""
    return [one for one in endings if not _is_of_another(connection, entry, one)]


def _is_of_another(connection: Connection, entry: Entry, ending: Ending) -> bool:
    """Whether the message of an ending is another send's.

    So it is too if that has its job only: a job has one message for each recipient.
    """
    its: list[ColumnElement[bool]] = []
    if ending.message_id:
        its.append(sends.c.message_id == ending.message_id)
    if ending.job_id and ending.job_id != entry.job_id:
        nameless = sends.c.message_id.is_(None) & (sends.c.status != "rejected")
        its.append(_of_same_person(entry) & nameless & (sends.c.job_id == ending.job_id))
    return _is_there(connection, entry, or_(false(), *its))


def strays(connection: Connection, endings: Sequence[Ending]) -> list[Ending]:
    """Those of some endings whose message is no send's, and whose job is not that of one either.

    A job counts where an accepted send has it, and no message of its own.
    """
    of_job = sends.c.message_id.is_(None) & (sends.c.status == "accepted")
    messages = rows.known(connection, sends.c.message_id, (one.message_id for one in endings))
    jobs = rows.known(connection, sends.c.job_id, (one.job_id for one in endings), of_job)
    jobs -= rows.known(connection, sends.c.job_id, jobs, sends.c.status.in_(OPEN))
    return [one for one in endings if one.message_id not in messages and one.job_id not in jobs]


def is_contested(connection: Connection, entry: Entry, now: dt.datetime) -> bool:
    """Whether a text to the same person is being sent, which a message may be just as well."""
    return _is_there(connection, entry, _of_same_person(entry) & rows.is_held(now))


def open_again(
    connection: Connection, endings: Sequence[Ending], there: Mapping[str, Entry], now: dt.datetime
) -> list[str]:
    """Open other sends that were found to be a message which is the answer to one of ours.

    Args:
        connection: within a transaction.
        endings: ours.
        there: our rows, by key.
        now: the time.

    Returns:
        The keys of those others.
    """
    ended = [one for one in endings if one.status != "unknown"]
    messages = {one.message_id for one in ended} - {None}
    people = {
        (one.job_id, who)
        for one in ended
        if one.job_id and not one.message_id and one.status == "accepted"
        for who in there[one.key].people
    }
    if not (messages or people):
        return []
    named = sends.c.message_id.in_(messages) | sends.c.job_id.in_({job for job, _ in people})
    ours = {one.key for one in endings}
    found = connection.execute(select(sends).where(sends.c.found, named)).mappings()
    wrong = [
        one.key
        for one in map(rows.entry_of, found)
        if one.key not in ours
        and (one.message_id in messages or any((one.job_id, who) in people for who in one.people))
    ]
    rows.write_endings(connection, [Ending(key, "unknown") for key in wrong], now)
    return wrong


def _of_same_person(entry: Entry) -> ColumnElement[bool]:
    return sends.c.recipient.in_(entry.people) | sends.c.contact.in_(entry.people)


def _is_there(connection: Connection, entry: Entry, wanted: ColumnElement[bool]) -> bool:
    """Whether there is another row that fulfils something."""
    others = select(sends.c.key).where(sends.c.key != entry.key, wanted)
    return connection.execute(others).first() is not None
