"""Texts: planned, guarded, and sent so that nobody gets one twice."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections import defaultdict
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sakari_client.plural import many
from target_sakari.abreast import abreast
from target_sakari.contacts.rounds import by_contact, rounds
from target_sakari.guards.plain import warning
from target_sakari.ledger.entries import DAY, OPEN
from target_sakari.ledger.sent import Sent
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason
from target_sakari.sends import standing
from target_sakari.sends.checks import hour_objection, objection
from target_sakari.sends.content import Contents, Shared
from target_sakari.sends.plan import Planner
from target_sakari.sends.purse import Purse
from target_sakari.sends.recipients import Recipients
from target_sakari.sends.say import in_force
from target_sakari.sends.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence

    from target_sakari.contacts.find import Finder
    from target_sakari.guards.objection import Objection
    from target_sakari.ledger.entries import Entry
    from target_sakari.ledger.ledger import Ledger
    from target_sakari.mapping.inputs import SendInput
    from target_sakari.routes import Item, Route
    from target_sakari.run import Run, Tell, TellRow
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.plan import Send
    from target_sakari.sends.send import Group

logger = logging.getLogger(__name__)

_WARNINGS = 5
"""Texts with odd characters that are told of."""


class SendWriter:
    """Sends texts; see `Writer`.

    Each batch goes through the same steps: what its records mean; what the ledger knows of them;
    the guards (`checks.py`); limits and balance, for the batch as a whole; and only then requests.
    """

    def __init__(
        self,
        run: Run,
        mapper: Callable[[Item], SendInput],
        finder: Finder,
        settings: SendSettings,
    ) -> None:
        """Make a writer; the ledger is opened with the first batch.

        Args:
            run: what it works with.
            mapper: what a record means; may raise `RejectedError`.
            finder: finds contacts, those written in this run among them.
            settings: of sends.
        """
        self._run = run
        self._finder = finder
        self._settings = settings
        self._dry = run.dry_run or not settings.send_enabled
        self._planner = Planner(
            run,
            mapper,
            Contents(run.client, settings),
            Recipients(run, finder, settings),
        )
        self._purse = Purse(run, settings)
        self._ledger: Ledger | None = None
        self._opened = False
        self._planned: set[Hashable] = set()
        self._planned_for = Sent()
        self._warned: set[str] = set()

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        """Send the texts of records; see `Writer`."""
        self._open()
        tally = Tally(tell)
        sends = self._planner.plan(items, tally)
        if self._run.stopping():
            return
        ready, doubles = self._guarded(self._not_sent(sends, tally), tally)
        against = self._purse.check(ready, dry=self._dry)
        ready = _in_order([*ready, *doubles])
        if against:
            logger.warning("sends: %s put off. %s", many(len(ready), "text"), against.detail)
            for one in ready:
                self._settle(tally, one, standing.objected(against, one.before))
            return
        self._warn(ready)
        if self._dry:
            for one in ready:
                self._settle(tally, one, Outcome("send", "planned"))
            return
        for together in rounds(self._queues(ready)):
            self._send(together, tally)

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:  # noqa: ARG002
        """Say how much was sent."""
        self._purse.say(dry=self._dry)

    def _open(self) -> None:
        """Open the ledger; where nothing is sent, only if there is one."""
        if self._opened:
            return
        # Slow to import, and only needed here.
        from target_sakari.ledger.errors import NoLedgerError  # noqa: PLC0415
        from target_sakari.ledger.hold import hold  # noqa: PLC0415
        from target_sakari.ledger.ledger import Ledger  # noqa: PLC0415
        from target_sakari.ledger.place import find_place  # noqa: PLC0415
        from target_sakari.sends.resolve import Resolver  # noqa: PLC0415
        from target_sakari.sends.send import Sender  # noqa: PLC0415

        config = self._run.client.config
        place = find_place(self._settings.ledger_url, config.account_id)
        try:
            make = self._settings.new_ledger and not self._dry
            self._ledger = ledger = Ledger.open(place, make=make, hold=hold(config))
        except NoLedgerError:
            if not (self._settings.new_ledger and self._dry):
                raise
        else:
            self._run.at_end.callback(ledger.close)
            _say_which(ledger)
            self._resolver = Resolver(self._run, ledger, self._finder, self._settings)
            self._sender = Sender(
                run=self._run,
                ledger=ledger,
                resolver=self._resolver,
                shared=Shared(self._run.client, self._settings),
                settings=self._settings,
                objection=self._late_objection,
                run_id=uuid.uuid4().hex,
            )
        self._opened = True
        logger.info("sends: %s.", in_force(self._settings))
        if self._dry and not self._run.dry_run:
            logger.warning(
                "sends: send_enabled is false, so texts are only planned, and no state goes out."
            )
        self._run.client.auth.token()  # any answer tells what time it is in Sakari

    # What the ledger knows

    def _not_sent(self, sends: Sequence[Send], tally: Tally) -> list[Send]:
        """The sends that may go out: those that the ledger has not, and those that it lets go."""
        ready, doubtful, absent = [], [], []
        for send, entry in zip(sends, self._entries(sends), strict=True):
            if entry is None:
                ready.append(send)
            elif outcome := standing.settled(entry, send.intent):
                self._settle(tally, send, outcome)
            elif entry.status == "rejected":
                ready.append(replace(send, before=entry))
            else:
                doubtful.append((send, entry))
        for (send, entry), found in abreast(self._run, doubtful, self._resolve):
            if found and found.reason is not Reason.NOT_FOUND_IN_SAKARI:
                self._settle(tally, send, found)
            else:
                absent.append((send, entry, found))
        # Only now is it known which messages no send accounts for.
        since = min((entry.first_at for _, entry, _ in absent), default=self._run.now())
        look = partial(self._resolve_elsewhere, since)
        for (send, entry, found), other in abreast(self._run, absent, look):
            if outcome := other or found:
                self._settle(tally, send, outcome)
            else:
                ready.append(replace(send, before=entry))
        return _in_order(ready)

    def _entries(self, sends: Sequence[Send]) -> list[Entry | None]:
        if self._ledger is None:
            return [None] * len(sends)
        window = dt.timedelta(hours=self._settings.send_window_hours)
        return self._ledger.find([one.intent for one in sends], now=self._run.now(), window=window)

    def _resolve(self, doubtful: tuple[Send, Entry]) -> Outcome | None:
        if self._dry:
            return standing.unresolved(doubtful[1], "Nobody knows whether it was sent.")
        return self._resolver.resolve(*doubtful, self._run.now())

    def _resolve_elsewhere(
        self, since: dt.datetime, absent: tuple[Send, Entry, Outcome | None]
    ) -> Outcome | None:
        send, entry, _ = absent
        return self._resolver.elsewhere(send, entry, self._run.now(), since)

    # What stands against it

    def _guarded(self, sends: Sequence[Send], tally: Tally) -> tuple[list[Send], list[Send]]:
        """The sends that no guard objects to: each once, and others that may be the same.

        The latter go out only where those before them do not: the ledger tells. In a dry run there
        are none, as nothing is refused.
        """
        now, ready, doubles = self._run.now(), [], []
        since = now - DAY
        sent = self._sent(sends, since)
        if not self._dry:  # then the ledger has all batches before
            self._planned, self._planned_for = set(), Sent()
        for one in sends:
            double = not self._planned.isdisjoint(one.names())
            if double and self._dry:
                detail = "A record before has the same send."
                outcome = Outcome("send", "skipped", Reason.ALREADY_SENT, detail)
                self._settle(tally, one, outcome)
                continue
            itself, who = _counts(one, since), one.intent.recipients
            texts = sent.to(who) - itself
            if not double:
                texts += self._planned_for.to(who)
            against = objection(one, self._settings, now=now, sent=texts)
            if against:
                self._settle(tally, one, standing.objected(against, one.before))
            elif double:
                doubles.append(one)
            else:
                ready.append(one)
                if not itself:
                    self._planned_for.add(who)
                if one.intent.key or self._settings.send_window_hours:
                    self._planned.update(one.names())
        return ready, doubles

    def _sent(self, sends: Sequence[Send], since: dt.datetime) -> Sent:
        """The texts that recipients got since a moment, by the ledger."""
        if self._ledger is None or not self._settings.max_per_recipient_per_day:
            return Sent()
        people = (who for one in sends for who in one.intent.recipients)
        return self._ledger.sent_since(people, since)

    def _late_objection(self, send: Send) -> Objection | None:
        """What stands against a send just before its request, and may not have when planned."""
        hour = hour_objection(send, self._settings, self._run.now())
        return hour or self._purse.admit(send)

    def _warn(self, sends: Sequence[Send]) -> None:
        for one in sends:
            if len(self._warned) >= _WARNINGS:
                return
            if one.content.hash not in self._warned and (odd := warning(one.content.text)):
                self._warned.add(one.content.hash)
                logger.warning("sends: %s", odd)

    # Sending

    def _queues(self, sends: Sequence[Send]) -> Iterator[list[Send]]:
        """For each person, what is sent to them one after the other."""
        for places in by_contact([list(one.marks()) for one in sends]):
            yield [sends[place] for place in places]

    def _send(self, sends: Sequence[Send], tally: Tally) -> None:
        """Send to different people, several requests at a time."""
        groups = list(self._groups(sends))
        try:
            for group, _ in abreast(self._run, groups, self._sender.send):
                self._take(group, tally)
        finally:
            for group in groups:
                self._take(group, tally)
        there = [one for group in groups for one in group.there]
        again = self._not_sent([replace(one, before=None) for one in there], tally)
        if again and not self._run.stopping():
            self._send(again, tally)

    def _groups(self, sends: Sequence[Send]) -> Iterator[Group]:
        from target_sakari.sends.send import Group  # noqa: PLC0415 - as in `_open`

        by_content: dict[Hashable, list[Send]] = defaultdict(list)
        for one in sends:
            by_content[one.content].append(one)
        size = self._settings.recipients_per_request
        for alike in by_content.values():
            for start in range(0, len(alike), size):
                yield Group(alike[start : start + size])

    def _take(self, group: Group, tally: Tally) -> None:
        """Take what became of a group's sends so far."""
        while group.done:
            send, outcome = group.done.pop(0)
            self._settle(tally, send, outcome)

    def _settle(self, tally: Tally, send: Send, outcome: Outcome) -> None:
        self._purse.ended(send, outcome)
        tally.settle(send.position, send.place, outcome)


def _say_which(ledger: Ledger) -> None:
    if ledger.made:
        logger.warning(
            "sends: a new ledger was made, %s. If texts were sent before, theirs is elsewhere: "
            "stop, and set ledger_url to it, or they are sent again.",
            ledger,
        )
    else:
        logger.info("sends: the ledger is %s, with %s.", ledger, many(len(ledger), "send"))


def _in_order(sends: Sequence[Send]) -> list[Send]:
    return sorted(sends, key=lambda one: (one.position, one.place))


def _counts(send: Send, since: dt.datetime) -> bool:
    """Whether the ledger has counted the send itself among its recipient's texts since a moment."""
    row, intent = send.before, send.intent
    return (
        row is not None
        and row.status in OPEN
        and row.intended_at >= since
        and not row.people.isdisjoint(intent.recipients)
    )
