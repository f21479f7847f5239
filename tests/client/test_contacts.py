"""Contacts: found, written and removed, whatever form the server answers in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import phone
from sakari_client.client import SakariClient
from sakari_client.errors import (
    AmbiguousError,
    InvalidInputError,
    NotFoundError,
    RequestRefusedError,
    SeveralFoundError,
)
from tests.client.reach import Sleeps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer

ADA = {
    "mobile": {"number": "+12125550123", "country": "US"},
    "firstName": "Ada",
    "email": "ada@example.com",
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"plan": "pro"},
}


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


@pytest.mark.parametrize("asked", ["+12125550123", "+1 (212) 555-0123", "1 212 555 0123"])
@pytest.mark.parametrize("mobile", ["e164", "as_sent"])
@pytest.mark.parametrize("cap", [2, 100])
def test_a_contact_is_found_by_the_whole_number(
    emulator: EmulatorServer, sakari: SakariClient, asked: str, mobile: str, cap: int
) -> None:
    emulator.switch(number_form=mobile, page_cap=cap)
    wanted = sakari.contacts.create(ADA | {"mobile": {"number": "(212) 555-0123", "country": "US"}})
    for other in ("+13125550123", "+12135550123", "+441632960123"):
        sakari.contacts.create({"mobile": {"number": other}})
    found = sakari.contacts.find_by_mobile(asked, None if asked.startswith("+") else "US")
    assert found is not None
    assert found["id"] == wanted["id"]


def test_the_plus_of_a_number_arrives(emulator: EmulatorServer, sakari: SakariClient) -> None:
    sakari.contacts.find_by_mobile("+12125550123")
    asked = [one.query["mobile"] for one in emulator.requests if "mobile" in one.query]
    assert asked[0] == "+12125550123"
    assert asked[-1] == "0123"


def test_several_contacts_with_one_number_are_no_guess(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    rows = list(emulator.account.contacts)[:2]
    for row in rows:
        assert row.mobile is not None
        row.mobile.number = row.mobile.typed = "+12125550123"
        row.mobile.country = "US"
    with pytest.raises(SeveralFoundError) as caught:
        sakari.contacts.find_by_mobile("+12125550123")
    assert set(caught.value.ids) == {row.id for row in rows}
    for row in rows:
        assert row.id in str(caught.value)
    assert "2125550123" not in str(caught.value)


@pytest.mark.parametrize("number", ["", "abc", "12", "+1", "2125550123"])
def test_what_is_no_number_is_not_looked_for(
    emulator: EmulatorServer, sakari: SakariClient, number: str
) -> None:
    with pytest.raises(InvalidInputError, match="number"):
        sakari.contacts.find_by_mobile(number)
    assert not emulator.requests


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("+12125550123", None, "+12125550123"),
        ("(212) 555-0123", "us", "+12125550123"),
        ("01632 960123", "GB", "+441632960123"),
        ("+441632960123", "US", "+441632960123"),
        ("2125550123", None, None),
        ("2125550123", "XX", None),
    ],
)
def test_numbers_in_international_form(
    number: str, country: str | None, expected: str | None
) -> None:
    assert phone.e164(number, country) == expected
