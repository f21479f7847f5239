"""`/conversations`: the texts to and from one contact."""

from __future__ import annotations

from sakari_client.http.envelope import one_if_any
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource

_GET = Operation("GET", "/conversations/{conversationId}")
_CLOSE = Operation("PUT", "/conversations/{conversationId}/close")


class Conversations(Resource):
    """The account's conversations."""

    name = "conversations"

    def get(self, conversation_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/conversations/{conversationId}`: one conversation.

        Args:
            conversation_id: the conversation's id.

        Returns:
            The conversation.

        Raises:
            NotFoundError: there is no such conversation.
            SakariError: the request failed for good.
        """
        return self._get(_GET, conversationId=conversation_id)

    def close(self, conversation_id: str) -> Record:
        """`PUT /v1/accounts/{accountId}/conversations/{conversationId}/close`: close it.

        Args:
            conversation_id: the conversation's id.

        Returns:
            The conversation as it is now.

        Raises:
            NotFoundError: there is no such conversation.
            SakariError: a request failed for good.
        """
        ids = {"conversationId": conversation_id}
        closed: Record | None = self._transport.call(_CLOSE, ids=ids, read=one_if_any)
        return self.get(conversation_id) if closed is None else closed
