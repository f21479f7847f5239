"""What became of a send, as rows: one for each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.http.answers import code_and_message
from sakari_client.resources.sent import failed, names_asked, names_of_message

if TYPE_CHECKING:
    from sakari_client.resources.base import Record
    from sakari_client.resources.sent import Recipient, SendResult


def outcomes(result: SendResult) -> list[Record]:
    """`{to, status, messageId, code, description}` of each recipient.

    First those who were named, then those whom filters found, as far as Sakari lists them. Those it
    counts and does not list are one row more. Where it counts as valid all whom it does not refuse,
    whoever is not listed is accepted, named or found; else nobody knows.
    """
    rows = [_of(one) for one in result.recipients]
    taken = {id(one.message) for one in result.recipients}
    taken |= {id(one.refused) for one in result.recipients}
    rejected = {
        name
        for one in result.recipients
        if one.status == "rejected"
        for name in names_asked(one.asked)
    }
    for one in result.messages:
        if failed(one):
            rejected.update(names_of_message(one))
        if id(one) not in taken:
            rows.append(_of_message(one))
    rows += [
        _row(_whom(one), "rejected", None, *code_and_message(one.get("error")))
        for one in result.invalid
        if id(one) not in taken and not rejected.intersection(names_asked({"contact": one}))
    ]
    return _with_unlisted(result, rows)


def _with_unlisted(result: SendResult, rows: list[Record]) -> list[Record]:
    """The rows with what the counts tell of those who are not listed."""
    if result.requested is None or result.valid is None:
        return rows or [_row("those found", "unknown")]
    left = result.requested - len(rows)
    if left < 0:
        return rows
    refused = sum(one["status"] == "rejected" and one["messageId"] is None for one in rows)
    status = "accepted" if result.valid == result.requested - refused else "unknown"
    told = [{**one, "status": status} if one["status"] == "unknown" else one for one in rows]
    return told + ([_row(f"{left:,} more", status)] if left else [])


def _of(recipient: Recipient) -> Record:
    asked = recipient.asked
    if "conversation" in asked:
        whom = f"conversation {asked['conversation']}"
    else:
        whom = _whom(asked["contact"])
    return _row(whom, recipient.status, recipient.message, recipient.code, recipient.description)


def _of_message(message: Record) -> Record:
    whom = _whom(message.get("contact"))
    if not failed(message):
        return _row(whom, "accepted", message)
    return _row(whom, "rejected", message, *code_and_message(message.get("error")))


def _row(
    whom: str,
    status: str,
    message: Record | None = None,
    code: str | None = None,
    description: str | None = None,
) -> Record:
    return {
        "to": whom,
        "status": status,
        "messageId": message.get("id") if message else None,
        "code": code,
        "description": description,
    }


def _whom(contact: Any) -> str:
    """A contact's number, or else the id."""
    if not isinstance(contact, dict):
        return ""
    return phone.of(contact) or phone.number_of(contact) or f"contact {contact.get('id')}"
