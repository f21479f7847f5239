"""`/webhooks`: subscriptions to events. `sakari_client.events` reads what they deliver."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus

from sakari_client.errors import InvalidInputError, SakariError
from sakari_client.events import EVENT_TYPES
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource

logger = logging.getLogger(__name__)

# Whether an address that is subscribed twice gets each event twice, Sakari does not say.
_SUBSCRIBE = Operation(
    "POST", "/webhooks", Repeat.HARMFUL, look_up="the address with webhooks.list()"
)
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

    def subscribe(self, url: str, event_types: Iterable[str]) -> Record:
        """`POST /v1/accounts/{accountId}/webhooks`: have events delivered to an address.

        Args:
            url: where Sakari is to send them.
            event_types: which; `sakari_client.events.EVENT_TYPES` has their names. Others are sent
                too, as Sakari may have new ones, and a warning names them.

        Returns:
            `{url, eventTypes}`, or `{id, type, eventTypes, destination}`; as given, where Sakari's
            answer does not hold it.

        Raises:
            InvalidInputError: there is no address, or no list of names.
            AmbiguousError: it is not known whether the address was subscribed.
            SakariError: the request failed for good.
        """
        if not isinstance(url, str) or not url.strip():
            raise InvalidInputError("url", "must be the address to deliver to.")
        names = _names(event_types)
        unknown = [name for name in names if name not in EVENT_TYPES]
        if unknown:
            logger.warning("webhooks: no such event is documented: %s.", ", ".join(unknown))
        return self._create(_SUBSCRIBE, {"url": url, "eventTypes": names})

    def unsubscribe(self, url: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/webhooks/{url}`: have nothing delivered any more.

        The older documentation deletes by address, which the newer one does not have. So where
        that is answered 404 or 405, the webhooks of the address are deleted by id.

        Args:
            url: where they are delivered.

        Returns:
            Whether there was such a webhook; also True where an earlier try may have removed it.

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
            return bool(found) or error.earlier_may_have_acted
        return True


def _names(event_types: Iterable[str]) -> list[str]:
    """Names of events; a text alone would be taken for a list of letters."""
    if isinstance(event_types, Iterable) and not isinstance(event_types, str | bytes):
        names = list(event_types)
        if names and all(isinstance(name, str) and name.strip() for name in names):
            return names
    raise InvalidInputError("event_types", "must be a list of names, also of one.")
