"""Templates and campaigns, which have no key of their own but Sakari's id: so names serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_client.errors import InvalidInputError, RequestRefusedError, SakariError
from target_sakari.failure import outcome_of
from target_sakari.others.changes import changes
from target_sakari.others.in_turn import deletion, write_in_turn
from target_sakari.others.known_names import KnownNames
from target_sakari.outcome import Action, Outcome, RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sakari_client.resources.base import Record
    from sakari_client.resources.campaigns import Campaigns
    from sakari_client.resources.templates import Templates
    from target_sakari.mapping.inputs import NamedInput
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, Tell, TellRow


class NamedWriter:
    """Writes templates or campaigns: found by id, else by exact name.

    Those of the account are listed once, and what is written is remembered: a record that changes
    nothing costs no request.
    """

    def __init__(
        self, run: Run, mapper: Callable[[Item], NamedInput], resource: Templates | Campaigns
    ) -> None:
        self._run = run
        self._mapper = mapper
        self._resource = resource
        self._listed: KnownNames | None = None

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Write records; see `Writer`."""
        write_in_turn(self._run, items, tell, self._write, "upsert")

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Nothing is left to do."""

    def _write(self, item: Item) -> Outcome:
        wanted, mode = self._mapper(item), item.route.mode
        found = self._find(wanted)
        if wanted.deleted:
            return self._delete(found)
        if found is None:
            return self._create(wanted, may_create=mode != "update")
        if mode == "create":
            return Outcome("create", "skipped", Reason.EXISTS, sakari_id=_id(found))
        return self._update(found, wanted)

    @property
    def _known(self) -> KnownNames:
        if self._listed is None:
            self._listed = KnownNames(self._resource.list(), self._resource.identify)
        return self._listed

    def _find(self, wanted: NamedInput) -> Record | None:
        """The one that a record is about: by id, else by name.

        Raises:
            RejectedError: several have its name.
        """
        found = self._known.of_id(wanted.sakari_id)
        # A deletion that was done already must not go on to a namesake.
        if found or (wanted.deleted and wanted.sakari_id is not None):
            return found
        fitting = self._known.of_name(wanted.name)
        if len(fitting) > 1:
            ids = ", ".join(sorted(map(str, map(_id, fitting))))
            raise RejectedError(
                Reason.AMBIGUOUS_MATCH,
                f"{len(fitting)} {self._resource.name} have this name: {ids}. Give the id of one.",
            )
        return fitting[0] if fitting else None

    def _create(self, wanted: NamedInput, *, may_create: bool) -> Outcome:
        if not may_create or wanted.name is None:
            detail = f"None of the account's {self._resource.name} fits it."
            return Outcome(
                "create" if may_create else "update", "rejected", Reason.NOT_FOUND, detail
            )
        fields = {name: value for name, value in wanted.fields.items() if value is not None}
        if self._resource.name == "templates" and "template" not in fields:
            return Outcome("create", "rejected", Reason.INVALID, "template: a new one needs a text")
        if self._run.dry_run:
            self._known.put(fields)
            return Outcome("create", "planned")
        with self._run.attempts.count() as count:
            try:
                created = self._resource.create(fields)
            except SakariError as error:
                return self._failed(error, "create", None, count.requests)
        if created.get("id") is None:
            self._listed = None  # the list tells it, once it is asked for again
        else:
            self._known.put(created)
        return Outcome("create", "written", None, None, _id(created), count.requests)

    def _update(self, found: Record, wanted: NamedInput) -> Outcome:
        sakari_id, different = _id(found), changes(found, wanted.fields)
        if not different:
            return Outcome("update", "unchanged", sakari_id=sakari_id)
        if self._run.dry_run:
            self._known.replace(found, {**found, **different})
            return Outcome("update", "planned", sakari_id=sakari_id)
        with self._run.attempts.count() as count:
            try:
                updated = self._resource.update(str(sakari_id), different)
            except SakariError as error:
                return self._failed(error, "update", sakari_id, count.requests)
        self._known.replace(found, {**found, **updated})
        return Outcome("update", "written", None, None, sakari_id, count.requests)

    def _delete(self, found: Record | None) -> Outcome:
        if found is None:
            return Outcome("delete", "skipped", Reason.ALREADY_ABSENT)
        sakari_id = _id(found)
        if self._run.dry_run:
            self._known.remove(found)
            return Outcome("delete", "planned", sakari_id=sakari_id)
        with self._run.attempts.count() as count:
            try:
                there = self._resource.delete(str(sakari_id))
            except SakariError as error:
                return self._failed(error, "delete", sakari_id, count.requests)
        self._known.remove(found)
        return deletion("delete", sakari_id, there=there, requests=count.requests)

    def _failed(
        self, error: SakariError, action: Action, sakari_id: str | None, requests: int
    ) -> Outcome:
        outcome = outcome_of(error, action, sakari_id=sakari_id, attempts=requests)
        if not isinstance(error, RequestRefusedError | InvalidInputError):
            self._listed = None  # what is there now, the list tells
        return outcome


def _id(record: Record) -> str | None:
    """Its id; none yet, where a dry run would have made it."""
    return None if record.get("id") is None else str(record["id"])
