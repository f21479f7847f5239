"""Webhooks: an address, and the events that are delivered there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_client.errors import SakariError
from target_sakari.failure import outcome_of
from target_sakari.others.in_turn import deletion, write_in_turn
from target_sakari.outcome import Action, Outcome, RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sakari_client.resources.base import Record
    from target_sakari.mapping.inputs import WebhookInput
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, Tell, TellRow


class WebhookWriter:
    """Subscribes addresses to events, and unsubscribes them.

    In API 1.0.1 the address is what a webhook is known by, so an address that is there is
    subscribed again to have other events.
    """

    def __init__(self, run: Run, mapper: Callable[[Item], WebhookInput]) -> None:
        self._run = run
        self._mapper = mapper
        self._listed: dict[str, Record] | None = None

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Subscribe and unsubscribe; see `Writer`."""
        write_in_turn(self._run, items, tell, self._write, "subscribe")

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Nothing is left to do."""

    def _write(self, item: Item) -> Outcome:
        wanted, mode = self._mapper(item), item.route.mode
        there = self._known.get(wanted.url)
        if wanted.deleted:
            return self._unsubscribe(wanted.url, there)
        if there is None and mode == "update":
            return Outcome("subscribe", "rejected", Reason.NOT_FOUND, "No webhook has its address.")
        if there is not None and mode == "create":
            return Outcome("subscribe", "skipped", Reason.EXISTS, sakari_id=_id(there))
        return self._subscribe(wanted, there)

    @property
    def _known(self) -> dict[str, Record]:
        """The account's webhooks by address; `destination` in the newer documents."""
        if self._listed is None:
            self._listed = {
                str(one.get("destination") or one.get("url")): one
                for one in self._run.client.webhooks.list()
            }
        return self._listed

    def _subscribe(self, wanted: WebhookInput, there: Record | None) -> Outcome:
        events = wanted.event_types
        if there is not None and (events is None or set(events) == set(_events(there))):
            return Outcome("subscribe", "unchanged", sakari_id=_id(there))
        if not events:
            raise RejectedError(Reason.INVALID, "eventTypes must name an event or more.")
        if self._run.dry_run:
            self._known[wanted.url] = {**(there or {}), "eventTypes": list(events)}
            return Outcome("subscribe", "planned", sakari_id=_id(there))
        with self._run.attempts.count() as count:
            try:
                written = self._run.client.webhooks.subscribe(wanted.url, events)
            except SakariError as error:
                return self._failed(error, "subscribe", there, count.requests)
        self._known[wanted.url] = written
        return Outcome("subscribe", "written", None, None, _id(written), count.requests)

    def _unsubscribe(self, url: str, there: Record | None) -> Outcome:
        if there is None:
            return Outcome("unsubscribe", "skipped", Reason.ALREADY_ABSENT)
        if self._run.dry_run:
            del self._known[url]
            return Outcome("unsubscribe", "planned", sakari_id=_id(there))
        with self._run.attempts.count() as count:
            try:
                was_there = self._run.client.webhooks.unsubscribe(url)
            except SakariError as error:
                return self._failed(error, "unsubscribe", there, count.requests)
        del self._known[url]
        return deletion("unsubscribe", _id(there), there=was_there, requests=count.requests)

    def _failed(
        self, error: SakariError, action: Action, there: Record | None, requests: int
    ) -> Outcome:
        outcome = outcome_of(error, action, sakari_id=_id(there), attempts=requests)
        self._listed = None  # what is there now, the list tells
        return outcome


def _id(webhook: Record | None) -> str | None:
    """Its id; those of API 1.0.1 have none."""
    return None if webhook is None or webhook.get("id") is None else str(webhook["id"])


def _events(webhook: Record) -> list[str]:
    events = webhook.get("eventTypes")
    return events if isinstance(events, list) else []
