"""`/webhooks`: subscriptions to events. `sakari_client.events` reads what they deliver."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from sakari_client.errors import SakariError
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource

if TYPE_CHECKING:
    from collections.abc import Sequence

_SUBSCRIBE = Operation("POST", "/webhooks")
_UNSUBSCRIBE = Operation("DELETE", "/webhooks/{url}")

_NOT_BY_URL = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED})


class Webhooks(Resource):
    """The account's webhooks."""

    name = "webhooks"
    # The OpenAPI document gives this list a `pagination` object but no `offset` and `limit`.
    # They are sent all the same: the API ignores parameters it does not know.
    paged = False
    # A webhook of the old shape has no id.
    keys = ("id", "url")

    def subscribe(self, url: str, event_types: Sequence[str]) -> Record:
        """`POST /v1/accounts/{accountId}/webhooks`: have events delivered to an address.

        Args:
            url: where Sakari is to send them.
            event_types: which; `sakari_client.events.EVENT_TYPES` has their names.

        Returns:
            `{url, eventTypes}`, or `{id, type, eventTypes, destination}`.

        Raises:
            SakariError: the request failed for good.
        """
        return self._create(_SUBSCRIBE, {"url": url, "eventTypes": list(event_types)})

    def unsubscribe(self, url: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/webhooks/{url}`: have nothing delivered any more.

        The older documentation deletes by address, which the newer one does not have. So where
        that is answered 404 or 405, the webhooks of the address are deleted by id.

        Returns:
            Whether there was such a webhook.

        Raises:
            SakariError: a request failed for good.
        """
        try:
            self._transport.call(_UNSUBSCRIBE, ids={"url": url})
        except SakariError as error:
            if error.status not in _NOT_BY_URL:
                raise
            found = [one for one in self.list() if url in (one.get("url"), one.get("destination"))]
            if any(one.get("id") is None for one in found):
                raise  # it is there, and has nothing else to be deleted by
            for one in found:
                self._delete(_UNSUBSCRIBE, url=str(one["id"]))
            return bool(found)
        return True
