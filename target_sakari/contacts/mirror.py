"""`mirror`: contacts that the run did not bring are removed, if that is certain and wanted."""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING

from target_sakari.abreast import abreast
from target_sakari.contacts.single import delete
from target_sakari.outcome import Outcome, Row
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from target_sakari.contacts.find import Finder
    from target_sakari.contacts.known import KnownContact, KnownContacts
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, TellRow

logger = logging.getLogger(__name__)


class MirrorRefusedError(Exception):
    """So many contacts would be removed that it is hardly meant: none was."""


class Mirror:
    """Watches what a run brings, and removes what it did not."""

    def __init__(self, run: Run, known: KnownContacts, finder: Finder) -> None:
        self._run = run
        self._known = known
        self._finder = finder
        self._streams: set[str] = set()
        self._open = 0

    def came(self, items: Sequence[Item]) -> None:
        """Note that records came."""
        self._streams.update(item.route.stream for item in items)
        self._open += len(items)

    def told(self, outcome: Outcome) -> None:
        """Note what became of a record; one that failed stays open."""
        if outcome.outcome not in {"rejected", "unknown", "deferred"}:
            self._open -= 1

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Remove the contacts that the run did not bring, if there is a stream to be mirrored.

        Those who opted out stay: a new contact with such a number would be sent messages again.
        Nothing is removed, and a warning says why, where the run may not have brought everybody.

        Raises:
            MirrorRefusedError: too many would be removed.
            SakariError: something is wrong with the whole run.
        """
        mirrored = [route for route in routes if route.mode == "mirror"]
        if not mirrored:
            return
        doubt = self._doubt(mirrored)
        if doubt:
            logger.warning("%s: mirror removed no contact, as %s.", mirrored[0].stream, doubt)
            return
        self._check(mirrored)
        for contact, outcome in chain(self._kept(), self._deleted()):
            tell(Row(mirrored[0].stream, {"id": contact.sakari_id}, outcome))

    def _doubt(self, mirrored: Sequence[Route]) -> str | None:
        """Why the run may not have brought everybody; None where it has."""
        for route in mirrored:
            if route.incremental:
                return (
                    f"{route.stream} sends what changed only (its SCHEMA has bookmark_properties; "
                    "have the tap read it as FULL_TABLE, without a replication key)"
                )
            if route.stream not in self._streams:
                return f"{route.stream} brought no record"
        if self._open:
            return f"{self._open} records for contacts were not written; mend them and run again"
        if self._run.stopping() or not self._finder.read_all():
            return "the account's contacts could not all be read"
        return None

    def _check(self, mirrored: Sequence[Route]) -> None:
        most = min(route.max_delete_percent for route in mirrored)
        # Of what was there: what the run made itself says nothing of whether it is right.
        unseen, count = self._known.count_unseen(), self._known.count()
        if unseen * 100 > most * count:
            raise MirrorRefusedError(
                f"streams.{mirrored[0].stream}.max_delete_percent: mirror would remove {unseen} of "
                f"{count} contacts, which is more than {most:g} percent; none was removed. If they "
                "are to go, raise it for one run."
            )

    def _kept(self) -> Iterator[tuple[KnownContact, Outcome]]:
        for contact in self._known.unseen(blocked=True):
            kept = Outcome("delete", "skipped", Reason.OPTED_OUT, sakari_id=contact.sakari_id)
            yield contact, kept

    def _deleted(self) -> Iterator[tuple[KnownContact, Outcome]]:
        unseen = self._known.unseen(blocked=False)
        if self._run.dry_run:
            for contact in unseen:
                yield contact, Outcome("delete", "planned", sakari_id=contact.sakari_id)
        else:
            yield from abreast(self._run, unseen, lambda one: delete(self._run, str(one.sakari_id)))
