"""What became of a send, for each recipient asked for."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sakari_client import phone
from sakari_client.http import answers
from sakari_client.http.envelope import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sakari_client.resources.base import Record


_FAILED = frozenset({"error", "invalid", "failed", "undelivered", "rejected", "expired", "blocked"})
"""Statuses of a message that goes to nobody. Sakari names the first two (help article 360038858932)
and documents the field as free text; the others are what carriers say."""


Status = Literal["accepted", "rejected", "unknown", "planned"]


@dataclass(frozen=True)
class Recipient:
    """One recipient.

    Attributes:
        asked: as asked for: `{contact: {…}}` or `{conversation: id}`; of one whom nobody named,
            `{contact: …}` as the answer has it.
        status: accepted by Sakari, which is not delivered yet; rejected, with the reason; unknown,
            where the answer does not tell; or planned, in a dry run.
        message: the message made, as far as the answer lists it.
        code: Sakari's error code, or None.
        description: why it is rejected. Sakari's words: do not log them.
        refused: the contact among `invalid` that it was found to be, if any.
    """

    asked: Record = field(repr=False)
    status: Status
    message: Record | None = field(default=None, repr=False)
    code: str | None = None
    description: str | None = field(default=None, repr=False)
    refused: Record | None = field(default=None, repr=False)


@dataclass(frozen=True)
class SendResult:
    """What Sakari answers to a send (SendMessagesResponse).

    Attributes:
        recipients: those asked for by contact or conversation, in order.
        found: those whom the answer lists beside them, such as filters find.
        others: what became of those whom the answer counts and does not list: accepted where it
            counts as valid all whom it does not refuse, rejected where it counts nobody, else
            unknown. Those named are unknown, too, where it refuses somebody whom it does not tell.
        job_id: of the job that sends the texts.
        requested: how many recipients Sakari counts.
        valid: how many of them get a text.
        estimated_price: of all texts, in the account's currency.
        messages: those made, as far as the answer lists them.
        invalid: contacts that get nothing, each with its `error`.
    """

    recipients: tuple[Recipient, ...]
    found: tuple[Recipient, ...] = ()
    others: Status = "unknown"
    job_id: str | None = None
    requested: int | None = None
    valid: int | None = None
    estimated_price: float | None = None
    messages: Sequence[Record] = field(default=(), repr=False)
    invalid: Sequence[Record] = field(default=(), repr=False)


def read_result(
    asked: Sequence[Record], data: Mapping[str, Any], *, filtered: bool = False
) -> SendResult:
    """Join an answer to the recipients asked for.

    Args:
        asked: each `{contact: {…}}` or `{conversation: id}`.
        data: of SendMessagesResponse. The older `queued` is `valid`; what is not beside `job` is
            read from it.
        filtered: whether filters were given too: the counts include those whom they found.
    """
    found = data.get("job")
    job: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    job_id = data.get("jobId") or job.get("id")
    price = _number(data.get("estimatedPrice"))
    messages = objects(data.get("messages"))
    invalid = objects(data.get("invalid")) or objects(job.get("invalid"))
    requested = _count(data.get("requested"))
    valid = _count(data.get("valid", data.get("queued")))
    listed = _join(asked, messages, invalid)
    if not filtered:
        listed = _join_last(asked, listed, messages, invalid)
    known = [one for one in listed if one is not None]
    beside = _found(known, messages, invalid)
    if not filtered:
        total: int | None = len(asked)
    else:
        total = None if requested is None else max(requested, len(asked) + len(beside))
    others = "rejected" if valid == 0 and not filtered else _of_others(total, valid, known, beside)
    # Whoever is refused and does not seem to be named may be one of those named all the same.
    is_open = others == "accepted" and any(one.refused is not None for one in beside)
    rest: Status = "unknown" if is_open else others
    return SendResult(
        tuple(one or Recipient(who, rest) for who, one in zip(asked, listed, strict=True)),
        beside,
        others,
        None if job_id is None else str(job_id),
        requested=requested,
        valid=valid,
        estimated_price=_number(job.get("estimatedPrice")) if price is None else price,
        messages=messages,
        invalid=invalid,
    )


def _of_others(
    total: int | None, valid: int | None, known: Sequence[Recipient], beside: Sequence[Recipient]
) -> Status:
    """What the counts tell of recipients that are not listed.

    A large send lists its messages in part, or not at all, and counts them all the same. One with
    a message that failed may be counted or not; all are valid only where it is.
    """
    if total is None or valid is None:
        return "unknown"
    refused = sum(one.refused is not None for one in (*known, *beside))
    return "accepted" if total - refused == valid else "unknown"


def failed(message: Mapping[str, Any]) -> bool:
    """Whether a message that Sakari made will not be sent."""
    status, error = message.get("status"), message.get("error")
    if isinstance(status, str) and status.strip().lower() in _FAILED:
        return True
    return any(error.values()) if isinstance(error, Mapping) else bool(error)


def _join(
    asked: Sequence[Record], messages: Iterable[Record], invalid: Iterable[Record]
) -> list[Recipient | None]:
    """Find each recipient among the messages and the refused; None where it is in neither."""
    made = _Named((names_of_message(one), one) for one in messages)
    refused = _Named((_names_of_contact(one), one) for one in invalid)
    return [_find(one, made, refused) for one in asked]


def _find(asked: Record, made: _Named, refused: _Named) -> Recipient | None:
    names = names_asked(asked)
    message = made.take(names)
    if message is not None:
        return _made(asked, message)
    contact = refused.take(names)
    return None if contact is None else _refused(asked, contact)


def _made(asked: Record, message: Record) -> Recipient:
    if not failed(message):
        return Recipient(asked, "accepted", message)
    return Recipient(asked, "rejected", message, *answers.code_and_message(message.get("error")))


def _refused(asked: Record, contact: Record) -> Recipient:
    code, words = answers.code_and_message(contact.get("error"))
    return Recipient(asked, "rejected", None, code, words, contact)


def _join_last(
    asked: Sequence[Record],
    listed: list[Recipient | None],
    messages: Iterable[Record],
    invalid: Iterable[Record],
) -> list[Recipient | None]:
    """Where one recipient is left over, and one message or refused contact, they belong together.

    A conversation whose contact is blocked is answered by the contact alone.
    """
    known = [one for one in listed if one is not None]
    if len(listed) - len(known) != 1:
        return listed
    taken = {id(one.message) for one in known} | {id(one.refused) for one in known}
    names = {
        name
        for one in known
        if one.message is not None
        for name in names_asked(one.asked) + names_of_message(one.message)
    }
    made = [one for one in messages if id(one) not in taken and one.get("id") is not None]
    refused = [
        one
        for one in invalid
        if id(one) not in taken and not names.intersection(_names_of_contact(one))
    ]
    if len(made) + len(refused) != 1:
        return listed
    index = listed.index(None)
    last = _made(asked[index], made[0]) if made else _refused(asked[index], refused[0])
    return [*listed[:index], last, *listed[index + 1 :]]


def _found(
    known: Sequence[Recipient], messages: Iterable[Record], invalid: Iterable[Record]
) -> tuple[Recipient, ...]:
    """Those listed whom nobody named. Who has a message that failed may be refused as well."""
    taken = {id(one.message) for one in known} | {id(one.refused) for one in known}
    made = [_made({"contact": one.get("contact")}, one) for one in messages if id(one) not in taken]
    rejected = {
        name
        for one in (*known, *made)
        if one.status == "rejected"
        for name in (*names_asked(one.asked), *names_of_message(one.message or {}))
    }
    refused = [
        _refused({"contact": one}, one)
        for one in invalid
        if id(one) not in taken and rejected.isdisjoint(_names_of_contact(one))
    ]
    return (*made, *refused)


class _Named:
    """Records by each of their names: `id:…`, `mobile:…`, `conversation:…`."""

    def __init__(self, records: Iterable[tuple[list[str], Record]]) -> None:
        self._by_name: dict[str, list[Record]] = defaultdict(list)
        self._taken: set[int] = set()
        for names, record in records:
            for name in names:
                self._by_name[name].append(record)

    def take(self, names: Iterable[str]) -> Record | None:
        """A record that has one of some names, and that nobody took yet."""
        for name in names:
            for record in self._by_name[name]:
                if id(record) not in self._taken:
                    self._taken.add(id(record))
                    return record
        return None


def names_asked(asked: Record) -> list[str]:
    """What a recipient asked for can be known by."""
    if "conversation" in asked:
        return [f"conversation:{asked['conversation']}"]
    contact = asked["contact"]
    return _names_of_contact(contact) if isinstance(contact, dict) else []


def names_of_message(message: Record) -> list[str]:
    """What a message's recipient can be known by."""
    contact, conversation = message.get("contact"), message.get("conversation")
    names = _names_of_contact(contact) if isinstance(contact, dict) else []
    if isinstance(conversation, dict) and conversation.get("id") is not None:
        names.append(f"conversation:{conversation['id']}")
    return names


def _names_of_contact(contact: Record) -> list[str]:
    """What a contact can be known by, the surest first."""
    names = [f"id:{contact['id']}"] if contact.get("id") is not None else []
    number = phone.of(contact) or phone.number_of(contact)
    return [*names, f"mobile:{number}"] if number else names


def _count(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _number(value: Any) -> float | None:
    """A number, also where it comes as text; None where it is none, or cannot be counted with."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None
