"""A conversation is closed by hand; the next message opens it again, as after a closing by time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator.endpoints.call import success
from sakari_emulator.row_writes import touch
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint
    from sakari_emulator.rows import Conversation


def _close(call: Call) -> Response:
    """PUT /conversations/{conversationId}/close: one that is closed stays as it is."""
    conversation: Conversation = call.row("conversations")
    account = call.emulator.account
    if conversation.closes is None or conversation.closes > account.now():
        conversation.closes = account.now()
        touch(account, conversation)
    return success(show(conversation, call.switches))


ENDPOINTS: list[tuple[str, str, Endpoint]] = [("PUT", "/conversations/{id}/close", _close)]
