"""What became of a send that nobody knows the end of: looked up among the recipient's messages."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

from sakari_client.errors import SakariError
from sakari_client.http import answers
from sakari_client.resources.sent import failed
from target_sakari.guards.cost import price_of
from target_sakari.guards.plain import plain
from target_sakari.reasons import Reason
from target_sakari.sends import standing
from target_sakari.sends.entries import Ending
from target_sakari.sends.ledger_schema import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.resources.base import Record
    from target_sakari.contacts.find import Finder
    from target_sakari.outcome import Outcome
    from target_sakari.run import Run
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.entries import Entry
    from target_sakari.sends.ledger import Ledger
    from target_sakari.sends.plan import Send

_CLOCKS_APART = dt.timedelta(minutes=1)
"""How much earlier than the first intent a message may claim to have been made."""

_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)


class Resolver:
    """Finds out what became of sends. For any number of threads."""

    def __init__(self, run: Run, ledger: Ledger, finder: Finder, settings: SendSettings) -> None:
        self._run = run
        self._ledger = ledger
        self._finder = finder
        self._settings = settings

    def resolve(self, send: Send, entry: Entry, now: dt.datetime) -> Outcome | None:
        """What became of a send whose row is an intent or unknown; the ledger is told.

        Returns:
            Its outcome; None where it is not found, and may go out again.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        if entry.content != send.intent.content:
            why = "Nobody knows whether it was sent, and its text has changed since."
            return standing.unresolved(entry, why)
        try:
            found = list(self._found(send, entry))
        except SakariError as error:
            why = f"Nobody knows whether it was sent, and it cannot be looked up: {error}"
            return standing.unresolved(entry, why)
        for message in found:
            ending = _ending(entry, message)
            if self._ledger.resolve(entry, ending, now=now):
                if ending.status == "rejected":
                    return standing.refused(ending.code, 0)
                return standing.sent(ending.message_id, 0)
            current = self._ledger.get([entry.key]).get(entry.key)
            if current != entry:  # somebody else has found out
                return (current and standing.settled(current, send.intent)) or (
                    standing.unresolved(entry, "It was changed by another run meanwhile.")
                )
        return self._absent(entry, now)

    def _absent(self, entry: Entry, now: dt.datetime) -> Outcome | None:
        if entry.is_held(now):
            why = f"A run may be about to send it, until {as_text(entry.held_until)}."
            return standing.unresolved(entry, why)
        # Sakari's clock is known to the second, so that an intent may seem yet to come.
        age = max(0.0, (now - entry.intended_at).total_seconds())
        at_once = self._settings.delivery == "at_least_once"
        grace = 0.0 if at_once else self._settings.unknown_grace_seconds
        if age < grace:
            why = "Nobody knows yet whether it was sent. A later run looks again."
            return standing.unresolved(entry, why)
        if at_once or self._settings.resend_unknown:
            return None
        why = "It is not among the recipient's messages. resend_unknown: true would send it again."
        return standing.unresolved(entry, why, Reason.NOT_FOUND_IN_SAKARI)

    def _found(self, send: Send, entry: Entry) -> Iterator[Record]:
        """The recipient's messages that may be the text, and are no other send's.

        Raises:
            SakariError: they cannot be read, or it is not known whose they would be.
        """
        since = entry.first_at - _CLOCKS_APART
        for name, value in self._places(send, entry):
            reading = self._run.client.messages.read({f"{name}Id": value}, back_to=as_text(since))
            fitting = [
                row.value
                for rows in reading.pages()
                for row in rows
                if _is_of(row.value, name, value)
                and _fits(row.value, send.content.text)
                and _is_later(row.created, since)
            ]
            taken = self._ledger.attached(
                str(one["id"]) for one in fitting if one.get("id") is not None
            )
            yield from (one for one in fitting if str(one.get("id")) not in taken)

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
            if recipient.kind == "mobile" and not recipient.contact_ids:
                # Sakari makes a contact of a number that it does not know.
                asked = self._finder.ask(("mobile", recipient.value))
                identify = self._run.client.contacts.identify
                places.update((("contact", identify(one)), None) for one in asked)
        elif not places:
            raise SakariError("the record has another recipient since.")
        return places


def _is_of(message: Record, name: str, value: str) -> bool:
    """Whether a message is of a contact or conversation; not if Sakari has ignored the filter."""
    owner = message.get(name)
    held = owner.get("id") if isinstance(owner, dict) else None
    return held is None or str(held) == value


def _fits(message: Record, text: str) -> bool:
    """Whether a message was sent, and has a text."""
    if message.get("outgoing") is False:
        return False
    template = message.get("template")
    if isinstance(template, str) and template:
        return _comparable(template) == _comparable(text)
    return _is_filled_in(text, _comparable(message.get("message")))


def _is_filled_in(text: str, made: str) -> bool:
    """Whether a text becomes another where its placeholders are filled in."""
    first, *rest = map(_comparable, _PLACEHOLDER.split(text))
    if not rest:
        return first == made
    at, end = len(first), len(made) - len(rest[-1])
    if not (made.startswith(first) and made.endswith(rest[-1])):
        return False
    for part in rest[:-1]:
        found = made.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return at <= end


def _comparable(text: Any) -> str:
    """A text but for its blanks, and what `plain_characters` or Sakari may have made plain."""
    return " ".join(plain(text).split()) if isinstance(text, str) else ""


def _ending(entry: Entry, message: Record) -> Ending:
    made = message.get("id")
    job = message.get("job")
    job_id = job.get("id") if isinstance(job, dict) else None
    code = answers.code_and_message(message.get("error"))[0] if failed(message) else None
    return Ending(
        entry.key,
        "rejected" if failed(message) else "accepted",
        None if made is None else str(made),
        None if job_id is None else str(job_id),
        price_of(message),
        code,
    )


def _is_later(stamp: str | None, since: dt.datetime) -> bool:
    """Whether a message was made since; also where that cannot be told."""
    try:
        moment = dt.datetime.fromisoformat((stamp or "").replace("Z", "+00:00"))
    except ValueError:
        return True
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.timezone.utc)) >= since
