"""Contacts written one by one, several at a time."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sakari_client import phone
from sakari_client.errors import NotFoundError, SakariError
from sakari_client.resources.base import NO_ID
from target_sakari.abreast import abreast
from target_sakari.failure import outcome_of
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sakari_client.resources.base import Record
    from sakari_client.resources.contacts import Contacts
    from target_sakari.contacts.decide import Decision
    from target_sakari.contacts.job import Job
    from target_sakari.run import Run


def write_single(run: Run, jobs: Iterable[Job]) -> Iterator[tuple[Job, Outcome]]:
    """Write records of different contacts, and yield each with its outcome as it is known.

    Raises:
        SakariError: something is wrong with the whole run; those in flight were yielded before.
    """
    return abreast(run, jobs, partial(_write, run))


def delete(run: Run, sakari_id: str) -> Outcome:
    """Delete a contact.

    Raises:
        SakariError: something is wrong with the whole run.
    """
    with run.attempts.count() as count:
        try:
            was_there = run.client.contacts.delete(sakari_id)
        except SakariError as error:
            failed = outcome_of(error, "delete", attempts=count.requests)
            return replace(failed, sakari_id=sakari_id)
    if was_there:
        return Outcome("delete", "written", None, None, sakari_id, count.requests)
    return Outcome("delete", "skipped", Reason.ALREADY_ABSENT, None, sakari_id, count.requests)


def _write(run: Run, job: Job) -> Outcome:
    decision, contacts = job.decision, run.client.contacts
    sakari_id = decision.contact.sakari_id if decision.contact else None
    with run.attempts.count() as count:
        try:
            if decision.way == "append":
                sakari_id = id_of(contacts, contacts.upsert(decision.body)) or sakari_id
            else:
                sakari_id = sakari_id or _look_up(contacts, decision)
                if decision.way == "update":
                    contacts.update(sakari_id, decision.body)
        except SakariError as error:
            failed = outcome_of(error, decision.action, attempts=count.requests)
            return replace(failed, sakari_id=sakari_id)
    if decision.way == "delete":
        return delete(run, str(sakari_id))
    return Outcome(decision.action, "written", None, None, sakari_id, count.requests)


def _look_up(contacts: Contacts, decision: Decision) -> str:
    """The id of a contact that was made in this run, where Sakari did not tell it.

    Raises:
        SakariError: it is not found.
    """
    number = phone.of(decision.contact.record) if decision.contact else None
    found = contacts.find_by_mobile(number) if number else None
    sakari_id = id_of(contacts, found) if found else None
    if sakari_id is None:
        raise NotFoundError("GET /contacts: Sakari shows the contact no more, or without an id.")
    return sakari_id


def id_of(contacts: Contacts, record: Record) -> str | None:
    """The id in an answer, if it holds one."""
    identity = contacts.identify(record)
    return None if identity.startswith(NO_ID) else identity
