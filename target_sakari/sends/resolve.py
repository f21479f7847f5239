"""What became of a send that nobody knows the end of: looked up among the recipient's messages."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from sakari_client.errors import SakariError, StoppedError
from sakari_client.http import answers
from sakari_client.resources.sent import failed
from target_sakari.guards.cost import price_of
from target_sakari.ledger.entries import Ending
from target_sakari.ledger.errors import LedgerError
from target_sakari.ledger.tables import as_text
from target_sakari.reasons import Reason
from target_sakari.sends import standing
from target_sakari.sends.filled import is_made_of, may_be_made_of
from target_sakari.sends.recent import Recent, is_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sakari_client.paging.page import Row
    from sakari_client.resources.base import Record
    from target_sakari.contacts.find import Finder
    from target_sakari.ledger.entries import Entry
    from target_sakari.ledger.ledger import Ledger
    from target_sakari.outcome import Outcome
    from target_sakari.run import Run
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.plan import Send

_SHOWN = 3
"""Ids of messages that are told."""

_CLOCKS_APART = dt.timedelta(minutes=1)
"""How much earlier than the first intent a message may claim to have been made."""


class Resolver:
    """Finds out what became of sends. For any number of threads."""

    def __init__(self, run: Run, ledger: Ledger, finder: Finder, settings: SendSettings) -> None:
        self._run = run
        self._ledger = ledger
        self._finder = finder
        self._settings = settings
        self._grace = dt.timedelta(seconds=settings.unknown_grace_seconds)
        self._recent = Recent(run, self._strays)

    def resolve(self, send: Send, entry: Entry, now: dt.datetime) -> Outcome | None:
        """What became of a send whose row is an intent or unknown; the ledger is told.

        Returns:
            Its outcome; None where it is not found, and may go out again.

        Raises:
            LedgerError: the ledger cannot be used.
            StoppedError: the run is to stop; a later one looks.
        """
        if entry.content != send.intent.content:
            why = "Nobody knows whether it was sent, and its text has changed since."
            return standing.unresolved(entry, why)
        try:
            found = dict(self._found(send, entry))
        except (LedgerError, StoppedError):
            raise
        except SakariError as error:
            return _not_looked_up(entry, error)
        for ending, is_it in found.items():
            if is_it and (outcome := self._note(send, entry, ending, now)):
                return outcome
        return self._absent(entry, now, found)

    def elsewhere(
        self, send: Send, entry: Entry, now: dt.datetime, earliest: dt.datetime
    ) -> Outcome | None:
        """What there is against taking a send for not sent that `resolve` did not find.

        Its contact may have got another number since, or have been deleted, or its number be
        another contact's: so all texts of the account are looked through.

        Args:
            send: it.
            entry: its row.
            now: the time.
            earliest: when the first was claimed of all that this is asked about, so that the texts
                are read but once.

        Raises:
            LedgerError: the ledger cannot be used.
            StoppedError: the run is to stop; a later one looks.
        """
        if self._settings.delivery == "at_least_once":
            return None
        since = entry.first_at - _CLOCKS_APART
        try:
            texts = self._recent.since(
                since, earliest - _CLOCKS_APART, read_after=self._listed_by(entry, now)
            )
        except (LedgerError, StoppedError):
            raise
        except SakariError as error:
            return _not_looked_up(entry, error)
        people = [*send.recipient.contacts, send.recipient.along]
        alike = [one for one in texts if may_be_made_of(one.value, send.content.text, people)]
        if ids := [str(one.value.get("id", "without id")) for one in self._strays(alike)]:
            why = f"A message that no send accounts for has its text, whoever got it: {_some(ids)}."
            return standing.unresolved(entry, why)
        return None

    def _strays(self, texts: Sequence[Row]) -> list[Row]:
        """Those that no send in the ledger accounts for."""
        endings = {_ending("", one.value): one for one in texts}
        return [endings[one] for one in self._ledger.strays(endings)]

    def _note(self, send: Send, entry: Entry, ending: Ending, now: dt.datetime) -> Outcome | None:
        """Take down a message as what a send has become; None where it is another send's."""
        if self._ledger.resolve(entry, ending, now=now):
            if ending.status == "rejected":
                return standing.refused(ending.code, 0)
            return standing.sent(ending.message_id, 0)
        current = self._ledger.get([entry.key]).get(entry.key)
        if current != entry:  # somebody else has found out
            return (current and standing.settled(current, send.intent)) or (
                standing.unresolved(entry, "It was changed by another run meanwhile.")
            )
        if self._ledger.free(entry, [ending]):
            why = "A message of the recipient's is its text, but another run sends to them now."
            return standing.unresolved(entry, why)
        return None

    def _absent(self, entry: Entry, now: dt.datetime, others: Iterable[Ending]) -> Outcome | None:
        """What to do about a send that no message is for certain.

        Args:
            entry: its row.
            now: the time.
            others: messages to the recipient that are no other send's.
        """
        if entry.is_held(now):
            until = as_text(entry.held_until)
            why = f"A run may be about to send it, until {until}; before, nobody can settle it."
            return standing.unresolved(entry, why)
        if self._settings.delivery == "at_least_once":
            return None
        if ids := [one.message_id or "without id" for one in others]:
            # Sakari may have changed its text, or filled in what is not known here.
            why = f"A message of the recipient's that no send accounts for may be it: {_some(ids)}."
            return standing.unresolved(entry, why)
        if now < self._listed_by(entry, now):
            why = "Nobody knows yet whether it was sent. A later run looks again."
            return standing.unresolved(entry, why)
        if self._settings.resend_unknown:
            return None
        why = "It is not among the recipient's messages. resend_unknown: true would send it again."
        return standing.unresolved(entry, why, Reason.NOT_FOUND_IN_SAKARI)

    def _listed_by(self, entry: Entry, now: dt.datetime) -> dt.datetime:
        """When Sakari lists a text for certain, if it was sent at all, at the last moment."""
        last = entry.held_until if entry.status == "intent" else entry.changed_at
        # Sakari's clock is known to the second, so that this may seem yet to come.
        return min(last, now) + self._grace

    def _found(self, send: Send, entry: Entry) -> Iterator[tuple[Ending, bool]]:
        """What the send may have become, by the recipient's messages that are no other send's.

        With each, whether it certainly is this text.

        Raises:
            SakariError: they cannot be read, or it is not known whose they would be.
        """
        since = entry.first_at - _CLOCKS_APART
        people = [*send.recipient.contacts, send.recipient.along]
        for name, value in self._places(send, entry):
            reading = self._run.client.messages.read({f"{name}Id": value}, back_to=as_text(since))
            listed = [row for rows in reading.pages() for row in rows]
            # Where Sakari has ignored the filter, a message of nobody's may be anybody's.
            is_filtered = {None, value}.issuperset(_owner(row.value, name) for row in listed)
            texts = [row.value for row in listed if is_text(row, since)]
            owners = [_owner(one, name) for one in texts]
            read = {
                _ending(entry.key, text): (is_filtered or owner is not None)
                and is_made_of(text, send.content.text, people)
                for text, owner in zip(texts, owners, strict=True)
                if owner in {None, value}
            }
            yield from ((one, read[one]) for one in self._ledger.free(entry, read))

    def _places(self, send: Send, entry: Entry) -> dict[tuple[str, str], None]:
        """Whose messages to read: `contact` or `conversation`, with the id."""
        places: dict[tuple[str, str], None] = {}
        if entry.contact_id:
            places["contact", entry.contact_id] = None
        if entry.conversation_id:
            places["conversation", entry.conversation_id] = None
        if entry.recipient in send.intent.recipients:
            recipient = send.recipient
            places.update((("contact", one), None) for one in recipient.contact_ids)
            if recipient.kind == "conversation":
                places["conversation", recipient.value] = None
            if recipient.kind == "mobile" and not recipient.contact_ids:
                # Sakari makes a contact of a number that it does not know.
                asked = self._finder.ask(("mobile", recipient.value))
                identify = self._run.client.contacts.identify
                places.update((("contact", identify(one)), None) for one in asked)
        elif not places:
            raise SakariError("the record has another recipient since.")
        return places


def _owner(message: Record, name: str) -> str | None:
    """The id of a message's contact or conversation, where it names one."""
    owner = message.get(name)
    held = owner.get("id") if isinstance(owner, dict) else None
    return None if held is None else str(held)


def _not_looked_up(entry: Entry, error: SakariError) -> Outcome:
    why = f"Nobody knows whether it was sent, and it cannot be looked up: {error}"
    return standing.unresolved(entry, why)


def _some(ids: Iterable[str]) -> str:
    return ", ".join(sorted(ids)[:_SHOWN])


def _ending(key: str, message: Record) -> Ending:
    """What has become of a send, if a message is its text."""
    made = message.get("id")
    job = message.get("job")
    job_id = job.get("id") if isinstance(job, dict) else None
    code = answers.code_and_message(message.get("error"))[0] if failed(message) else None
    return Ending(
        key,
        "rejected" if failed(message) else "accepted",
        None if made is None else str(made),
        None if job_id is None else str(job_id),
        price_of(message),
        code,
    )
