"""What is sent in a crash: twelve texts, asked for in each of the ways that a record can."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sakari_emulator.rows import Mobile
from tests.target.run import Message, record, schema, state
from tests.target.sends.sending import FIELDS, number, sends

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sakari_emulator.account import Account

COUNT = 12
LATER = 4
_TAG = "members"
_PEOPLE = [number(at) for at in range(COUNT)]
_LATER_ON = "2099-01-01T00:00:00Z"
_STAMP = "2026-01-01T00:00:00.000000+00:00"


@dataclass(frozen=True)
class Load:
    """Records that ask for `COUNT` texts, to different numbers.

    Attributes:
        name: for people.
        messages: of the tap.
        people: for each record, the numbers that it is for.
        keyed: whether records have keys.
        later: numbers of the records that are put off.
    """

    name: str
    messages: Sequence[Message]
    people: Sequence[Sequence[str]] = field(default_factory=lambda: [[one] for one in _PEOPLE])
    keyed: bool = True
    later: Sequence[str] = ()

    @property
    def records(self) -> int:
        """How many outcomes a run that gets to its end tells."""
        return len(self.people) + len(self.later)

    def prepare(self, account: Account) -> None:
        """Have the account know whom the records name."""
        if self is not TAGGED:
            return
        for mobile in _PEOPLE:
            [made] = account.insert("contacts")
            contact = account.contacts.find(made)
            assert contact
            account.contacts.give(contact, Mobile(mobile, mobile, "US"))
            contact.tags, contact.blocked = [{"tag": _TAG, "visible": True}], None
            contact.valid, contact.error = True, None

    def check(self, outcomes: Iterable[Mapping[str, Any]], received: Mapping[str, int]) -> None:
        """See that a record is unknown just if one of those it is for has got no text."""
        told: dict[str, Counter[bool]] = defaultdict(Counter)
        for one in outcomes:
            told[json.dumps(one["key"])][one["outcome"] == "unknown"] += 1
        true: dict[str, Counter[bool]] = defaultdict(Counter)
        for at, numbers in enumerate(self.people):
            key = json.dumps({"id": at} if self.keyed else {})
            true[key][any(received[mobile] == 0 for mobile in numbers)] += 1
        assert {key: told[key] for key in true} == true


def _messages(records: Iterable[Message], *fields: str, key: list[str] | None = None) -> Any:
    return [schema("sends", *fields, key=key), *records, state(1)]


KEYED = Load("records with keys", _messages(sends(COUNT), *FIELDS))
KEYLESS = Load(
    "records without keys",
    _messages(
        (
            {**record("sends", mobile=mobile, text="Hello"), "time_extracted": _STAMP}
            for mobile in _PEOPLE
        ),
        "mobile",
        "text",
        key=[],
    ),
    keyed=False,
)
_FOURS = [_PEOPLE[start : start + 4] for start in range(0, COUNT, 4)]
SEVERAL = Load(
    "records for four people each",
    _messages(
        (record("sends", id=at, contacts=four, text="Hello") for at, four in enumerate(_FOURS)),
        "id",
        "contacts",
        "text",
    ),
    _FOURS,
)
TAGGED = Load(
    "one record for all who have a tag",
    _messages([record("sends", id=0, tags=[_TAG], text="Hello")], "id", "tags", "text"),
    [_PEOPLE],
)
_LATER = [number(COUNT + at) for at in range(LATER)]
DEFERRED = Load(
    "some records put off",
    _messages(
        [
            *sends(COUNT),
            *(
                record("sends", id=COUNT + at, mobile=mobile, text="Hello", send_at=_LATER_ON)
                for at, mobile in enumerate(_LATER)
            ),
        ],
        *FIELDS,
        "send_at",
    ),
    later=_LATER,
)
OTHERS = (KEYLESS, SEVERAL, TAGGED, DEFERRED)


def is_due(deferred: Iterable[Message]) -> list[Message]:
    """A deferred stream, once the time of its records has come."""
    return [
        {**one, "record": {**one["record"], "send_at": None}} if one["type"] == "RECORD" else one
        for one in deferred
    ]
