"""What is in `examples/crm_export.csv`, read without the target, and what is to come of it.

It knows the few ways in which that one file writes things, and nothing of `target_sakari`.
"""

from __future__ import annotations

import copy
import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from devtools.meltano import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

EXPORT = CHECKOUT / "examples" / "crm_export.csv"

Ending = tuple[str, str, str | None]
"""Action, outcome and reason, as in the outcomes file."""

ENDINGS: dict[str, Ending] = {
    "new": ("create", "written", None),
    "known, with something new": ("update", "written", None),
    "known, nothing new": ("update", "unchanged", None),
    "no phone number": ("upsert", "rejected", "no_match_key"),
    "impossible phone number": ("upsert", "rejected", "invalid_number"),
    "no e-mail address": ("upsert", "rejected", "invalid"),
}
"""How a row of each sort ends."""

_CALLING_CODES = {"US": "1", "GB": "44", "FR": "33"}
_SHORTEST = 12


@dataclass
class Person:
    """A contact, as far as the export can say something of one."""

    first_name: str = ""
    last_name: str = ""
    email: str = ""
    tags: set[str] = field(default_factory=set)
    attributes: dict[str, Any] = field(default_factory=dict)

    def take(self, row: dict[str, str]) -> None:
        """Take over what a row says."""
        self.first_name = row["First Name"] or self.first_name
        self.last_name = row["Last Name"] or self.last_name
        self.email = row["E-mail"] or self.email
        self.tags |= {tag.strip() for tag in re.split("[,;|]", row["Tags"]) if tag.strip()}
        told = {name.lower(): row[name] for name in ("Plan", "City")}
        self.attributes |= {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Expected:
    """What is to come of the export.

    Attributes:
        sorts: the sort of each row, by customer number; one row has a blank one.
        people: all contacts afterwards, by number.
    """

    sorts: dict[str, str]
    people: dict[str, Person]

    def endings(self) -> dict[str, Ending]:
        """How each row ends, by customer number."""
        return {number: ENDINGS[sort] for number, sort in self.sorts.items()}

    def counts(self) -> Counter[str]:
        """How many rows there are of each sort."""
        return Counter(self.sorts.values())


def expect(before: dict[str, Person]) -> Expected:
    """What is to come of the export in an account that has these people, by number.

    All of it is one batch, in which the rows of one number are written together.
    """
    sorts: dict[str, str] = {}
    people = copy.deepcopy(before)
    customers: defaultdict[str, list[str]] = defaultdict(list)
    for row in _rows():
        number, fault = _number(row), _fault(row)
        if fault:
            sorts[row["Customer No"]] = fault
        else:
            customers[number].append(row["Customer No"])
            people.setdefault(number, Person()).take(row)
    for number, named in customers.items():
        changed = people[number] != before.get(number)
        sort = "known, with something new" if changed else "known, nothing new"
        sorts |= dict.fromkeys(named, sort)
        if number not in before:
            sorts[named[0]] = "new"
    return Expected(sorts, people)


def people_of(contacts: Iterable[dict[str, Any]]) -> dict[str, Person]:
    """Contacts as the API shows them, by number."""
    return {
        contact["mobile"]["number"]: Person(
            contact["firstName"] or "",
            contact["lastName"] or "",
            contact["email"] or "",
            {tag["tag"] for tag in contact["tags"]},
            contact["attributes"],
        )
        for contact in contacts
    }


def _rows() -> Iterator[dict[str, str]]:
    with EXPORT.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield {name: value.strip() for name, value in row.items()}


def _fault(row: dict[str, str]) -> str | None:
    """What is wrong with a row."""
    if not row["Phone"]:
        return "no phone number"
    if row["E-mail"] and "@" not in row["E-mail"]:
        return "no e-mail address"
    return "impossible phone number" if len(_number(row)) < _SHORTEST else None


def _number(row: dict[str, str]) -> str:
    """The number in E.164; too short where it is impossible."""
    written, code = row["Phone"].replace("(0)", ""), _CALLING_CODES[row["Country"] or "US"]
    digits = "".join(filter(str.isdigit, written))
    if written.startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if code == "1" and digits.startswith("1"):
        return f"+{digits}"
    return f"+{code}{digits.lstrip('0')}"
