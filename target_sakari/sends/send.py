"""Requests to send, each with many recipients of one text."""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from sakari_client.errors import (
    AccessDeniedError,
    AmbiguousError,
    NotFoundError,
    SakariError,
    StoppedError,
)
from target_sakari.failure import is_texts_own, outcome_before, outcome_of
from target_sakari.guards.caps import recipient_cap
from target_sakari.guards.cost import price_of
from target_sakari.ledger.entries import DAY, OPEN, Cap, Ending
from target_sakari.ledger.errors import LedgerError
from target_sakari.outcome import Outcome, RejectedError
from target_sakari.reasons import Reason
from target_sakari.sends import standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sakari_client.resources.sent import Recipient, SendResult
    from target_sakari.guards.objection import Objection
    from target_sakari.ledger.entries import Entry
    from target_sakari.ledger.ledger import Ledger
    from target_sakari.run import Run
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.content import Shared
    from target_sakari.sends.plan import Send
    from target_sakari.sends.resolve import Resolver

logger = logging.getLogger(__name__)


@dataclass
class Group:
    """Sends of one content to different recipients.

    Attributes:
        sends: that are to go out.
        done: those that have an outcome.
        there: those that the ledger got from elsewhere before they were asked for.
    """

    sends: list[Send]
    done: list[tuple[Send, Outcome]] = field(default_factory=list)
    there: list[Send] = field(default_factory=list)


@dataclass(eq=False)
class _Claimed:
    """A send whose row in the ledger is this run's.

    Attributes:
        send: it.
        entry: the row, as it is known.
        before: the row before it was this run's; None: there was none.
    """

    send: Send
    entry: Entry
    before: Entry | None


class _FewerError(Exception):
    """A request must not be made for all of its claims any more.

    Args:
        ours: those that are left.
    """

    def __init__(self, ours: list[_Claimed]) -> None:
        super().__init__()
        self.ours = ours


class Sender:
    """Sends groups, each intent being in the ledger before its request. For any number of threads.

    A claim is undone only where certainly nothing was sent; else it stays for a later run.
    """

    def __init__(  # noqa: PLR0913
        self,
        *,
        run: Run,
        ledger: Ledger,
        resolver: Resolver,
        shared: Shared,
        settings: SendSettings,
        objection: Callable[[Send], Objection | None],
        run_id: str,
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._resolver = resolver
        self._shared = shared
        self._settings = settings
        self._objection = objection
        self._run_id = run_id

    def send(self, group: Group) -> None:
        """Send a group; what became of each of its sends is noted in it.

        Raises:
            LedgerError: the ledger cannot be used. Sends without an outcome may have gone out;
                their intents stay.
            SakariError: something is wrong with the whole run. Sends without an outcome did not go
                out, and are in the ledger no more.
        """
        content = group.sends[0].content
        try:
            media = self._shared.addresses(content)
        except RejectedError as error:
            outcome = Outcome("send", "rejected", error.reason, error.detail)
        except SakariError as error:
            outcome = outcome_before(error, "send")
        else:
            self._ask(group, self._claim(group), media)
            return
        group.done += [(one, outcome) for one in group.sends]

    def _claim(self, group: Group) -> list[_Claimed]:
        """Take the sends down as intended, so far as nobody else has.

        Conversations come first, as they do in the answer.
        """
        sends = sorted(group.sends, key=lambda one: one.recipient.kind != "conversation")
        now, most = self._run.now(), self._settings.max_per_recipient_per_day
        again = [(one.before, one.intent) for one in sends if one.before]
        cap = Cap(most, now - DAY) if most else None
        ours = self._ledger.retake(again, run=self._run_id, now=now, cap=cap) if again else {}
        new = [one for one in sends if not one.before]
        claims = iter(
            self._ledger.claim(
                [one.intent for one in new],
                run=self._run_id,
                now=now,
                window=dt.timedelta(hours=self._settings.send_window_hours),
                cap=cap,
            )
            if new
            else ()
        )
        claimed = []
        for one in sends:
            if one.before:
                entry = ours.get(one.before.key)
                is_capped = one.before.key in ours and entry is None
            else:
                claim = next(claims)
                entry = claim.entry if claim.outcome == "claimed" else None
                is_capped = claim.outcome == "capped"
            if is_capped and (capped := recipient_cap(most or 0, most)):
                group.done.append((one, standing.objected(capped, one.before)))
            elif entry:
                claimed.append(_Claimed(one, entry, one.before))
            else:
                group.there.append(one)
        return claimed

    def _look_again(self, group: Group, claimed: list[_Claimed]) -> None:
        """Just before a try: all are this run's for as long as it may last, and may go out now.

        The ledger is asked, and no clock, which may have stood still or been set meanwhile.

        Raises:
            _FewerError: not of all of them.
        """
        ours = self._let_go(group, self._renewed(group, claimed))
        if len(ours) < len(claimed):
            raise _FewerError(ours)

    def _let_go(self, group: Group, claimed: list[_Claimed]) -> list[_Claimed]:
        """Those claims that nothing stands against now; the others are undone."""
        against = {one: found for one in claimed if (found := self._objection(one.send))}
        if against:
            self._give_back(list(against))
            group.done += [
                (one.send, standing.objected(why, one.before)) for one, why in against.items()
            ]
        return [one for one in claimed if one not in against]

    def _ask(
        self, group: Group, claimed: list[_Claimed], media: Sequence[str], tries: int = 1
    ) -> None:
        """Ask Sakari to send, and see to what it answers."""
        if not claimed:
            return
        content, recipients = claimed[0].send.content, [one.send.recipient for one in claimed]
        with self._run.attempts.count() as count:
            try:
                answer = self._run.client.messages.send(
                    content.text,
                    contacts=[one.contact for one in recipients if one.kind != "conversation"],
                    conversations=[one.value for one in recipients if one.kind == "conversation"],
                    type=content.type,
                    media=media,
                    conversation_strategy=content.strategy,
                    phone_number_group=content.group,
                    before_try=lambda: self._look_again(group, claimed),
                )
            except _FewerError as fewer:
                self._ask(group, fewer.ours, media, tries)
                return
            except AmbiguousError as error:
                doubt = str(error.__cause__)
                doubtful = self._end(
                    group, claimed, [Ending(one.entry.key, "unknown") for one in claimed]
                )
            except SakariError as error:
                self._refused(group, claimed, media, error, count.requests, tries)
                return
            else:
                doubt = "Sakari's answer does not tell."
                doubtful = self._answered(group, claimed, answer, count.requests)
            attempts = count.requests
        self._resolve(group, doubtful, media, doubt, attempts, tries)

    def _answered(
        self, group: Group, claimed: Sequence[_Claimed], answer: SendResult, attempts: int
    ) -> list[_Claimed]:
        """Take down what became of each; returns those that the answer does not tell of."""
        results = dict(zip(claimed, answer.recipients, strict=True))
        endings = [_ending(one.entry, told, answer.job_id) for one, told in results.items()]
        held = self._end(group, claimed, endings)
        doubtful = []
        for one, told in results.items():
            if one not in held:
                continue
            if told.status == "accepted":
                made = (told.message or {}).get("id") or answer.job_id
                outcome = standing.sent(None if made is None else str(made), attempts)
                group.done.append((one.send, outcome))
            elif told.status == "rejected":
                group.done.append((one.send, standing.refused(told.code, attempts)))
            else:
                doubtful.append(one)
        return doubtful

    def _refused(  # noqa: PLR0913, PLR0917
        self,
        group: Group,
        claimed: list[_Claimed],
        media: Sequence[str],
        error: SakariError,
        attempts: int,
        tries: int,
    ) -> None:
        """See to a request that certainly was not carried out.

        If it may be for one of its recipients, each half is asked for by itself.
        """
        if not is_texts_own(error):
            self._give_back(claimed)
            raise error
        if len(claimed) == 1:
            ended = self._end(
                group, claimed, [Ending(claimed[0].entry.key, "rejected", code=error.code)]
            )
            if ended:
                outcome = (
                    standing.refused(error.code, attempts)
                    if isinstance(error, AccessDeniedError | NotFoundError)
                    else outcome_of(error, "send", attempts=attempts)
                )
                group.done.append((claimed[0].send, outcome))
            return
        middle = len(claimed) // 2
        first, rest = claimed[:middle], claimed[middle:]
        try:
            self._ask(group, first, media, tries)
        except BaseException:
            with contextlib.suppress(LedgerError):
                self._give_back(rest)
            raise
        if self._run.stopping():
            self._give_back(rest)
        else:
            self._ask(group, rest, media, tries)

    def _resolve(  # noqa: PLR0913, PLR0917
        self,
        group: Group,
        doubtful: Sequence[_Claimed],
        media: Sequence[str],
        doubt: str,
        attempts: int,
        tries: int,
    ) -> None:
        """Look up at once what became of sends; send those again that the settings allow to."""
        entries = self._ledger.get(one.entry.key for one in doubtful)
        absent: list[_Claimed] = []
        for one in doubtful:
            send, entry = one.send, entries.get(one.entry.key)
            if entry is None:
                ended = self._end(group, [one], [Ending(one.entry.key, "unknown")])
                group.done += [(send, _lost(one.entry)) for _ in ended]
                continue
            why = f"{doubt} It may have been sent."
            doubted = standing.unresolved(entry, why, Reason.NO_CLEAR_ANSWER, attempts)
            found = self._look_up(send, entry, doubted)
            if found is None and tries <= self._run.client.config.max_retries:
                absent.append(_Claimed(send, one.entry, entry))
            else:
                group.done.append((send, found or doubted))
        if absent:
            again = self._ledger.retake(
                [(one.before, one.send.intent) for one in absent if one.before],
                run=self._run_id,
                now=self._run.now(),
            )
            for one in absent:
                if one.entry.key not in again:
                    self._lose(group, one)
            ours = [
                replace(one, entry=entry) for one in absent if (entry := again.get(one.entry.key))
            ]
            self._ask(group, ours, media, tries + 1)

    def _look_up(self, send: Send, entry: Entry, doubted: Outcome) -> Outcome | None:
        """What became of a send in doubt; None where it may go out again."""
        if entry.status not in OPEN:  # another run has found out meanwhile
            return standing.settled(entry, send.intent) or _lost(entry)
        if self._run.stopping():
            return doubted
        try:
            found = self._resolver.resolve(send, entry, self._run.now())
            found = found or self._resolver.elsewhere(send, entry, self._run.now(), entry.first_at)
        except StoppedError:
            return doubted
        if found and found.outcome == "unknown":
            return doubted
        return found and standing.counted(found, doubted.attempts)

    def _end(
        self, group: Group, claimed: Sequence[_Claimed], endings: Sequence[Ending]
    ) -> list[_Claimed]:
        """Take down endings; returns those that were still this run's to end."""
        lost = self._ledger.end(
            endings, run=self._run_id, now=self._run.now(), claimed=[one.entry for one in claimed]
        )
        ended = {one.key: one for one in endings}
        for one in claimed:
            if one.entry.key in lost:
                self._lose(group, one, ended[one.entry.key])
        return [one for one in claimed if one.entry.key not in lost]

    def _lose(self, group: Group, lost: _Claimed, ending: Ending | None = None) -> None:
        """See to a send that was asked for, and whose row is another's: never asked for again."""
        row = self._ledger.get([lost.entry.key]).get(lost.entry.key, lost.entry)
        made = ending.message_id if ending else None
        if ending and ending.status == "accepted" and not (made and made == row.message_id):
            logger.error(
                "sends: Sakari accepted %s as message %s, but another run had taken it over, and "
                "the ledger has message %s: look whether the recipient got it twice.",
                row.key, made or "unknown", row.message_id or "none",
            )  # fmt: skip
        outcome = standing.settled(row, lost.send.intent) or _lost(row)
        group.done.append((lost.send, outcome))

    def _renewed(self, group: Group, claimed: Sequence[_Claimed]) -> list[_Claimed]:
        """Those of the claims that are still this run's; they count from now on."""
        rows = self._ledger.renew(
            [one.entry for one in claimed], run=self._run_id, now=self._run.now()
        )
        group.there += [one.send for one in claimed if one.entry.key not in rows]
        ours = [one for one in claimed if one.entry.key in rows]
        for one in ours:
            one.entry = rows[one.entry.key]
        return ours

    def _give_back(self, claimed: Sequence[_Claimed]) -> None:
        rows = [(one.entry, one.before) for one in claimed]
        self._ledger.give_back(rows, run=self._run_id)


def _lost(entry: Entry) -> Outcome:
    why = "It was asked for, and its row was changed meanwhile."
    return standing.unresolved(entry, why, Reason.NO_CLEAR_ANSWER)


def _ending(entry: Entry, told: Recipient, job_id: str | None) -> Ending:
    if told.status == "accepted":
        made = (told.message or {}).get("id")
        price = price_of(told.message)
        return Ending(entry.key, "accepted", None if made is None else str(made), job_id, price)
    if told.status == "rejected":
        return Ending(entry.key, "rejected", job_id=job_id, code=told.code)
    return Ending(entry.key, "unknown", job_id=job_id)
