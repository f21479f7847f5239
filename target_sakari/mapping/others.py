"""Templates, campaigns, conversations and webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_sakari.mapping.columns import Columns, is_deleted
from target_sakari.mapping.contract import contract_of
from target_sakari.mapping.inputs import ConversationInput, NamedInput, WebhookInput
from target_sakari.mapping.tags import split
from target_sakari.mapping.values import as_id, faithful
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from target_sakari.routes import Route

_KEYS = frozenset({"id", "name"})
"""What finds a template or a campaign: nothing else is read of a record that deletes."""

_YES = frozenset({"true", "yes", "1"})
_NO = frozenset({"false", "no", "0"})


class NamedMapper:
    """Reads the records of a stream as templates or campaigns, which are known by their names."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._columns = Columns(route)
        self._contract = contract_of(route.to)

    def read(self, record: Mapping[str, Any]) -> NamedInput:
        """What a record says of one.

        Null and blank text say nothing; with `null_clears`, that the field is to be cleared.

        Raises:
            RejectedError: it breaks the contract, or has neither an id nor a name.
        """
        deleted = is_deleted(self._route, record)
        held = self._columns.values(record)
        if deleted:
            held = {name: value for name, value in held.items() if name in _KEYS}
        known = {name: value for name, value in held.items() if value is not None}
        self._contract.check(known)
        if not known.keys() & _KEYS:
            raise _no_key("id and no name")
        fields = {name: faithful(name, value) for name, value in known.items() if name != "id"}
        if "name" in fields:
            fields["name"] = fields["name"].strip()
        if self._route.null_clears:
            fields |= dict.fromkeys(held.keys() - known.keys() - _KEYS)
        return NamedInput(
            as_id(known["id"]) if "id" in known else None, fields.get("name"), fields, deleted
        )


class ConversationMapper:
    """Reads the records of a stream as conversations."""

    def __init__(self, route: Route) -> None:
        self._columns = Columns(route)
        self._contract = contract_of("conversations")

    def read(self, record: Mapping[str, Any]) -> ConversationInput:
        """Which conversation, and whether it is to be closed.

        Raises:
            RejectedError: it breaks the contract, or has no id.
        """
        held = self._columns.values(record)
        known = {name: value for name, value in held.items() if value is not None}
        self._contract.check(known)
        if "id" not in known:
            raise _no_key("id")
        closed = _truth("closed", known.get("closed", False))
        return ConversationInput(as_id(known["id"]), closed)


class WebhookMapper:
    """Reads the records of a stream as webhooks."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._columns = Columns(route)
        self._contract = contract_of("webhooks")

    def read(self, record: Mapping[str, Any]) -> WebhookInput:
        """The address, and what is to be delivered to it.

        Raises:
            RejectedError: it breaks the contract, or has no address.
        """
        held = self._columns.values(record)
        known = {name: value for name, value in held.items() if value is not None}
        if "url" in known and isinstance(known["url"], str):
            known["url"] = known["url"].strip()
        self._contract.check(known)
        if "url" not in known:
            raise _no_key("url")
        return WebhookInput(
            faithful("url", known["url"]),
            _events(known.get("eventTypes", ())) or None,
            is_deleted(self._route, record),
        )


def _events(value: Any) -> tuple[str, ...]:
    names = split(value) if isinstance(value, str) else [name.strip() for name in value if name]
    return tuple(dict.fromkeys(faithful("eventTypes", name) for name in names if name))


def _truth(name: str, value: Any) -> bool:
    """True or false, also as files of text have it."""
    word = str(value).strip().casefold()
    if word not in _YES | _NO:
        raise RejectedError(Reason.INVALID, f"{name}: must be true or false")
    return word in _YES


def _no_key(names: str) -> RejectedError:
    return RejectedError(
        Reason.NO_MATCH_KEY, f"the record has no {names}; `fields` says which field holds it"
    )
