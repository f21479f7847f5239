"""Who is told of events, and the body of each delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sakari_emulator import tokens
from sakari_emulator.row_writes import stamp, touch
from sakari_emulator.rows import Message, Row, Webhook
from sakari_emulator.shapes import id_of, show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_emulator.account import Account
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches

# Event of v1.0.1 foresees messages, and an account's balance that no subscription asks for.
_DOCUMENTED = {
    "message-sent": "messageStatus",
    "message-status": "messageStatus",
    "message-received": "messageIncoming",
}


def subscribe(account: Account, url: str, event_types: Sequence[str]) -> Webhook:
    """A webhook for these events: a new one, or the one that the URL has already."""
    webhook = next((row for row in account.webhooks if row.url == url), None)
    if webhook is None:
        webhook = Webhook(**stamp(account, "webhooks"), url=url, event_types=list(event_types))
        account.webhooks.add(webhook)
    else:
        webhook.event_types = list(event_types)
        touch(account, webhook)
    return webhook


def body(event_type: str, row: Row, event_id: str, switches: Switches) -> bytes | None:
    """The JSON posted to a webhook, or None where the form asked for knows no such event.

    Args:
        event_type: One of EVENT_TYPES.
        row: The contact, message or conversation as it is now.
        event_id: Only the documented form has it.
        switches: `webhook_body`, and how rows are shown.
    """
    shown = show(row, switches)
    account_id = id_of(tokens.ACCOUNT_ID, switches)
    if switches.webhook_body == "real":
        # As in the sample of help article 15804059182100: a message repeats the account's id.
        payload = {"accountId": account_id, **shown} if isinstance(row, Message) else shown
        event: Json = {"accountId": account_id, "eventType": event_type, "payload": payload}
    elif event_type in _DOCUMENTED:
        kind, data = _DOCUMENTED[event_type], _documented_data(shown)
        event = {"eventId": event_id, "type": kind, "accountId": account_id, "data": data}
    else:
        return None
    return msgspec.json.encode(event)


def _documented_data(shown: Json) -> Json:
    """MessageEventPayload of v1.0.1, whose error is a string."""
    data: Json = {name: shown[name] for name in ("contact", "message", "status") if name in shown}
    if "error" in shown:
        data["error"] = shown["error"]["code"]
    return data
