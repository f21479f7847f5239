"""Finding those who are to get a text."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sakari_client import phone
from sakari_client.errors import NotFoundError, SakariError
from target_sakari.abreast import abreast
from target_sakari.contacts.becoming import tags_of
from target_sakari.failure import is_run_wide, outcome_before
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason
from target_sakari.sends.recipient import Recipient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sakari_client.resources.base import Record
    from target_sakari.contacts.find import Finder
    from target_sakari.contacts.known import Key
    from target_sakari.mapping.inputs import ContactInput, SendInput
    from target_sakari.run import Run
    from target_sakari.send_settings import SendSettings

_Answer = TypeVar("_Answer")


class Recipients:
    """Finds those whom the records of a batch name, all of them together."""

    def __init__(self, run: Run, finder: Finder, settings: SendSettings) -> None:
        self._run = run
        self._finder = finder
        self._consent = settings.check_consent
        self._ids = settings.check_consent or settings.quiet_hours is not None
        self._failed: dict[Key, SakariError] = {}
        self._tagged: dict[str, list[Record] | SakariError] = {}
        self._threads: dict[str, Record | SakariError] = {}

    def look_up(self, batch: Sequence[SendInput]) -> None:
        """Look for all who are named. Less may have been found if the run is to stop.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        self._tagged = dict(
            abreast(
                self._run, dict.fromkeys(tag for one in batch for tag in one.tags), self._having
            )
        )
        if self._consent:
            ids = dict.fromkeys(thread for one in batch for thread in one.conversations)
            self._threads = dict(abreast(self._run, ids, self._thread))
        people = [person for one in batch for person in one.contacts]
        self._failed = self._finder.find(
            [
                *(key for person in people for key in self._keys(person)),
                *(("id", one) for thread in self._threads.values() for one in _contact_ids(thread)),
            ]
        )

    def of(self, wanted: SendInput) -> list[Recipient]:
        """The recipients of a record, each person once."""
        found, seen = [], set[object]()
        for one in self._named(wanted):
            marks = set(one.marks())
            if not marks & seen:
                found.append(one)
            seen |= marks
        return found

    def _named(self, wanted: SendInput) -> Iterator[Recipient]:
        yield from map(self._person, wanted.contacts)
        yield from map(self._conversation, wanted.conversations)
        for tag in wanted.tags:
            holders = self._tagged[tag]
            if isinstance(holders, SakariError):
                yield Recipient("contact", f"tag {tag}", problem=outcome_before(holders, "send"))
            else:
                yield from (Recipient("contact", str(one["id"]), (one,)) for one in holders)

    def _keys(self, person: ContactInput) -> Iterator[Key]:
        if person.sakari_id and (self._ids or person.mobile):
            yield "id", person.sakari_id
        elif person.mobile and not person.sakari_id and self._consent:
            yield "mobile", person.mobile

    def _person(self, person: ContactInput) -> Recipient:
        problem, contacts = None, []
        for key in self._keys(person):
            contacts += [one.record for one in self._finder.known.find(key)]
            if key in self._failed:
                problem = outcome_before(self._failed[key], "send")
        if not person.sakari_id:
            return Recipient("mobile", str(person.mobile), tuple(contacts), _along(person), problem)
        if problem is None and self._ids and not contacts:
            problem = _rejected(Reason.NOT_FOUND, "Sakari has no contact of this id.")
        elif contacts and person.mobile and not phone.same(contacts[0], person.mobile):
            detail = "The contact has another number than the record: whom is it for?"
            problem = problem or _rejected(Reason.NUMBER_DIFFERS, detail)
        return Recipient("contact", person.sakari_id, tuple(contacts), problem=problem)

    def _conversation(self, thread_id: str) -> Recipient:
        thread = self._threads.get(thread_id, {})
        if isinstance(thread, NotFoundError):
            problem = _rejected(Reason.NOT_FOUND, "Sakari has no conversation of this id.")
            return Recipient("conversation", thread_id, problem=problem)
        if isinstance(thread, SakariError):
            return Recipient("conversation", thread_id, problem=outcome_before(thread, "send"))
        contacts = [
            one.record
            for contact_id in _contact_ids(thread)
            for one in self._finder.known.find(("id", contact_id))
        ]
        return Recipient("conversation", thread_id, tuple(contacts))

    def _having(self, tag: str) -> list[Record] | SakariError:
        """All who have exactly this tag; Sakari's filter also finds those that hold its name."""
        contacts = self._run.client.contacts
        return _asked(
            lambda: [
                {**one, "id": contacts.identify(one)}
                for one in contacts.list({"tags": tag})
                if tag in tags_of(one.get("tags"))
            ]
        )

    def _thread(self, thread_id: str) -> Record | SakariError:
        return _asked(lambda: self._run.client.conversations.get(thread_id))


def _asked(ask: Callable[[], _Answer]) -> _Answer | SakariError:
    """An answer, or why there is none.

    Raises:
        SakariError: something is wrong with the whole run.
    """
    try:
        return ask()
    except SakariError as error:
        if is_run_wide(error):
            raise
        return error


def _contact_ids(thread: Record | SakariError) -> Iterable[str]:
    contact = None if isinstance(thread, SakariError) else thread.get("contact")
    found = contact.get("id") if isinstance(contact, dict) else None
    return () if found is None else (str(found),)


def _along(person: ContactInput) -> Record:
    """What goes along with a number, for placeholders; and its country, where that is certain."""
    country = person.country or phone.country_of(str(person.mobile))
    said = {name: value for name, value in person.fields.items() if value is not None}
    if person.attributes:
        said["attributes"] = person.attributes
    return {**said, **({"mobile": {"country": country}} if country else {})}


def _rejected(reason: Reason, detail: str) -> Outcome:
    return Outcome("send", "rejected", reason, detail)
