"""Texts to be sent, and to whom."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from target_sakari.mapping.columns import Columns
from target_sakari.mapping.contacts import ContactMapper
from target_sakari.mapping.contract import contract_of
from target_sakari.mapping.history import is_history
from target_sakari.mapping.inputs import ContactInput, SendInput, nothing_known
from target_sakari.mapping.tags import read_tags, split, unpacked
from target_sakari.mapping.values import as_id, faithful
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sakari_client.resources.base import Record

_PEOPLE = ("sakariContactId", "contacts", "mobile", "conversations")
_EVERYBODY = ("tags", "filters")
_TEXTS = ("template", "templateName", "templateId")
_ALONG = ("firstName", "lastName")
"""What goes along with the contact, for placeholders; and attributes."""

_SAKARI_ID = re.compile(r"[0-9a-fA-F]{24}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)


class SendMapper:
    """Reads the records of a stream as texts to be sent."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._columns = Columns(route)
        self._contract = contract_of("messages")
        of_person = Route(
            route.stream, "contacts", fields={"id": "id"}, default_country=route.default_country
        )
        self._contact = ContactMapper(of_person)
        self._announced = self._columns.values(dict.fromkeys(route.properties)).keys()

    def read(self, record: Mapping[str, Any]) -> SendInput:
        """What a record says of a text.

        Raises:
            RejectedError: it is no text to be sent, breaks the contract, has no text or two, or
                nobody to go to, or two ways to name them.
        """
        self._check_purpose(record)
        held = self._columns.values(record)
        known = {name: value for name, value in held.items() if value is not None}
        for name in ("contacts", "conversations", "tags", "media"):
            if name in known:
                known[name] = unpacked(known[name])
        self._contract.check(known)
        ways = self._ways(known, self._announced | held.keys())
        text = _text(known)
        return SendInput(
            contacts=self._contacts(ways, known, self._columns.attributes(record)),
            conversations=_ids("conversations", ways.get("conversations")),
            tags=_tags(ways),
            text=text.get("template"),
            template_name=text.get("templateName"),
            template_id=text.get("templateId"),
            type=_type(known),
            media=_media(known.get("media")),
            send_at=_moment(known["sendAt"]) if "sendAt" in known else None,
            phone_number_group=next(
                iter(_ids("phoneNumberGroup", known.get("phoneNumberGroup"))), None
            ),
            conversation_strategy=_stripped(known, "conversationStrategy"),
        )

    def _check_purpose(self, record: Mapping[str, Any]) -> None:
        """Refuse what is not there to be sent."""
        if not self._route.allow_history and is_history(record):
            raise RejectedError(
                Reason.HISTORY,
                "the record is a message that Sakari sent or received already; "
                f"streams.{self._route.stream}.allow_history: true sends it as a new text",
            )
        if not nothing_known(record.get("_sdc_deleted_at")):
            raise RejectedError(Reason.DELETED, "the record has _sdc_deleted_at: it is deleted")

    def _ways(self, known: Record, fields: Iterable[str]) -> Record:
        """The fields that name recipients: those that the route's `fields` has, if it has any.

        Else tags count only where there is no field for people, be it empty: they may be those of
        one of them, and a missing number must not make a text go to everybody.
        """
        chosen = {*_PEOPLE, *_EVERYBODY} & self._route.fields.keys()
        if not chosen:
            chosen = {*_PEOPLE} & {*fields} or {*_EVERYBODY}
        ways = {name: known[name] for name in known if name in chosen}
        groups = [
            [name for name in ways if name in group]
            for group in (
                ("sakariContactId", "mobile"),
                ("contacts",),
                ("conversations",),
                _EVERYBODY,
            )
        ]
        several = [names for names in groups if names]
        if len(several) > 1 and not _adds_its_number(ways):
            names = ", ".join(name for names in several for name in names)
            raise RejectedError(
                Reason.INVALID,
                f"{names}: somebody may be named twice; have `fields` name the one that counts",
            )
        return ways

    def _contacts(
        self, ways: Record, known: Record, attributes: Record
    ) -> tuple[ContactInput, ...]:
        """The people, each once.

        Raises:
            RejectedError: there is nobody at all.
        """
        people = [_person(one) for one in _listed(ways.get("contacts"))]
        if "sakariContactId" in ways or "mobile" in ways:
            own = {"id": ways.get("sakariContactId"), "mobile": ways.get("mobile")}
            people = [{**(people[0] if people else {}), **_said(own)}]
        if len(people) == 1:
            along = _said({name: known.get(name) for name in _ALONG})
            named = {**known.get("attributes", {}), **attributes}
            given = people[0].get("attributes")
            merged = {**named, **given} if isinstance(given, dict) else given or named
            people = [{**along, **people[0], **_said({"attributes": merged})}]
        country = _said({"country": known.get("country")})
        contacts = tuple(_each_once(self._read(country | one) for one in people))
        if not contacts and not ways.get("conversations") and not _tags(ways):
            raise RejectedError(
                Reason.NO_RECIPIENT,
                "the record has no contact, mobile or conversation to send to; `fields` says which "
                "field holds it (tags count only where the record has no field for these)",
            )
        return contacts

    def _read(self, person: Record) -> ContactInput:
        try:
            return self._contact.read(person)
        except RejectedError as error:
            if error.reason is not Reason.NO_MATCH_KEY:
                raise
            detail = "contacts: one of them has neither an id nor a mobile"
            raise RejectedError(Reason.NO_RECIPIENT, detail) from None


def _adds_its_number(ways: Record) -> bool:
    """Whether there is one contact by id, and beside it the mobile that it has."""
    people = [_person(one) for one in _listed(ways.get("contacts"))]
    return (
        ways.keys() == {"contacts", "mobile"}
        and len(people) == 1
        and not nothing_known(people[0].get("id"))
        and "mobile" not in people[0]
    )


def _person(value: Any) -> Record:
    """A contact as the API has it, from that, an id or a number."""
    if isinstance(value, dict):
        return value
    if isinstance(value, str) and _SAKARI_ID.fullmatch(value.strip()):
        return {"id": value}
    return {"mobile": value}


def _each_once(contacts: Iterable[ContactInput]) -> Iterator[ContactInput]:
    """Contacts without those whose id or number came before."""
    seen: set[tuple[str, str]] = set()
    for one in contacts:
        keys = {("id", one.sakari_id or ""), ("mobile", one.mobile or "")}
        keys -= {("id", ""), ("mobile", "")}
        if not keys & seen:
            yield one
        seen |= keys


def _text(known: Record) -> dict[str, str]:
    """The text, or the name or id of what has it.

    Raises:
        RejectedError: there is none of them, or more than one.
    """
    names = [name for name in _TEXTS if name in known]
    if not names:
        raise RejectedError(
            Reason.NO_TEXT,
            "the record has no template (text), template_name or template_id; "
            "`fields` says which field holds it",
        )
    if len(names) > 1:
        raise RejectedError(Reason.INVALID, f"{', '.join(names)}: only one of them may be there")
    (name,) = names
    if name == "templateId":
        return {name: as_id(known[name])}
    text = faithful(name, known[name])
    return {name: text if name == "template" else text.strip()}


def _type(known: Record) -> Literal["SMS", "MMS"] | None:
    if "type" not in known:
        return None
    match known["type"].strip().upper():
        case "SMS":
            return "SMS"
        case "MMS":
            return "MMS"
    raise RejectedError(Reason.INVALID, "type: must be SMS or MMS")


def _tags(ways: Record) -> tuple[str, ...]:
    """Tags, each once.

    Raises:
        RejectedError: there are other filters, which would be ignored.
    """
    filters = ways.get("filters", {})
    if filters.keys() - {"tags"}:
        raise RejectedError(Reason.INVALID, "filters: must be an object with tags only")
    lists = (ways.get("tags"), filters.get("tags"))
    named = [one["tag"] for value in lists if value for one in read_tags(value)]
    return tuple(dict.fromkeys(named))


def _ids(field: str, value: Any) -> tuple[str, ...]:
    """The ids in a value, each once.

    Raises:
        RejectedError: an object has none.
    """
    found: list[str] = []
    for one in _listed(value):
        own: Any = one.get("id") if isinstance(one, dict) else one
        if nothing_known(own):
            raise RejectedError(Reason.INVALID, f"{field}: an object has no id")
        found.append(as_id(own))
    return tuple(dict.fromkeys(found))


def _media(value: Any) -> tuple[str, ...]:
    """Addresses and paths, each once.

    Raises:
        RejectedError: one is neither.
    """
    parts = value.split(",") if isinstance(value, str) else value or ()
    urls = [one.get("url") if isinstance(one, dict) else one for one in parts]
    found = [faithful("media", url).strip() for url in urls if not nothing_known(url)]
    for one in found:
        if _SCHEME.match(one) and not _ADDRESS.match(one):
            raise RejectedError(
                Reason.INVALID, "media: must be addresses (http, https) or paths of files"
            )
    return tuple(dict.fromkeys(found))


def _moment(value: str) -> datetime:
    """A date-time in UTC, which it is in if it has no zone.

    Raises:
        RejectedError: it is none.
    """
    try:
        moment = msgspec.convert(value.strip(), datetime)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc)
    except (msgspec.ValidationError, OverflowError, UnicodeEncodeError):
        raise RejectedError(
            Reason.INVALID, "sendAt: must be a date-time, such as 2026-05-01T09:00:00Z"
        ) from None


def _listed(value: Any) -> list[Any]:
    """What a value names: one thing, a list of them, or text with several; without blanks."""
    if isinstance(value, str):
        return split(value)
    values = value if isinstance(value, list) else [value]
    return [one for one in values if not nothing_known(one)]


def _stripped(known: Record, name: str) -> str | None:
    return faithful(name, known[name]).strip() if name in known else None


def _said(values: Record) -> Record:
    return {name: value for name, value in values.items() if not nothing_known(value)}
