"""Contacts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_sakari.mapping.columns import Columns, is_deleted
from target_sakari.mapping.contract import contract_of
from target_sakari.mapping.inputs import ContactInput, is_empty
from target_sakari.mapping.numbers import read_number
from target_sakari.mapping.tags import read_tags, unpacked
from target_sakari.mapping.values import as_id, faithful
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sakari_client.resources.base import Record
    from target_sakari.routes import Route

_KEYS = ("id", "mobile", "country", "email")
"""What finds a contact: nothing else is read of a record that deletes."""

_TEXTS = ("firstName", "lastName", "email")


class ContactMapper:
    """Reads the records of a stream as contacts."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._columns = Columns(route)
        self._contract = contract_of("contacts")

    def read(self, record: Mapping[str, Any]) -> ContactInput:
        """What a record says of a contact.

        Null, blank text, and in tags and attributes an empty list or object, say nothing; with
        `null_clears`, that the field is to be cleared.

        Raises:
            RejectedError: it breaks the contract, its number cannot be one, or it has nothing to
                know the contact by.
        """
        deleted = is_deleted(self._route, record)
        held = self._columns.values(record)
        if deleted:
            held = {name: value for name, value in held.items() if name in _KEYS}
        known = {name: _trimmed(value) for name, value in held.items() if value is not None}
        if "tags" in known:
            known["tags"] = unpacked(known["tags"])
        self._contract.check(known)
        number, country = read_number(
            known.get("mobile"), known.get("country"), self._route.default_country
        )
        sakari_id = as_id(known["id"]) if "id" in known else None
        email = faithful("email", known.get("email"))
        self._check_keys({"id": sakari_id, "mobile": number, "email": email}, deleted=deleted)
        if deleted:
            return ContactInput(sakari_id, number, country, email, deleted=True)
        return ContactInput(
            sakari_id, number, country, email,
            fields=self._texts(held, known),
            tags=self._tags(held, known),
            attributes=self._attributes({
                **known.get("attributes", {}), **self._columns.attributes(record)
            }),
        )  # fmt: skip

    def _check_keys(self, keys: Mapping[str, str | None], *, deleted: bool) -> None:
        """Refuse a record that nobody could be found by, nor made of."""
        useful: list[str] = [*self._route.match_by]
        if not deleted and self._route.mode != "update" and "mobile" not in useful:
            useful.append("mobile")
        if all(keys[name] is None for name in useful):
            raise RejectedError(
                Reason.NO_MATCH_KEY,
                f"the record has no {' and no '.join(useful)}; `fields` says which field holds it",
            )

    def _texts(self, held: Record, known: Record) -> Record:
        texts = {name: faithful(name, known[name]) for name in _TEXTS if name in known}
        if self._route.null_clears:
            texts |= {name: None for name in _TEXTS if name in held and name not in known}
        return texts

    def _tags(self, held: Record, known: Record) -> tuple[Record, ...] | None:
        """Tags; none at all where they are to be cleared, which takes `tags: replace` too."""
        tags = read_tags(known.get("tags", []))
        clears = "tags" in held and self._route.null_clears
        return tags if tags or clears else None

    def _attributes(self, values: Record) -> Record:
        said = {name: None if is_empty(value) else value for name, value in values.items()}
        return {
            name: faithful(f"attributes.{name}", _trimmed(value))
            for name, value in said.items()
            if value is not None or self._route.null_clears
        }


def _trimmed(value: Any) -> Any:
    return value.strip() if isinstance(value, str) else value
