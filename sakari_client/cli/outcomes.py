"""What became of a send, as rows: one for each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.http.answers import code_and_message

if TYPE_CHECKING:
    from sakari_client.resources.base import Record
    from sakari_client.resources.sent import Recipient, SendResult


def outcomes(result: SendResult) -> list[Record]:
    """`{to, status, messageId, code, description}` of each recipient.

    First those who were named, then those whom filters found, as far as Sakari lists them. What
    it counts and does not list is one row more, of an unknown recipient.
    """
    rows = [_of(one) for one in result.recipients]
    taken = {id(one.message) for one in result.recipients}
    refused = {
        name for one in result.recipients if one.status == "rejected" for name in _names(one.asked)
    }
    rows += [
        _row(_whom(one.get("contact")), "accepted", one)
        for one in result.messages
        if id(one) not in taken
    ]
    for one in result.invalid:
        if not refused & _names({"contact": one}):
            code, words = code_and_message(one.get("error"))
            rows.append(_row(_whom(one), "rejected", None, code, words))
    return rows + _unlisted(result, rows)


def _unlisted(result: SendResult, rows: list[Record]) -> list[Record]:
    """A row for those whom filters found, and whom Sakari does not list."""
    if result.requested is None or result.valid is None:
        return [] if rows else [_row("those found", "unknown")]
    left = result.requested - len(rows)
    if left <= 0:
        return []
    accepted = result.valid - sum(one["status"] == "accepted" for one in rows)
    status = "accepted" if accepted == left else "unknown"
    return [_row(f"{left:,} more", status)]


def _of(recipient: Recipient) -> Record:
    asked = recipient.asked
    if "conversation" in asked:
        whom = f"conversation {asked['conversation']}"
    else:
        whom = _whom(asked["contact"])
    return _row(whom, recipient.status, recipient.message, recipient.code, recipient.description)


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


def _names(asked: Record) -> set[str]:
    """What a recipient can be known by."""
    contact = asked.get("contact")
    if not isinstance(contact, dict):
        return set()
    return {str(name) for name in (contact.get("id"), phone.of(contact)) if name is not None}
