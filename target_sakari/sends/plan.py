"""From records to sends: one for each recipient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sakari_client.errors import SakariError
from target_sakari.failure import outcome_before
from target_sakari.ledger.entries import Entry, Intent
from target_sakari.ledger.key import key_of, manner_of
from target_sakari.mapping.inputs import nothing_known
from target_sakari.outcome import Outcome, RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

    from target_sakari.mapping.inputs import SendInput
    from target_sakari.routes import Item
    from target_sakari.run import Run
    from target_sakari.sends.content import Content, Contents
    from target_sakari.sends.recipient import Recipient
    from target_sakari.sends.recipients import Recipients
    from target_sakari.sends.tally import Tally


@dataclass(frozen=True)
class Send:
    """A text that is to go to one recipient.

    Attributes:
        position: of the record.
        place: which of the record's sends.
        content: what is sent.
        recipient: who gets it.
        send_at: not before; None: at any time.
        intent: what the ledger is told.
        before: the ledger's row, where it holds the send already and it may go out again.
    """

    position: int
    place: int
    content: Content
    recipient: Recipient
    send_at: dt.datetime | None
    intent: Intent
    before: Entry | None = None

    @property
    def identity(self) -> Hashable:
        """What it has in common with the same send."""
        return self.intent.key or (self.intent.content, self.intent.recipient)

    def names(self) -> Iterator[Hashable]:
        """All it is known by; another with one of them is the same send, as the ledger finds it."""
        yield self.identity
        yield from (
            (self.intent.record or self.intent.content, who) for who in self.intent.recipients
        )

    def marks(self) -> Iterator[Hashable]:
        """What it shares with another that must go out before or after it, not beside it."""
        yield "send", self.identity
        if self.before:
            yield "row", self.before.key
        yield from self.recipient.marks()


@dataclass(frozen=True)
class _Meant:
    """What a record means; and what tells it from others of its stream, if anything does."""

    item: Item
    wanted: SendInput
    content: Content
    told_apart: Mapping[str, Any] | None


class Planner:
    """Makes sends of records; those that mean none are rejected."""

    def __init__(
        self,
        run: Run,
        mapper: Callable[[Item], SendInput],
        contents: Contents,
        recipients: Recipients,
    ) -> None:
        self._run = run
        self._account_id = run.client.config.account_id
        self._mapper = mapper
        self._contents = contents
        self._recipients = recipients

    def plan(self, items: Sequence[Item], tally: Tally) -> list[Send]:
        """The sends of a batch; none if the run is to stop.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        meant = [one for item in items if (one := self._understand(item, tally))]
        self._recipients.look_up([one.wanted for one in meant])
        if self._run.stopping():
            return []
        return [send for one in meant for send in self._sends(one, tally)]

    def _understand(self, item: Item, tally: Tally) -> _Meant | None:
        """What a record means; None where it means nothing."""
        try:
            wanted = self._mapper(item)
            return _Meant(item, wanted, self._contents.of(wanted), _told_apart(item))
        except RejectedError as error:
            _settle(tally, item, Outcome("send", "rejected", error.reason, error.detail))
        except SakariError as error:
            _settle(tally, item, outcome_before(error, "send"))
        return None

    def _sends(self, meant: _Meant, tally: Tally) -> Iterator[Send]:
        item, wanted, content = meant.item, meant.wanted, meant.content
        recipients = self._recipients.of(wanted)
        if not recipients:
            detail = "Nobody has the tags now."
            _settle(tally, item, Outcome("send", "skipped", Reason.NO_RECIPIENT, detail))
            return
        tally.expect(item, len(recipients))
        several = bool(wanted.tags) or len(wanted.contacts) + len(wanted.conversations) > 1
        for place, one in enumerate(recipients):
            if one.problem:
                tally.settle(item.position, place, one.problem)
                continue
            record = self._key(meant)
            recipient, *others = one.hashes(self._account_id)
            intent = Intent(
                self._key(meant, one) if several else record,
                self._account_id,
                item.route.stream,
                content.hash,
                recipient,
                one.shown,
                one.contact_id,
                one.conversation_id,
                record,
                tuple(others),
                item.read_at,
                manner_of(content.group, content.strategy),
            )
            yield Send(item.position, place, content, one, wanted.send_at, intent)

    def _key(self, meant: _Meant, one: Recipient | None = None) -> str | None:
        """The key of a record, or of what it sends to one of several; None where it has none."""
        if meant.told_apart is None:
            return None
        kind, value = one.names()[0] if one else (None, None)
        stream, fields = meant.item.route.stream, meant.told_apart
        return key_of(self._account_id, stream, fields, f"{kind} {value}" if one else None)


def _told_apart(item: Item) -> Mapping[str, Any] | None:
    """What tells a record from others of its stream; None where nothing does.

    Raises:
        RejectedError: a key property, or the field that `send_key` names, is blank: all that lack
            it would be one send.
    """
    field = item.route.send_key
    if field is None:
        blank = [name for name in item.route.key if nothing_known(item.record[name])]
        if blank:
            raise RejectedError(Reason.KEY_MISSING, f"Its key is blank: {', '.join(blank)}.")
        return {name: item.record[name] for name in item.route.key} or None
    value = item.record.get(field)
    if nothing_known(value):
        raise RejectedError(
            Reason.KEY_MISSING, f"{field} is missing or empty, and it is the stream's send_key."
        )
    return {field: value}


def _settle(tally: Tally, item: Item, outcome: Outcome) -> None:
    tally.expect(item, 1)
    tally.settle(item.position, 0, outcome)
