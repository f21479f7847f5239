"""Conversations: closed, where a record says so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import msgspec

from sakari_client.errors import SakariError
from target_sakari.failure import outcome_of
from target_sakari.others.in_turn import write_in_turn
from target_sakari.outcome import Outcome, Status
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from target_sakari.mapping.inputs import ConversationInput
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, Tell, TellRow

_ABOUT_NOW = 5.0
"""Seconds. Answers tell the server's time in whole ones, and some servers not the latest."""


class ConversationWriter:
    """Closes conversations that are not closed yet."""

    def __init__(self, run: Run, mapper: Callable[[Item], ConversationInput]) -> None:
        self._run = run
        self._mapper = mapper
        self._closed: set[str] = set()

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Close conversations; see `Writer`."""
        write_in_turn(self._run, items, tell, self._write, "close")

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        """Nothing is left to do."""

    def _write(self, item: Item) -> Outcome:
        wanted = self._mapper(item)
        if not wanted.closed:
            return Outcome("close", "skipped", Reason.NOTHING_TO_DO, sakari_id=wanted.sakari_id)
        with self._run.attempts.count() as count:
            try:
                status = self._close(wanted.sakari_id)
            except SakariError as error:
                return outcome_of(
                    error, "close", sakari_id=wanted.sakari_id, attempts=count.requests
                )
        attempts = count.requests if status == "written" else 0
        return Outcome("close", status, sakari_id=wanted.sakari_id, attempts=attempts)

    def _close(self, sakari_id: str) -> Status:
        conversations = self._run.client.conversations
        if sakari_id in self._closed or self._is_closed(conversations.get(sakari_id).get("closed")):
            return "unchanged"
        if not self._run.dry_run:
            conversations.close(sakari_id)
        self._closed.add(sakari_id)
        return "planned" if self._run.dry_run else "written"

    def _is_closed(self, closed: Any) -> bool:
        """Whether `closed` says so: true (API 1.0.1), or a date (newer) that is past.

        One that lies ahead is when Sakari will close the conversation by itself.
        """
        if not isinstance(closed, str):
            return closed is True
        try:
            moment = msgspec.convert(closed, datetime)
        except msgspec.ValidationError:
            return False
        utc = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return utc.timestamp() <= self._run.client.server_time() + _ABOUT_NOW
