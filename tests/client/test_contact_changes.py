"""Contacts changed: what is not mentioned stays, and what is Sakari's is not written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import (
    InvalidInputError,
)
from tests.client.people import ADA
from tests.client.reach import Sleeps, odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from sakari_client.resources.contacts import Contacts
    from sakari_emulator.server import EmulatorServer


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_an_update_erases_nothing(emulator: EmulatorServer, sakari: SakariClient, put: str) -> None:
    emulator.switch(put=put)
    contact = sakari.contacts.create(ADA)
    updated = sakari.contacts.update(
        contact["id"], {"lastName": "Byron", "attributes": {"city": "London"}}
    )
    expected = {**ADA, "lastName": "Byron", "attributes": {"plan": "pro", "city": "London"}}
    now = sakari.contacts.get(contact["id"])
    for name in ("firstName", "lastName", "email", "tags", "attributes"):
        assert updated[name] == now[name] == expected[name]
    assert now["mobile"]["number"] == "+12125550123"


def test_an_update_that_changes_nothing_writes_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    contact = sakari.contacts.create(ADA)
    before = [one.method for one in emulator.requests].count("PUT")
    same = {"firstName": "Ada", "attributes": {"plan": "pro"}, "tags": contact["tags"]}
    assert sakari.contacts.update(contact["id"], same)["firstName"] == "Ada"
    assert [one.method for one in emulator.requests].count("PUT") == before
    sakari.contacts.update(contact["id"], {"firstName": "Augusta"})
    assert [one.method for one in emulator.requests].count("PUT") == before + 1


@pytest.mark.parametrize("put", ["replace", "merge"])
def test_none_clears_a_field(emulator: EmulatorServer, sakari: SakariClient, put: str) -> None:
    emulator.switch(put=put)
    contact = sakari.contacts.create(ADA)
    assert sakari.contacts.update(contact["id"], {"email": None})["email"] is None


def test_replace_writes_what_is_given_and_nothing_of_sakaris(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    contact = sakari.contacts.create(ADA)
    given = {**contact, "id": "another", "email": None, "created": "never"}
    replaced = sakari.contacts.replace(contact["id"], given)
    assert replaced["id"] == contact["id"]
    assert replaced["email"] is None
    assert replaced["firstName"] == "Ada"


def sent_by(
    current: dict[str, Any], write: Callable[[Contacts], dict[str, Any]]
) -> tuple[dict[str, Any] | None, dict[str, Any]]:
    """What is sent as `mobile` of a contact who has one already (None: nothing), and the result.

    The server answers the PUT with nothing.
    """

    def serve(connection: socket.socket, head: bytes) -> None:
        found = {"success": True, "data": {"id": "1", "firstName": "Ada", "mobile": current}}
        get = head.startswith(b"GET ")
        connection.sendall(answer(json.dumps(found).encode() if get else b""))

    with odd_server(serve) as server:
        result = write(SakariClient(odd(server.url).config).contacts)
    bodies = zip(server.heads, server.bodies, strict=True)
    sent = [json.loads(body)["mobile"] for head, body in bodies if head.startswith("PUT ")]
    return (sent[0] if sent else None), result


FOUND_OUT = {"verified": "2026-01-01T00:00:00Z", "valid": True, "lineType": "mobile"}
LONDON = {"number": "+442079460000", "country": "GB", **FOUND_OUT}
CARRIED = {**LONDON, "carrier": "A", "ported": {"from": "B"}}
"""With what no documentation names, and is of this number all the same."""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": "+13105550199"}, {"number": "+13105550199", "country": "US"}),
        ({"number": "+447911123456"}, {"number": "+447911123456"}),
        ({"number": "+33612345678", "valid": True}, {"number": "+33612345678", "country": "FR"}),
        (
            {"number": "(310) 555-0199", "country": "CA"},
            {"number": "(310) 555-0199", "country": "CA"},
        ),
        # One without its country code is one of the same country.
        ({"number": "(310) 555-0199"}, {"number": "(310) 555-0199", "country": "GB"}),
    ],
)
def test_a_new_number_takes_over_nothing_of_the_old_one(
    change: dict[str, Any], expected: dict[str, Any]
) -> None:
    sent, result = sent_by(LONDON, lambda one: one.update("1", {"mobile": change}))
    assert sent == result["mobile"] == expected


def test_what_nobody_knows_about_a_number_does_not_go_over_to_another() -> None:
    change = {"number": "+33612345678", "carrier": "C"}
    sent, result = sent_by(CARRIED, lambda one: one.update("1", {"mobile": change}))
    assert sent == result["mobile"] == {**change, "country": "FR"}
    sent, _ = sent_by(CARRIED, lambda one: one.update("1", {"firstName": "Augusta"}))
    assert sent is not None
    assert (sent["carrier"], sent["ported"]) == ("A", {"from": "B"})


def test_another_writing_of_the_number_keeps_the_country() -> None:
    change = {"mobile": {"number": "020 7946 0000"}}
    sent, result = sent_by(LONDON, lambda one: one.update("1", change))
    assert sent == {"number": "020 7946 0000", "country": "GB"}
    assert result["mobile"] == {**LONDON, "number": "020 7946 0000"}


def test_what_sakari_finds_out_about_a_number_is_never_written() -> None:
    other = {"verified": None, "valid": False, "lineType": "landline"}
    sent, result = sent_by(LONDON, lambda one: one.update("1", {"mobile": other}))
    assert sent is None
    assert result["mobile"] == LONDON
    plain = {"number": LONDON["number"], "country": "GB"}
    sent, _ = sent_by(LONDON, lambda one: one.update("1", {"firstName": "Augusta"}))
    assert sent == plain
    sent, _ = sent_by(LONDON, lambda one: one.replace("1", {"mobile": LONDON}))
    assert sent == plain


def test_true_is_not_one(emulator: EmulatorServer, sakari: SakariClient) -> None:
    contact = sakari.contacts.create({**ADA, "attributes": {"plan": 1, "size": 0}})
    changed = {"attributes": {"plan": True, "size": False}}
    sakari.contacts.update(contact["id"], changed)
    assert emulator.requests[-1].method == "PUT"
    assert sakari.contacts.get(contact["id"])["attributes"]["plan"] is True


@pytest.mark.parametrize("field", ["id", "keyId", "valid", "error", "created", "updated"])
def test_an_update_of_what_is_sakaris_is_refused(
    emulator: EmulatorServer, sakari: SakariClient, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        sakari.contacts.update("64b0c0ffee0000000000b001", {field: "x"})
    assert caught.value.field == field
    assert not emulator.requests
