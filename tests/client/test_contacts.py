"""Contacts: found, made and removed, whatever form the server answers in."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import (
    AmbiguousError,
    ConfigError,
    InvalidInputError,
    NotFoundError,
    RequestRefusedError,
)
from tests.client.people import ADA
from tests.client.reach import Sleeps, odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


@pytest.mark.parametrize("form", ["object", "array", "contacts"])
@pytest.mark.parametrize("status", [200, 201])
def test_a_contact_that_is_created_is_answered_with_its_id(
    emulator: EmulatorServer, sakari: SakariClient, form: str, status: int
) -> None:
    emulator.switch(contact_create_answer=form, create_status=status)
    created = sakari.contacts.create(ADA)
    assert created["firstName"] == "Ada"
    read = sakari.contacts.get(created["id"])
    assert read["attributes"] == {"plan": "pro"}
    assert read["tags"] == [{"tag": "vip", "visible": True}]


def test_a_contact_that_is_not_there_is_said(sakari: SakariClient) -> None:
    with pytest.raises(NotFoundError, match=r"GET /contacts/\{contactId\}: .* no such record"):
        sakari.contacts.get("64b0c0ffee0000000000ffff")


def test_creating_a_known_number_may_be_refused_and_upsert_is_not(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(duplicate="error")
    first = sakari.contacts.create(ADA)
    with pytest.raises(RequestRefusedError):
        sakari.contacts.create(ADA)
    again = sakari.contacts.upsert({**ADA, "firstName": "Augusta", "attributes": {"city": "X"}})
    assert again["id"] == first["id"]
    assert again["firstName"] == "Augusta"
    assert again["attributes"] == {"plan": "pro", "city": "X"}


@pytest.mark.parametrize(
    ("merge", "last_name", "attributes"),
    [
        ("append", "Byron", {"plan": "pro"}),
        ("core", "Byron", {"plan": "pro"}),
        ("remove", None, {}),
    ],
)
def test_upsert_merges_as_told(
    sakari: SakariClient, merge: Any, last_name: str | None, attributes: dict[str, str]
) -> None:
    sakari.contacts.create({**ADA, "lastName": "Byron"})
    sent = {"mobile": ADA["mobile"], "firstName": "Augusta"}
    contact = sakari.contacts.upsert(sent, merge=merge)
    assert contact["firstName"] == "Augusta"
    assert contact["lastName"] == last_name
    assert contact["attributes"] == attributes


def test_an_upsert_whose_answer_is_lost_is_repeated_and_makes_one_contact(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=2)
    before = len(emulator.ids("contacts"))
    for number in ("+12125550121", "+12125550122", "+12125550123"):
        sakari.contacts.upsert({"mobile": {"number": number}})
    assert len(emulator.ids("contacts")) == before + 3


def test_a_creation_whose_answer_is_lost_is_not_repeated(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(fail_after_accept_every=1)
    with pytest.raises(AmbiguousError, match="look up the number with contacts.find_by_mobile"):
        sakari.contacts.create(ADA)
    emulator.switch(fail_after_accept_every=0)
    found = sakari.contacts.find_by_mobile("+12125550123")
    assert found is not None


def test_an_upsert_needs_a_number(emulator: EmulatorServer, sakari: SakariClient) -> None:
    with pytest.raises(InvalidInputError, match=r"mobile\.number"):
        sakari.contacts.upsert({"email": "ada@example.com"})
    assert not emulator.requests


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("missing", [404, 200])
def test_deleting_is_done_once_it_is_done(
    emulator: EmulatorServer, sakari: SakariClient, status: int, missing: int
) -> None:
    emulator.switch(delete_status=status, delete_missing=missing)
    contact = sakari.contacts.create(ADA)
    assert sakari.contacts.delete(contact["id"]) is True
    assert sakari.contacts.delete(contact["id"]) is (missing == 200)
    assert sakari.contacts.find_by_mobile("+12125550123") is None


def test_deleting_in_another_account_is_no_success(settings: dict[str, Any]) -> None:
    wrong = {**settings, "account_id": "64b0c0ffee0000000000ffff"}
    with SakariClient.from_settings(wrong) as sakari:
        with pytest.raises(NotFoundError, match="ACCT-008"):
            sakari.contacts.delete("64b0c0ffee0000000000ffff")


EMPTY = pytest.mark.parametrize(
    "empty", [answer(b"", "204 No Content"), answer(b'{"success": true}')], ids=["204", "no data"]
)


@EMPTY
def test_a_creation_that_is_answered_without_a_contact_is_done(empty: bytes) -> None:
    with odd_server(empty) as server:
        assert SakariClient(odd(server.url, max_retries=3).config).contacts.create(ADA) == ADA
    assert sum(head.startswith("POST /v1/accounts") for head in server.heads) == 1


def test_an_upsert_is_done_though_its_contact_cannot_be_looked_up() -> None:
    def serve(connection: socket.socket, head: bytes) -> None:
        written = head.startswith(b"POST")
        connection.sendall(answer(b"", "204 No Content" if written else "403 Forbidden"))

    with odd_server(serve) as server:
        config = {"client_id": "i", "client_secret": "s", "account_id": "a", "api_url": server.url}
        with SakariClient.from_settings({**config, "max_retries": 0}) as sakari:
            assert sakari.contacts.upsert(ADA) == ADA


@EMPTY
@pytest.mark.parametrize("known", [1, 0, 2])
def test_an_upsert_that_is_answered_without_a_contact_is_looked_up(
    empty: bytes, known: int
) -> None:
    rows = [{**ADA, "id": str(number)} for number in range(known)]
    page = {"totalCount": known, "offset": 0, "limit": 100}
    found = json.dumps({"success": True, "data": rows, "pagination": page}).encode()

    def serve(connection: socket.socket, head: bytes) -> None:
        connection.sendall(empty if head.startswith(b"POST ") else answer(found))

    with odd_server(serve) as server:
        sakari = SakariClient(odd(server.url, max_retries=3).config)
        assert sakari.contacts.upsert(ADA) == (rows[0] if known == 1 else ADA)
        # Of a number that only Sakari can read there is nothing to look up.
        national = {"mobile": {"number": "2125550123"}}
        assert sakari.contacts.upsert(national) == national
    assert sum(head.startswith("POST /v1/accounts") for head in server.heads) == 2


@pytest.mark.parametrize(
    ("stored", "certain", "asked"),
    [("+12125550123", True, 1), ("+1 212 555 0123", True, 2), ("12125550123", False, 1)],
)
def test_a_contact_is_looked_up_by_the_last_digits_only_where_the_number_finds_nobody(
    stored: str,
    certain: bool,  # noqa: FBT001
    asked: int,
) -> None:
    row = {"id": "1", "mobile": {"number": stored}}

    def serve(connection: socket.socket, head: bytes) -> None:
        wanted = re.search(rb"mobile=%2B?(\d+)", head) or re.search(rb"mobile=(\d+)", head)
        found = [row] if wanted and wanted[1].decode() in stored else []
        page = {"totalCount": len(found), "offset": 0, "limit": 100}
        body = json.dumps({"success": True, "data": found, "pagination": page}).encode()
        connection.sendall(answer(body if wanted else b""))

    with odd_server(serve) as server:
        written = SakariClient(odd(server.url).config).contacts.upsert(ADA)
    assert written == (row if certain else ADA)
    assert len([head for head in server.heads if "mobile=" in head]) == asked


def test_an_answer_that_is_no_object_does_not_say_that_a_contact_was_created() -> None:
    with odd_server(answer(b'"please log in"')) as server:
        with pytest.raises(AmbiguousError):
            SakariClient(odd(server.url).config).contacts.create(ADA)


def test_all_contacts_who_have_an_address_are_found(sakari: SakariClient) -> None:
    for at, email in enumerate(["ada@example.com", "ADA@example.com ", "xada@example.com"]):
        mobile = {"number": f"+1212555014{at}"}
        sakari.contacts.create({"mobile": mobile, "email": email, "firstName": f"P{at}"})
    found = sakari.contacts.with_email(" Ada@Example.com")
    assert {one["firstName"] for one in found} == {"P0", "P1"}
    assert sakari.contacts.with_email("nobody@example.com") == []


@pytest.mark.parametrize(
    ("pagination", "total"), [("full", 130), ("total", 130), ("has_next", None), ("none", None)]
)
def test_how_many_there_are_is_told_by_the_first_page(
    emulator: EmulatorServer, sakari: SakariClient, pagination: str, total: int | None
) -> None:
    emulator.switch(pagination=pagination)
    page = sakari.contacts.first_page()
    assert (page.total, len(page.rows)) == (total, 100)
    assert page.ids == emulator.ids("contacts")[:100]
    assert sum("/contacts" in one.path for one in emulator.requests) == 1


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda one: one.create(None), "the record"),
        (lambda one: one.create([ADA]), "the record"),
        (lambda one: one.upsert(None), "the record"),
        (lambda one: one.upsert(ADA, merge="foo"), "merge"),
        (lambda one: one.replace("1", None), "the record"),
        (lambda one: one.update("1", None), "changes"),
        (lambda one: one.update("1", {"mobile": "+33612345678"}), "mobile"),
        (lambda one: one.create({"mobile": "+33612345678"}), "mobile"),
        (lambda one: one.upsert({"mobile": ["+33612345678"]}), "mobile"),
        (lambda one: one.replace("1", {"mobile": "+33612345678"}), "mobile"),
        (lambda one: one.upload(None), "contacts"),
        (lambda one: one.upload(ADA), "contacts"),
        (lambda one: one.upload("+33612345678"), "contacts"),
        (lambda one: one.upload([ADA], chunk_rows="3"), "chunk_rows"),
        (lambda one: one.upload([ADA], chunk_rows=True), "chunk_rows"),
        (lambda one: one.upload([ADA], chunk_rows=0), "chunk_rows"),
        (lambda one: one.find_by_mobile(123), "number"),
        (lambda one: one.find_by_mobile("2125550123", 1), "country"),
        (lambda one: one.with_mobile(None), "number"),
        (lambda one: one.with_email(" "), "email"),
        (lambda one: one.with_email(None), "email"),
        (lambda one: list(one.list({"mobile": 123})), "filters.mobile"),
        (lambda one: list(one.list({"tags": None})), "filters.tags"),
        (lambda one: list(one.list("mobile")), "filters"),
    ],
)
def test_what_is_of_the_wrong_kind_is_named_and_not_sent(
    emulator: EmulatorServer, sakari: SakariClient, call: Any, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        call(sakari.contacts)
    assert caught.value.field == field
    assert not emulator.requests


@pytest.mark.parametrize("page_size", ["5", 0, 101, None, 5.0])
def test_a_page_size_is_a_number_from_1_to_100(sakari: SakariClient, page_size: Any) -> None:
    with pytest.raises(ConfigError, match="page_size"):
        list(sakari.contacts.list(page_size=page_size))
