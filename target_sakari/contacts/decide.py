"""What is to become of a record, by what the account has. Nothing is asked or written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from target_sakari.contacts.becoming import become
from target_sakari.contacts.known import is_blocked
from target_sakari.outcome import Action, Outcome, RejectedError, Status
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_client.resources.base import Record
    from target_sakari.contacts.known import Key, KnownContact
    from target_sakari.mapping.inputs import ContactInput
    from target_sakari.routes import MatchKey, Mode, Route

Way = Literal["append", "update", "delete"]
"""How: what is added is sent, by number; or what is changed, by id; or it is removed, by id."""

Found = Mapping["MatchKey", "Sequence[KnownContact]"]
"""Whom each of a record's keys finds."""

_SHOWN_IDS = 5

_UNCERTAIN = (
    "the number that Sakari has does not say of which country it is. Give the contact its country "
    "in Sakari, or let records find it by id or email (match_by)."
)


@dataclass(frozen=True)
class Decision:
    """What is to become of a record.

    Attributes:
        action: what is to be done.
        settled: its outcome, where nothing is to be written.
        contact: whom it is about; None for a new one.
        way: how it is to be written.
        body: what is written: the contact to append, or the changes.
        after: what the contact is then.
    """

    action: Action
    settled: Outcome | None = None
    contact: KnownContact | None = None
    way: Way = "append"
    body: Record = field(default_factory=dict, repr=False)
    after: Record = field(default_factory=dict, repr=False)


def keys_of(wanted: ContactInput, route: Route) -> list[Key]:
    """What must be looked for before a record can be decided on.

    Its number always is, as no two contacts may have one.
    """
    values: dict[MatchKey, str | None] = {
        "id": wanted.sakari_id,
        "mobile": wanted.mobile,
        "email": wanted.email,
    }
    kinds = dict.fromkeys((*route.match_by, "mobile"))
    return [(kind, value) for kind in kinds if (value := values[kind])]


def intended(route: Route) -> Action:
    """What is to be done with a record, before it is known whom it is about."""
    return _INTENDED[route.mode]


def decide(wanted: ContactInput, found: Found, route: Route) -> Decision:
    """Decide on a record.

    Args:
        wanted: what it mentions, its values as JSON has them.
        found: whom its keys (`keys_of`) find.
        route: what is done with records of its stream.
    """
    deletes = route.mode == "delete" or (route.delete and wanted.deleted)
    action = "delete" if deletes else intended(route)
    try:
        contact = _match(found, route, surest_only=deletes)
        if deletes:
            return _deletion(wanted, contact, route)
        if contact is None:
            return _creation(wanted, found, route)
        if route.mode == "create":
            return _settled(action, "skipped", Reason.EXISTS, contact)
        return _update(wanted, contact, found.get("mobile", ()), route)
    except RejectedError as error:
        return Decision(action, Outcome(action, "rejected", error.reason, error.detail))


def _match(found: Found, route: Route, *, surest_only: bool) -> KnownContact | None:
    """Whom a record is about: the first key that finds somebody decides.

    With `surest_only`, the first key that the record has decides, whether it finds somebody or not:
    else a record that deletes would, once its contact is gone, delete whoever shares its address.
    """
    held = [kind for kind in route.match_by if kind in found]
    held = held[:1] if surest_only else held
    for kind in held:
        fitting = found[kind]
        if len(fitting) > 1:
            ids = [one.sakari_id or "(no id)" for one in fitting[:_SHOWN_IDS]]
            raise RejectedError(
                Reason.AMBIGUOUS_MATCH,
                f"{len(fitting)} contacts have this {kind}: {', '.join(ids)}"
                f"{' …' if len(fitting) > _SHOWN_IDS else ''}. Give the id of one.",
            )
        if fitting:
            _require_certain(fitting[0], [found[one] for one in held if one != "mobile"])
            return fitting[0]
    return None


def _require_certain(contact: KnownContact, by_others: Sequence[Sequence[KnownContact]]) -> None:
    """Refuse a contact who only may have the record's number, and whom no other key finds.

    Args:
        contact: whom one of the keys finds.
        by_others: whom each key finds that is no number.
    """
    named = any([one.row for one in fitting] == [contact.row] for fitting in by_others)
    if not named and not contact.has_certain_number:
        raise RejectedError(
            Reason.AMBIGUOUS_MATCH,
            f"The contact {contact.sakari_id or '(no id)'} may be meant, or not: {_UNCERTAIN}",
        )


def _deletion(wanted: ContactInput, contact: KnownContact | None, route: Route) -> Decision:
    if contact:
        return Decision("delete", contact=contact, way="delete")
    _require_key(wanted, route)
    return _settled("delete", "skipped", Reason.ALREADY_ABSENT)


def _creation(wanted: ContactInput, found: Found, route: Route) -> Decision:
    if route.mode == "update":
        _require_key(wanted, route)
        raise RejectedError(Reason.NOT_FOUND, "The mode is update, and no contact fits the record.")
    if wanted.mobile is None:
        raise RejectedError(Reason.NO_MATCH_KEY, "A new contact needs a mobile number.")
    if found.get("mobile"):
        raise _number_taken(found["mobile"])
    becoming = become({}, wanted, route.tags)
    body = {"mobile": _mobile(wanted), **becoming.after}
    return Decision("create", body=body, after=body)


def _update(
    wanted: ContactInput, contact: KnownContact, having_number: Sequence[KnownContact], route: Route
) -> Decision:
    rows = [one.row for one in having_number]
    moves = wanted.mobile is not None and contact.row not in rows
    if moves and rows:
        raise _number_taken(having_number)
    if moves:
        _require_movable(wanted, contact)
    becoming = become(contact.record, wanted, route.tags)
    after, changes = becoming.after, becoming.changes
    if moves:
        changes = {**changes, "mobile": _mobile(wanted)}
        after = {**after, "mobile": _mobile(wanted)}
    if not changes:
        return _settled("update", "unchanged", None, contact)
    # Sakari knows a contact by the number as it has it, and it must be nobody else's.
    known_by_number = rows == [contact.row] and contact.has_certain_number
    if becoming.erases or not known_by_number:
        return Decision("update", None, contact, "update", changes, after)
    body = {
        "mobile": contact.record["mobile"],
        **{name: after[name] for name in wanted.fields if name in after},
    }
    # All of them, as it is not certain that appending keeps those that are not sent.
    body |= {name: after[name] for name in ("tags", "attributes") if name in changes}
    return Decision("update", None, contact, "append", body, after)


def _require_movable(wanted: ContactInput, contact: KnownContact) -> None:
    """Refuse to change a contact's number, where that would lose a person, or an opt-out."""
    if is_blocked(contact.record):
        raise RejectedError(
            Reason.OPTED_OUT,
            f"The contact {contact.sakari_id or '(no id)'} wants no messages, and its number would "
            "be changed: change it at hub.sakari.io, or delete the contact first.",
        )
    named = wanted.sakari_id is not None and wanted.sakari_id == contact.sakari_id
    if contact.brought and not named:
        raise RejectedError(
            Reason.AMBIGUOUS_MATCH,
            f"The contact {contact.sakari_id or '(no id)'} has this email, and came in this run "
            "with another number: two people may share the address. Give the id.",
        )


def _require_key(wanted: ContactInput, route: Route) -> None:
    if not any(kind in route.match_by for kind, _ in keys_of(wanted, route)):
        raise RejectedError(
            Reason.NO_MATCH_KEY, f"The record has none of {', '.join(route.match_by)} (match_by)."
        )


def _number_taken(owners: Sequence[KnownContact]) -> RejectedError:
    ids = ", ".join(one.sakari_id or "(no id)" for one in owners[:_SHOWN_IDS])
    if any(one.has_certain_number for one in owners):
        detail = f"The number is that of another contact: {ids}."
    else:
        detail = f"The number may be that of another contact, {ids}: {_UNCERTAIN}"
    return RejectedError(Reason.NUMBER_TAKEN, detail)


def _settled(
    action: Action, status: Status, reason: Reason | None, contact: KnownContact | None = None
) -> Decision:
    sakari_id = contact.sakari_id if contact else None
    return Decision(action, Outcome(action, status, reason, sakari_id=sakari_id), contact)


def _mobile(wanted: ContactInput) -> Record:
    country = {"country": wanted.country} if wanted.country else {}
    return {"number": wanted.mobile, **country}


_INTENDED: dict[Mode, Action] = {
    "upsert": "upsert",
    "mirror": "upsert",
    "create": "create",
    "update": "update",
    "delete": "delete",
}
