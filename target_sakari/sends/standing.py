"""What the ledger's row of a send means for the send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from target_sakari.ledger.entries import OPEN
from target_sakari.outcome import Outcome
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from target_sakari.guards.objection import Objection
    from target_sakari.ledger.entries import Entry, Intent


_TO_ANOTHER = (
    "A text with this key went to another number. If it was for somebody else, give each a key of "
    "its own."
)


def settled(entry: Entry, intent: Intent) -> Outcome | None:
    """The outcome of a send that needs no request; None where it is open, or was mended."""
    if entry.status == "accepted":
        detail = _TO_ANOTHER if entry.people.isdisjoint(intent.recipients) else None
        message = entry.message_id or entry.job_id
        return Outcome("send", "skipped", Reason.ALREADY_SENT, detail, message)
    if entry.status == "rejected" and same(entry, intent):
        by = (
            f"Sakari refused it before ({entry.code})"
            if entry.code
            else "It was refused, or settled as rejected, before"
        )
        detail = (
            f"{by}. Mend the record; or to try it again as it is: sakari ledger forget {entry.key}"
        )
        return Outcome("send", "rejected", Reason.ALREADY_REJECTED, detail)
    return None


def same(entry: Entry, intent: Intent) -> bool:
    """Whether the ledger's row is of just this text for just this recipient, sent just so."""
    return (
        entry.content == intent.content
        and entry.manner == intent.manner
        and entry.recipient in intent.recipients
    )


def objected(against: Objection, before: Entry | None) -> Outcome:
    """The outcome of a send that a guard or a limit objects to; it may have gone out before.

    Args:
        against: what stands against it.
        before: its row before it was to go out now.
    """
    if before and before.status in OPEN:
        asked = f"Nobody knows whether it was sent, and it is not sent again now: {against.detail}"
        return unresolved(before, asked)
    return Outcome("send", against.outcome, against.reason, against.detail)


def unresolved(
    entry: Entry, why: str, reason: Reason = Reason.UNRESOLVED, attempts: int = 0
) -> Outcome:
    """The outcome of a send that nobody knows the end of, with what settles it."""
    detail = f"{why} To settle it: sakari ledger settle {entry.key} --as accepted (or rejected)."
    return Outcome("send", "unknown", reason, detail, attempts=attempts)


def sent(entry_id: str | None, attempts: int) -> Outcome:
    """The outcome of a send that Sakari accepted."""
    return Outcome("send", "written", sakari_id=entry_id, attempts=attempts)


def refused(code: str | None, attempts: int) -> Outcome:
    """The outcome of a send that Sakari refused."""
    detail = f"Sakari refused the text or its recipient ({code or 'no code'})."
    return Outcome("send", "rejected", Reason.REFUSED, detail, attempts=attempts)


def counted(outcome: Outcome, attempts: int) -> Outcome:
    """An outcome with the number of requests that carried the record."""
    return replace(outcome, attempts=attempts)
