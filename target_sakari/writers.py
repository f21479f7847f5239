"""What writes the records of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from target_sakari.contacts.find import find_for
from target_sakari.contacts.writer import ContactWriter
from target_sakari.mapping.contacts import ContactMapper
from target_sakari.mapping.others import ConversationMapper, NamedMapper, WebhookMapper
from target_sakari.mapping.sends import SendMapper
from target_sakari.others.conversations import ConversationWriter
from target_sakari.others.named import NamedWriter
from target_sakari.others.webhooks import WebhookWriter
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.sends.writer import SendWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from target_sakari.routes import Item, Kind, Route
    from target_sakari.run import Run, Writer

_Meant_co = TypeVar("_Meant_co", covariant=True)


class Mapper(Protocol[_Meant_co]):
    """Knows what the records of a stream mean."""

    def read(self, record: Mapping[str, Any]) -> _Meant_co:
        """What a record means.

        Raises:
            RejectedError: it cannot be written as it is.
        """


class Meaning(Generic[_Meant_co]):
    """What records mean, by the mapper of their route."""

    def __init__(self, make: Callable[[Route], Mapper[_Meant_co]]) -> None:
        self._make = make
        self._mappers: dict[str, tuple[Route, Mapper[_Meant_co]]] = {}  # of the latest routes

    def __call__(self, item: Item) -> _Meant_co:
        """What a record means.

        Raises:
            RejectedError: it lacks its key, or cannot be written as it is.
        """
        missing = [name for name in item.route.key if item.record.get(name) is None]
        if missing:
            raise RejectedError(
                Reason.KEY_MISSING, f"Its key is missing or null: {', '.join(missing)}."
            )
        route, mapper = self._mappers.get(item.route.stream, (None, None))
        if mapper is None or route is not item.route:
            mapper = self._make(item.route)
            self._mappers[item.route.stream] = (item.route, mapper)
        return mapper.read(item.record)


def make_writers(run: Run) -> dict[Kind, Writer]:
    """A writer for each kind."""
    client, finder = run.client, find_for(run)
    return {
        "contacts": ContactWriter(run, Meaning(ContactMapper), finder),
        "messages": SendWriter(run, Meaning(SendMapper), finder, run.sending),
        "templates": NamedWriter(run, Meaning(NamedMapper), client.templates),
        "campaigns": NamedWriter(run, Meaning(NamedMapper), client.campaigns),
        "conversations": ConversationWriter(run, Meaning(ConversationMapper)),
        "webhooks": WebhookWriter(run, Meaning(WebhookMapper)),
    }
