"""Contacts: found, decided on, and written, batch after batch."""

from __future__ import annotations

from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING

from sakari_client.errors import InvalidInputError
from target_sakari.contacts.bulk import BulkWriter
from target_sakari.contacts.decide import decide, intended, keys_of
from target_sakari.contacts.find import Finder, find_for
from target_sakari.contacts.fold import fold, folded
from target_sakari.contacts.job import Job, Wanted
from target_sakari.contacts.mirror import Mirror
from target_sakari.contacts.rounds import by_contact, rounds
from target_sakari.contacts.single import write_single
from target_sakari.contacts.values import plain
from target_sakari.failure import outcome_of
from target_sakari.outcome import Outcome, RejectedError

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from sakari_client.errors import SakariError
    from target_sakari.contacts.decide import Found
    from target_sakari.contacts.known import Key
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, Tell, TellRow


class ContactWriter:
    """Writes contacts; see `Writer`."""

    def __init__(
        self,
        run: Run,
        mapper: Callable[[Item], ContactInput],
        finder: Finder | None = None,
    ) -> None:
        """Make a writer.

        Args:
            run: what it works with.
            mapper: what a record means; may raise `RejectedError`.
            finder: finds contacts; given where others use it too.
        """
        self._run = run
        self._mapper = mapper
        self._finder = finder or find_for(run)
        self._known = self._finder.known
        self._bulk = BulkWriter(run, self._known, self._finder)
        self._mirror = Mirror(run, self._known, self._finder)
        self._unclear: set[Hashable] = set()

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Write records; see `Writer`."""

        def told(item: Item, outcome: Outcome) -> None:
            self._mirror.told(outcome)
            tell(item, outcome)

        self._mirror.came(items)
        wanted = list(self._read(items, told))
        if any(item.route.mode == "mirror" for item in items):
            self._finder.read_all()
        failed = self._finder.find(key for one in wanted for key in one.keys)
        if self._run.stopping():
            return
        certain = list(self._findable(wanted, failed, told))
        self._write_rounds(self._queues(certain), told)

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Remove what the run did not bring, for streams that are mirrored; see `Writer`.

        Raises:
            MirrorRefusedError: too many would be removed.
            SakariError: something is wrong with the whole run.
        """
        self._mirror.finish(routes, tell)

    def _read(self, items: Sequence[Item], tell: Tell) -> Iterator[Wanted]:
        """What records mean, with values as JSON has them; those that mean nothing are rejected."""
        for item in items:
            wanted = self._understand(item)
            if isinstance(wanted, Outcome):
                tell(item, wanted)
                continue
            if wanted.mobile and self._known.came_before(wanted.mobile):
                self._run.duplicate(item)
            yield Wanted(item, wanted, keys_of(wanted, item.route))

    def _understand(self, item: Item) -> ContactInput | Outcome:
        """What a record means, or the outcome of one that means nothing."""
        action = intended(item.route)
        try:
            return _plain(self._mapper(item))
        except RejectedError as error:
            return Outcome(action, "rejected", error.reason, error.detail)
        except InvalidInputError as error:
            return outcome_of(error, action, attempts=0)

    def _findable(
        self, wanted: Sequence[Wanted], failed: Mapping[Key, SakariError], tell: Tell
    ) -> Iterator[Wanted]:
        """Those records whose contacts could be looked for."""
        for one in wanted:
            error = next((failed[key] for key in one.keys if key in failed), None)
            if error is None:
                yield one
            else:
                tell(one.item, _not_found_out(error, one.item.route))

    def _queues(self, wanted: Sequence[Wanted]) -> Iterator[list[tuple[Wanted, ...]]]:
        """For each contact, what is to be written of it one after the other."""
        found = (self._known.found(one.keys) for one in wanted)
        # If any looks for addresses, those that give a contact one must not change places with it.
        by_email = any("email" in one.item.route.match_by for one in wanted)
        marks = [_marks(*pair, by_email=by_email) for pair in zip(wanted, found, strict=True)]
        for places in by_contact(marks):
            yield folded(wanted[place] for place in places)

    def _write_rounds(self, queues: Iterable[list[tuple[Wanted, ...]]], tell: Tell) -> None:
        for together in rounds(queues):
            certain = self._certain(together, tell)
            if self._run.stopping():
                return
            refused = self._write_round([self._job(records) for records in certain], tell)
            # One of them may be right.
            self._write_rounds(([(one,) for one in job.records] for job in refused), tell)

    def _certain(
        self, together: Sequence[tuple[Wanted, ...]], tell: Tell
    ) -> list[tuple[Wanted, ...]]:
        """Look again for contacts that an earlier record of the run may have changed, or not.

        Returns:
            The records whose contacts are known.
        """
        if not self._unclear:
            return list(together)
        certain = []
        for records in together:
            last = records[-1]
            found = self._known.found(last.keys)
            marks = set(_marks(last, found, by_email=False))
            if marks.isdisjoint(self._unclear):
                certain.append(records)
                continue
            ids: Iterator[Key] = (
                ("id", one.sakari_id) for among in found.values() for one in among if one.sakari_id
            )
            failed = self._finder.look_up_again([*dict.fromkeys((*last.keys, *ids))])
            if not failed:
                self._unclear -= marks
                certain.append(records)
            for error in [*failed.values()][:1]:
                for one in records:
                    tell(one.item, _not_found_out(error, one.item.route))
        return certain

    def _job(self, records: tuple[Wanted, ...]) -> Job:
        last = records[-1]
        route = last.item.route
        wanted = reduce(partial(fold, route=route), (one.input for one in records))
        return Job(records, wanted, decide(wanted, self._known.found(last.keys), route))

    def _write_round(self, jobs: Sequence[Job], tell: Tell) -> list[Job]:
        """Write different contacts, and take in what they are then.

        Returns:
            Those of several records that were refused together.
        """
        refused = []
        for job, outcome in self._outcomes(jobs):
            self._take_in(job, outcome)
            if outcome.outcome == "rejected" and len(job.records) > 1:
                refused.append(job)
                continue
            first, *others = job.records
            tell(first.item, outcome)
            for record in others:
                tell(record.item, replace(outcome, action="update"))
        return refused

    def _outcomes(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        for job in jobs:
            if job.decision.settled:
                yield job, job.decision.settled
        yield from self._send([job for job in jobs if not job.decision.settled])

    def _send(self, jobs: Sequence[Job]) -> Iterator[tuple[Job, Outcome]]:
        if self._run.dry_run:
            return ((job, _planned(job)) for job in jobs)
        if self._run.write_method == "single":
            return write_single(self._run, jobs)
        return self._bulk.write(jobs)

    def _take_in(self, job: Job, outcome: Outcome) -> None:
        decision, contact = job.decision, job.decision.contact
        brought = job.wanted.mobile is not None
        if decision.settled:
            if contact:
                self._known.see(contact.row, brought=brought)
        elif outcome.outcome == "unknown":
            self._unclear |= set(job.records[-1].keys)
            self._unclear |= {("row", contact.row)} if contact else set()
        elif decision.way == "delete":
            if contact and outcome.outcome in {"written", "planned", "skipped"}:
                self._known.remove(contact.row)
        elif outcome.outcome in {"written", "planned"}:
            after = {"id": outcome.sakari_id, **decision.after}
            row = self._known.put(after, contact.row if contact else None)
            self._known.see(row, brought=brought)


def _plain(wanted: ContactInput) -> ContactInput:
    keys = [wanted.sakari_id, wanted.mobile, wanted.email]
    values = plain(
        {
            "fields": wanted.fields,
            "tags": wanted.tags,
            "attributes": wanted.attributes,
            "keys": keys,  # checked only: they are text
        }
    )
    tags = None if values["tags"] is None else tuple(values["tags"])
    return replace(wanted, fields=values["fields"], tags=tags, attributes=values["attributes"])


def _marks(wanted: Wanted, found: Found, *, by_email: bool) -> Iterator[Hashable]:
    """What tells whether another record is about the same contact."""
    yield from wanted.keys
    for contacts in found.values():
        yield from (("row", one.row) for one in contacts)
    email = wanted.input.fields.get("email") or wanted.input.email
    if by_email and email:
        yield "address", email.strip().casefold()


def _not_found_out(error: SakariError, route: Route) -> Outcome:
    """The outcome of a record whose contact could not be looked for, so that nothing was sent.

    Raises:
        SakariError: it is the whole run that failed.
    """
    return replace(outcome_of(error, intended(route), attempts=0), outcome="rejected")


def _planned(job: Job) -> Outcome:
    contact = job.decision.contact
    sakari_id = contact.sakari_id if contact else None
    return Outcome(job.decision.action, "planned", sakari_id=sakari_id)
