"""What became of a send, as rows: one for each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client import phone

if TYPE_CHECKING:
    from sakari_client.resources.base import Record
    from sakari_client.resources.sent import Recipient, SendResult


def outcomes(result: SendResult) -> list[Record]:
    """`{to, status, messageId, code, description}` of each recipient.

    First those who were named, then those whom filters found, as far as Sakari lists them. Those it
    counts and does not list are one row more.
    """
    rows = [_of(one) for one in (*result.recipients, *result.found)]
    if result.requested is None or result.valid is None:
        return rows or [_row("those found", "unknown")]
    left = result.requested - len(rows)
    return [*rows, _row(f"{left:,} more", result.others)] if left > 0 else rows


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
