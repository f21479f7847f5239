"""The account that the CRM's export is loaded into: some of its people are there before."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from devtools.crm_export import Expected, Person, expect, people_of
from devtools.emulator import Emulator, running_emulator
from sakari_client.client import SakariClient

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OPTED_OUT = "+16175550102"

_BEFORE: list[dict[str, Any]] = [
    {"mobile": {"number": OPTED_OUT, "country": "US"}, "firstName": "Renée"},
    # Has something that the export does not mention.
    {
        "mobile": {"number": "+12125550100", "country": "US"},
        "firstName": "민준",
        "tags": [{"tag": "since-2019", "visible": True}],
        "attributes": {"plan": "Free", "account_manager": "Kim"},
    },
    # Is just as in the export.
    {
        "mobile": {"number": "+14155550101", "country": "US"},
        "firstName": "Zoë",
        "lastName": "Sharma",
        "email": "zoe.sharma@example.net",
        "tags": [{"tag": "wholesale", "visible": True}],
        "attributes": {"plan": "Enterprise", "city": "San Francisco"},
    },
]


class CrmAccount:
    """An emulated account that has some of the export's people, one of whom opted out.

    Attributes:
        expected: what is to come of the export.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._settings = {**emulator.settings, "requests_per_second": 200}
        with SakariClient.from_settings(self._settings) as client:
            for contact in _BEFORE:
                client.contacts.create(contact)
        emulator.receive(OPTED_OUT, "STOP")
        self.expected: Expected = expect(self.people())

    def environment(self) -> dict[str, str]:
        """The target's settings as variables; nobody else waits for this server."""
        return {
            **self._emulator.environment("TARGET_SAKARI"),
            "TARGET_SAKARI_REQUESTS_PER_SECOND": "200",
        }

    def people(self) -> dict[str, Person]:
        """Its contacts, by number."""
        return people_of(self._contacts())

    def opted_out(self) -> list[str]:
        """The numbers that get no texts."""
        return [one["mobile"]["number"] for one in self._contacts() if one.get("blocked")]

    def forget_requests(self) -> None:
        """Begin to count anew."""
        self._emulator.forget_requests()

    def requests(self) -> tuple[int, int]:
        """How many requests read, and how many wrote."""
        methods = self._emulator.request_methods()
        reads = methods.count("GET")
        return reads, len(methods) - reads

    def faults(self) -> list[str]:
        """What is not as the export should have left it; without names and numbers."""
        people, expected = self.people(), self.expected.people
        missing, odd = expected.keys() - people.keys(), people.keys() - expected.keys()
        other = [one for one in expected.keys() & people.keys() if people[one] != expected[one]]
        counts = {"missing": len(missing), "unforeseen": len(odd), "not as expected": len(other)}
        found = [f"{count} contacts are {what}" for what, count in counts.items() if count]
        if len(people) != len(self._contacts()):
            found.append("some numbers are there twice")
        if self.opted_out() != [OPTED_OUT]:
            found.append("whoever opted out is no longer opted out")
        return found

    def _contacts(self) -> list[dict[str, Any]]:
        with SakariClient.from_settings(self._settings) as client:
            return list(client.contacts.list())


@contextmanager
def crm_account(folder: Path) -> Iterator[CrmAccount]:
    """Run an emulator with such an account; its log goes into `folder`."""
    with running_emulator(folder, contacts=0, messages=0) as emulator:
        yield CrmAccount(emulator)
