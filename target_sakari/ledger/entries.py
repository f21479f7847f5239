"""What the ledger of sends holds, and what it is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from decimal import Decimal

DAY = dt.timedelta(hours=24)
"""What caps count over, and how long the window is unless the settings say otherwise."""

Ended = Literal["accepted", "rejected", "unknown"]
"""How a request for a send ended."""

Status = Literal["intent", "accepted", "rejected", "unknown"]
"""How a send stands; `intent`: it is about to be asked for, or whoever asked has died."""

STATUSES: tuple[Status, ...] = ("intent", "accepted", "rejected", "unknown")

OPEN: tuple[Status, ...] = ("intent", "unknown")
"""Those of sends that nobody knows the end of."""


@dataclass(frozen=True)
class Intent:
    """A text that is to go to one recipient.

    Attributes:
        key: of the send, by `key.py`; None where the record has none: then the same content to
            the same recipient is the same send for as long as the window is.
        account_id: of the Sakari account.
        stream: where the record came from.
        content: hash of what is sent.
        recipient: hash of who gets it.
        shown: the recipient as people may see it: the last four digits, or an id.
        contact_id: of the recipient, where it is known.
        conversation_id: of the recipient, where it is known.
        record: hash of the record, whoever it names; None where it has no key. A row of the same
            record and the same person is this send, whatever its key.
        other_recipients: hashes of the same person by what else is known of them.
        read_at: when the tap read the record, which may come again from a file much later; None
            where that is not known.
        manner: hash of how it is sent, which does not make it another send; see `key.manner_of`.
    """

    key: str | None
    account_id: str
    stream: str
    content: str
    recipient: str
    shown: str
    contact_id: str | None = None
    conversation_id: str | None = None
    record: str | None = None
    other_recipients: tuple[str, ...] = ()
    read_at: dt.datetime | None = None
    manner: str | None = None

    @property
    def recipients(self) -> tuple[str, ...]:
        """All hashes of who gets it."""
        return (self.recipient, *self.other_recipients)


@dataclass(frozen=True)
class Entry:
    """A row of the ledger: one send, whenever and however often it was tried.

    Attributes:
        key: of the row; where the intent had none, one of its own.
        run: the run that claimed it last.
        intended_at: when that was, or when it was last about to be asked for; UTC, to the
            millisecond.
        held_until: until when that run may be about to ask for it, by its own settings; see
            `is_held`.
        first_at: when it was first claimed; a text made since may be it.
        changed_at: when the row last changed.
        message_id: Sakari's, where it is known.
        job_id: Sakari's, where it is known.
        price: what the text cost, where it is known.
        code: Sakari's code of the refusal.
        tries: how often the send was claimed.
        found: whether its end was found among Sakari's messages, and not in the answer to it.
        contact: hash of who gets it by the id of the contact, where that is known; so it is the
            same person when the number is corrected.

    The other attributes are those of `Intent`.
    """

    key: str
    account_id: str
    stream: str
    record: str | None
    content: str
    recipient: str
    contact: str | None
    shown: str
    contact_id: str | None
    conversation_id: str | None
    status: Status
    run: str
    intended_at: dt.datetime
    held_until: dt.datetime
    first_at: dt.datetime
    changed_at: dt.datetime
    message_id: str | None = None
    job_id: str | None = None
    price: Decimal | None = None
    code: str | None = None
    manner: str | None = None
    tries: int = 1
    found: bool = False

    @property
    def people(self) -> set[str]:
        """All hashes of who gets it."""
        return {self.recipient} | ({self.contact} if self.contact else set())

    def is_held(self, now: dt.datetime) -> bool:
        """Whether a run may be about to ask for it, so that all others leave it alone."""
        return self.status == "intent" and now < self.held_until


@dataclass(frozen=True)
class Ending:
    """How the request for one send ended."""

    key: str
    status: Ended
    message_id: str | None = None
    job_id: str | None = None
    price: Decimal | None = None
    code: str | None = None


@dataclass(frozen=True)
class Claim:
    """The answer to an intent.

    Attributes:
        outcome: `claimed`: it is this run's to send; `there`: the send is in the ledger already,
            this run's own included; `capped`: the recipient gets no further text for now.
        entry: the row, as it is now; None where there is none, as it was capped.
    """

    outcome: Literal["claimed", "there", "capped"]
    entry: Entry | None


@dataclass(frozen=True)
class Cap:
    """How many texts one recipient may get since a moment; rejected ones do not count."""

    texts: int
    since: dt.datetime
