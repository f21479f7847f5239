"""The rules of contacts told a second time, plainly; and an account that takes what is written."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from sakari_client.resources.merge import merged
from target_sakari.contacts.known import KnownContact
from target_sakari.mapping.inputs import ContactInput
from target_sakari.routes import MatchKey, Route

if TYPE_CHECKING:
    from target_sakari.contacts.decide import Decision
    from target_sakari.contacts.known import Key

Contact = dict[str, Any]
"""`{id, mobile, firstName …, tags: {name: visible}, attributes}`; nothing that is empty."""

NUMBERS = tuple(f"+190755501{at}" for at in (40, 41, 42))
EMAILS = ("a@example.com", "b@example.com")
TEXTS = ("firstName", "lastName", "email")
IDS = ("c0", "c1", "c9")
KEYS: list[MatchKey] = ["id", "mobile", "email"]

_VALUES = st.sampled_from(["5", 5, 6, True, "true", "x", {"k": 1}, {"l": 1}, {"k": 1, "l": 2}])
_TAGS = st.dictionaries(st.sampled_from("abc"), st.sampled_from([True, False, None]), max_size=3)


@st.composite
def inputs(draw: st.DrawFn, *, ids: tuple[str, ...] = IDS) -> ContactInput:
    """What a record may mention."""
    fields = draw(
        st.fixed_dictionaries(
            {},
            optional={
                "firstName": st.sampled_from(["A", "B", None]),
                "lastName": st.sampled_from(["C", "D", None]),
                "email": st.sampled_from([*EMAILS, None]),
            },
        )
    )
    tags = draw(st.none() | _TAGS)
    return ContactInput(
        sakari_id=draw(st.sampled_from([None, None, *ids])) if ids else None,
        mobile=draw(st.sampled_from([None, *NUMBERS])),
        email=fields.get("email"),
        fields=fields,
        tags=None if tags is None else tuple({"tag": k, "visible": v} for k, v in tags.items()),
        attributes=draw(st.dictionaries(st.sampled_from("xy"), _VALUES | st.none(), max_size=2)),
        deleted=draw(st.sampled_from([False, False, True])),
    )


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Everything that a route may say of contacts."""
    return Route(
        "people",
        "contacts",
        mode=draw(st.sampled_from(["upsert", "create", "update", "delete"])),
        match_by=tuple(draw(st.permutations(KEYS))[: draw(st.integers(1, 3))]),
        tags=draw(st.sampled_from(["add", "replace"])),
        delete=draw(st.booleans()),
    )


@st.composite
def accounts(draw: st.DrawFn) -> list[Contact]:
    """Contacts who are there before; two may have one email address."""
    found = []
    for at, number in enumerate(draw(st.permutations(NUMBERS))[: draw(st.integers(0, 2))]):
        one: Contact = {"id": IDS[at], "mobile": number}
        if draw(st.booleans()):
            one["blocked"] = "2025-01-01"
        one["firstName"] = draw(st.sampled_from(["A", "B"]))
        one["email"] = draw(st.sampled_from(EMAILS))
        one["tags"] = {k: v is not False for k, v in draw(_TAGS).items()}
        one["attributes"] = draw(st.dictionaries(st.sampled_from("xyz"), _VALUES, max_size=3))
        found.append(one)
    return found


# The rules.


def apply(  # noqa: C901, PLR0911 - a line for each rule
    contacts: list[Contact], wanted: ContactInput, route: Route, brought: set[str]
) -> str:
    """Do to contacts what a record asks for; gives what became of it, in a word.

    Numbers that records of the run had, of contacts who are there, are kept in `brought`.
    """
    keys = {"id": wanted.sakari_id, "mobile": wanted.mobile, "email": wanted.email}
    having = {
        kind: [one for one in contacts if value and one.get(kind) == value]
        for kind, value in keys.items()
    }
    deletes = route.mode == "delete" or (route.delete and wanted.deleted)
    held = [kind for kind in route.match_by if keys[kind]]
    finds = [having[kind] for kind in (held[:1] if deletes else held) if having[kind]]
    if finds and len(finds[0]) > 1:
        return "ambiguous_match"
    contact = finds[0][0] if finds else None
    if deletes:
        if contact:
            contacts.remove(contact)
            brought.discard(contact["mobile"])
            return "delete"
        return "already_absent" if held else "no_match_key"
    if contact is None and route.mode == "update":
        return "not_found" if held else "no_match_key"
    if contact is None and not wanted.mobile:
        return "no_match_key"
    if contact and route.mode == "create":
        brought |= {contact["mobile"]} if wanted.mobile else set()
        return "exists"
    if any(one is not contact for one in having["mobile"]):
        return "number_taken"
    if contact and wanted.mobile not in {None, contact["mobile"]}:
        if refused := _refused_move(contact, wanted, brought):
            return refused
        brought.discard(contact["mobile"])
    brought |= {wanted.mobile} if wanted.mobile else set()
    before = copy.deepcopy(contact)
    if contact is None:
        contact = {"id": None, "tags": {}, "attributes": {}}
        contacts.append(contact)
    _change(contact, wanted, route)
    if before is None:
        return "create"
    return "unchanged" if contact == before else "update"


def _refused_move(contact: Contact, wanted: ContactInput, brought: set[str]) -> str | None:
    if contact.get("blocked"):
        return "opted_out"
    named = wanted.sakari_id and wanted.sakari_id == contact["id"]
    return "ambiguous_match" if contact["mobile"] in brought and not named else None


def _change(contact: Contact, wanted: ContactInput, route: Route) -> None:
    if wanted.mobile:
        contact["mobile"] = wanted.mobile
    _set(contact, wanted.fields)
    _set(contact["attributes"], wanted.attributes)
    if wanted.tags is not None:
        before = contact["tags"]
        after = dict(before) if route.tags == "add" else {}
        for tag in wanted.tags:
            shown = tag["visible"]
            after[tag["tag"]] = before.get(tag["tag"], True) if shown is None else shown
        contact["tags"] = after


def _set(values: Contact, wanted: Contact) -> None:
    for name, value in wanted.items():
        if value is None:
            values.pop(name, None)
        elif _text(values.get(name)) != _text(value):
            values[name] = value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# The account.


@dataclass
class Account:
    """Contacts as Sakari has them.

    Attributes:
        contacts: as the API shows them.
        append: whether appended tags and attributes are added to those there, or replace them.
        made: how many were made.
        brought: numbers that records had, as of `apply`.
    """

    contacts: list[Contact] = field(default_factory=list)
    append: str = "adds"
    made: int = 0
    brought: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, contacts: list[Contact], append: str) -> Account:
        """An account that has some contacts."""
        shown = [
            {
                **one,
                "mobile": {"number": one["mobile"]},
                "tags": [{"tag": tag, "visible": shown} for tag, shown in one["tags"].items()],
            }
            for one in copy.deepcopy(contacts)
        ]
        return cls(shown, append)

    def find(self, key: Key) -> list[KnownContact]:
        """Whom a key finds."""
        kind, value = key
        return [
            KnownContact(row, one, one["mobile"]["number"] in self.brought)
            for row, one in enumerate(self.contacts)
            if (one["mobile"]["number"] if kind == "mobile" else one.get(kind)) == value
        ]

    def write(self, decision: Decision) -> Contact | None:
        """Do what was decided; gives the contact as it is then."""
        if decision.way == "append":
            return self._append(decision.body)
        assert decision.contact
        [contact] = [one for one in self.contacts if one["id"] == decision.contact.sakari_id]
        if decision.way == "delete":
            self.contacts.remove(contact)
            return None
        changed = merged(contact, decision.body)
        contact.clear()
        contact.update(changed)
        return contact

    def _append(self, body: Contact) -> Contact:
        found = self.find(("mobile", body["mobile"]["number"]))
        if not found:
            self.made += 1
            self.contacts.append({"id": f"new {self.made}", **copy.deepcopy(body)})
            return self.contacts[-1]
        [one] = found
        contact = self.contacts[one.row]
        before = copy.deepcopy(contact)
        contact.update(copy.deepcopy(body))
        if self.append == "adds":
            names = {tag["tag"] for tag in before.get("tags", [])}
            new = [tag for tag in body.get("tags", []) if tag["tag"] not in names]
            contact["tags"] = before.get("tags", []) + new
            contact["attributes"] = {**before.get("attributes", {}), **body.get("attributes", {})}
        return contact

    def plain(self) -> list[Contact]:
        """Its contacts as the rules have them."""
        return [plain(one) for one in self.contacts]


def plain(shown: Contact) -> Contact:
    """A contact as the rules have it."""
    one = _without_null(shown)
    tags = {tag["tag"]: tag["visible"] for tag in shown.get("tags") or []}
    number = shown["mobile"]["number"]
    return {**one, "mobile": number, "tags": tags, "attributes": one.get("attributes", {})}


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(inner) for name, inner in value.items() if inner is not None}
    return value
