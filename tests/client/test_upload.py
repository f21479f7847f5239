"""Uploading contacts as CSV: whatever they hold arrives, and each row has an outcome."""

from __future__ import annotations

import csv
from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import InvalidInputError, RequestRefusedError
from tests.client.people import Contact, people
from tests.client.reach import Sleeps
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.resources.upload import RowOutcome
    from sakari_emulator.server import EmulatorServer


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def statuses(outcomes: list[RowOutcome]) -> dict[str, int]:
    return dict(Counter(one.status for one in outcomes))


def uploads(emulator: EmulatorServer) -> int:
    return sum(one.method == "POST" and one.path.endswith("/contacts") for one in emulator.requests)


def test_whatever_a_contact_holds_arrives(emulator: EmulatorServer, sakari: SakariClient) -> None:
    contact = {
        "mobile": {"number": "+12125550123", "country": "US"},
        "firstName": 'Ada "the first", Countess\nof Lovelace',
        "lastName": "=SUM(A1:A9)",
        "email": "ada@example.com",
        "tags": ["vip", {"tag": "new, old", "visible": True}],
        "attributes": {"plan": "p|q;r", "größe": "ä€😀", "score": 7, "member": True, "none": None},
    }
    [outcome] = sakari.contacts.upload([contact])
    assert (outcome.index, outcome.status) == (0, "written")
    assert outcome.contact is not None
    stored = sakari.contacts.get(outcome.contact["id"])
    for name in ("firstName", "lastName", "email"):
        assert stored[name] == contact[name]
    assert [tag["tag"] for tag in stored["tags"]] == ["vip", "new, old"]
    assert stored["attributes"] == {
        "plan": "p|q;r", "größe": "ä€😀", "score": "7", "member": "true",
    }  # fmt: skip


@pytest.mark.parametrize("chunk_rows", [1, 7, 1000])
def test_each_row_has_its_outcome_in_order(
    emulator: EmulatorServer, sakari: SakariClient, chunk_rows: int
) -> None:
    rows = people(20)
    rows[3]["mobile"]["number"] = "+1212"
    rows[8] = {"email": "nobody@example.com"}
    rows[12]["tags"] = ["two|tags"]
    outcomes = list(sakari.contacts.upload(iter(rows), chunk_rows=chunk_rows))
    assert [one.index for one in outcomes] == list(range(20))
    assert {one.index for one in outcomes if one.status != "written"} == {3, 8, 12}
    assert outcomes[3].code == "CONT-001"
    assert "mobile.number" in str(outcomes[8].description)
    assert "pipe" in str(outcomes[12].description)
    ids = {one.contact["id"] for one in outcomes if one.contact}
    assert len(ids) == 17
    assert ids <= set(emulator.ids("contacts"))
    sendable = 18
    least = {1: sendable, 7: 3, 1000: 1}
    assert uploads(emulator) == least[chunk_rows]


def test_contacts_are_taken_as_they_are_sent_and_not_before(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    taken = 0

    def rows() -> Iterator[Contact]:
        nonlocal taken
        for one in people(50):
            taken += 1
            yield one

    outcomes = sakari.contacts.upload(rows(), chunk_rows=10)
    next(outcomes)
    assert taken <= 11


def test_a_chunk_is_bounded_in_size_too(emulator: EmulatorServer, sakari: SakariClient) -> None:
    notes = {f"note {at}": "x" * 100_000 for at in range(20)}
    rows = [{**one, "attributes": notes} for one in people(5)]
    assert statuses(list(sakari.contacts.upload(rows))) == {"written": 5}
    assert uploads(emulator) == 3


@pytest.mark.parametrize(
    ("merge", "attributes"),
    [("append", {"a": "1", "b": "2"}), ("core", {"a": "1"}), ("remove", {"b": "2"})],
)
def test_known_contacts_are_merged_as_told(
    sakari: SakariClient, merge: Any, attributes: dict[str, str]
) -> None:
    [one] = people(1)
    created = sakari.contacts.create({**one, "attributes": {"a": "1"}})
    [outcome] = sakari.contacts.upload([{**one, "attributes": {"b": "2"}}], merge=merge)
    assert outcome.contact is not None
    assert outcome.contact["id"] == created["id"]
    assert sakari.contacts.get(created["id"])["attributes"] == attributes


def test_an_upload_whose_answer_is_lost_is_repeated_and_makes_no_second(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=2)
    before = len(emulator.ids("contacts"))
    outcomes = list(sakari.contacts.upload(people(20), chunk_rows=5))
    assert statuses(outcomes) == {"written": 20}
    assert len(emulator.ids("contacts")) == before + 20


def test_an_answer_that_only_counts_is_believed_where_it_adds_up(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(csv_lists="counts")
    assert statuses(list(sakari.contacts.upload(people(5)))) == {"written": 5}
    rows = people(5)
    rows[0]["mobile"]["number"] = "+1212"
    assert statuses(list(sakari.contacts.upload(rows))) == {"unknown": 5}


def test_a_server_that_takes_no_csv_is_said(emulator: EmulatorServer, sakari: SakariClient) -> None:
    emulator.switch(csv="reject")
    with pytest.raises(RequestRefusedError, match="415"):
        list(sakari.contacts.upload(people(2)))


def sent(rows: list[Contact], settings: dict[str, Any], **options: Any) -> list[list[list[str]]]:
    """The requests of an upload: lines of cells, the header first."""
    with odd_server(answer(b'{"data": {}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            list(sakari.contacts.upload(rows, **options))
        bodies = zip(server.heads, server.bodies, strict=True)
        texts = [body.decode() for head, body in bodies if "/contacts" in head]
    return [list(csv.reader(text.splitlines())) for text in texts]


def test_a_chunk_holds_each_number_once_and_rows_keep_their_order(
    emulator: EmulatorServer, sakari: SakariClient, settings: dict[str, Any]
) -> None:
    [ada, bob] = people(2)
    again = {"mobile": {"number": "(907) 555-0140", "country": "us"}, "firstName": "Ada"}
    rows = [ada, bob, again, ada]
    chunks = [[line[0] for line in chunk[1:]] for chunk in sent(rows, settings)]
    assert chunks == [["US", "US"], ["us"], ["US"]]
    outcomes = list(sakari.contacts.upload([ada, bob, again]))
    assert [one.status for one in outcomes] == ["written"] * 3
    stored = sakari.contacts.find_by_mobile("+19075550140")
    assert stored is not None
    assert stored["firstName"] == "Ada"


def test_new_contacts_that_hold_different_things_can_share_a_request(
    emulator: EmulatorServer, sakari: SakariClient, settings: dict[str, Any]
) -> None:
    rows = people(4)
    rows[1]["email"] = "p1@example.com"
    rows[2]["attributes"] = {"plan": "pro"}
    [[header, *lines]] = sent(rows, settings, blanks=True)
    assert header == ["country", "firstName", "email", "mobile", "plan"]
    assert [line[2::2] for line in lines] == [
        ["", ""], ["p1@example.com", ""], ["", "pro"], ["", ""],
    ]  # fmt: skip
    assert statuses(list(sakari.contacts.upload(rows, blanks=True))) == {"written": 4}
    stored = sakari.contacts.find_by_mobile("+19075550140")
    assert stored is not None
    assert (stored["email"], stored["attributes"]) == (None, {})


def test_blanks_count_as_bytes_too(settings: dict[str, Any]) -> None:
    # Each row is short and has 3,000 columns of its own, which are blanks in all the others.
    rows = people(40)
    for at, one in enumerate(rows):
        one["attributes"] = {f"{at} {name}": "x" for name in range(3000)}
    requests = sent(rows, settings, blanks=True)
    assert len(requests) > 1
    assert sum(len(lines) - 1 for lines in requests) == 40
    for lines in requests:
        assert sum(len(",".join(line).encode()) + 2 for line in lines) < 5_000_000


def test_no_row_is_sent_an_empty_cell(settings: dict[str, Any]) -> None:
    rows = people(6)
    rows[2]["attributes"] = {"plan": "pro"}
    rows[3]["attributes"] = {"plan": "free"}
    rows[4] |= {"tags": ["vip"], "firstName": ""}
    requests = sent(rows, settings)
    assert [chunk[0] for chunk in requests] == [
        ["country", "firstName", "mobile"],
        ["country", "firstName", "mobile", "plan"],
        ["country", "mobile", "tags"],
        ["country", "firstName", "mobile"],
    ]
    assert [len(chunk) - 1 for chunk in requests] == [2, 2, 1, 1]
    assert all(cell for chunk in requests for line in chunk for cell in line)


def test_rows_that_cannot_be_sent_do_not_end_a_chunk(settings: dict[str, Any]) -> None:
    rows = people(3)
    rows[1]["tags"] = ["two|tags"]
    assert [len(chunk) for chunk in sent(rows, settings)] == [3]


@pytest.mark.parametrize(
    "attributes",
    [{"note": "😀" * 400_000}, {"note": '"' * 800_000}, {"h" * 3_000_000: "x" * 900_000}],
)
def test_requests_stay_below_five_megabytes(
    attributes: dict[str, str], settings: dict[str, Any]
) -> None:
    rows = [{**one, "attributes": attributes} for one in people(8)]
    with odd_server(answer(b'{"data": {}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            list(sakari.contacts.upload(rows))
    assert all(len(body) < 5_000_000 for body in server.bodies)
    assert sum(body.count(b"+1907555") for body in server.bodies) == 8


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ({}, "mobile.number is what"),
        ({"mobile": "+12125550123"}, "mobile.number is what"),
        ({"mobile": {"number": " "}}, "mobile.number is what"),
        ({"lists": [{"id": "1"}]}, "lists has no column"),
        ({"tags": "vip"}, "tags must be a list"),
        ({"tags": [7]}, "tags must hold texts"),
        ({"tags": ["a|b"]}, "tags hold one with a pipe"),
        ({"tags": [{"tag": "x", "visible": False}]}, "tags hold one that is not visible"),
        ({"attributes": {"a": [1]}}, "attributes holds what no cell can"),
        ({"attributes": {"a": {"b": 1}}}, "attributes holds what no cell can"),
        ({"firstName": ["Ada"]}, "firstName holds what no cell can"),
        ({"attributes": {"a": 10**5000}}, "attributes cannot be written"),
        ({"attributes": [1]}, "attributes must be an object"),
        ({"attributes": {"email": "x"}}, "named like another column"),
        ({"attributes": {"": "x"}}, "named like another column"),
        ({"attributes": {"a": "half \ud83d"}}, "attributes holds a character"),
        ({"firstName": "a\0b"}, "firstName holds a character"),
    ],
)
def test_a_row_that_cannot_be_sent_is_rejected_by_name(
    contact: Contact, said: str, sakari: SakariClient, emulator: EmulatorServer
) -> None:
    row = {**people(1)[0], **contact} if contact and "mobile" not in contact else contact
    [outcome] = sakari.contacts.upload([row])
    assert outcome.status == "rejected"
    assert said in str(outcome.description)
    assert not uploads(emulator)


def test_what_was_read_can_be_uploaded(emulator: EmulatorServer, sakari: SakariClient) -> None:
    fields = {"mobile", "firstName", "lastName", "email", "tags", "attributes", "id", "created"}
    known = [
        {name: value for name, value in one.items() if name in fields}
        for one in sakari.contacts.list()
        if (one.get("mobile") or {}).get("number")
    ]
    before = set(emulator.ids("contacts"))
    outcomes = list(sakari.contacts.upload(known))
    assert statuses(outcomes) == {"written": len(known)}
    assert set(emulator.ids("contacts")) == before


def test_values_are_written_as_text(settings: dict[str, Any]) -> None:
    attributes = {"price": Decimal("1.50"), "count": 7, "flag": False, "text": "a,ä"}
    with odd_server(answer(b'{"data": {}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            list(sakari.contacts.upload([{**people(1)[0], "attributes": attributes}]))
    assert "Content-Type: text/csv; charset=utf-8" in server.heads[-1]
    assert "?mergeStrategy=append " in server.heads[-1]
    [row] = csv.DictReader(server.bodies[-1].decode().splitlines())
    assert row == {
        "country": "US", "firstName": "P0", "mobile": "+19075550140",
        "price": "1.50", "count": "7", "flag": "false", "text": "a,ä",
    }  # fmt: skip


def test_a_chunk_of_no_rows_is_refused(sakari: SakariClient) -> None:
    with pytest.raises(InvalidInputError, match="chunk_rows"):
        list(sakari.contacts.upload([], chunk_rows=0))


@pytest.mark.parametrize("merge", ["Append", "", None, "replace"])
def test_a_way_to_merge_that_does_not_exist_is_refused(merge: Any, sakari: SakariClient) -> None:
    with pytest.raises(InvalidInputError, match="merge must be one of append, core, remove"):
        sakari.contacts.upload([], merge=merge)


@pytest.mark.parametrize("row", ["+12125550123", None, 7, ["+12125550123"]])
def test_what_is_no_contact_is_rejected_and_the_rest_written(
    row: Any, sakari: SakariClient
) -> None:
    outcomes = list(sakari.contacts.upload([row, *people(1)]))
    assert [one.status for one in outcomes] == ["rejected", "written"]
    assert outcomes[0].description == "contact must be an object."
