"""Contacts found by their number, whatever way it is written; numbers told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client import phone
from sakari_client.client import SakariClient
from sakari_client.errors import InvalidInputError, SeveralFoundError
from sakari_emulator.rows import Mobile
from tests.client.reach import Sleeps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer

ADA = {"mobile": {"number": "+12125550123", "country": "US"}, "firstName": "Ada"}


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


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
    assert asked[-1] == "23"


def test_several_contacts_with_one_number_are_no_guess(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    rows = list(emulator.account.contacts)[:2]
    for row in rows:
        emulator.account.contacts.give(row, Mobile("+12125550123", "+12125550123", "US"))
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
        ("+52 1 55 1234 5678", None, "+525512345678"),
        ("1 55 1234 5678", "MX", "+525512345678"),
        ("+525512345678", None, "+525512345678"),
        ("+52 2 55 1234 5678", None, None),
        ("2125550123", None, None),
        ("2125550123", "XX", None),
    ],
)
def test_numbers_in_international_form(
    number: str, country: str | None, expected: str | None
) -> None:
    assert phone.e164(number, country) == expected


def number_of_row(emulator: EmulatorServer, index: int, number: str, country: str | None) -> str:
    """Have a contact of the emulator keep a number as it was sent; gives the contact's id."""
    row = list(emulator.account.contacts)[index]
    unclear: Any = (number, number, country)  # which may not be known
    emulator.account.contacts.give(row, Mobile(*unclear))
    return row.id


@pytest.mark.parametrize(
    ("stored", "country", "wanted"),
    [
        ("+33 6 12 34 56 78", "FR", "+33612345678"),
        ("+33 6 12 34 56 78", None, "+33612345678"),
        ("13105550199", None, "+13105550199"),
        ("(310) 555-0199", None, "+13105550199"),
        ("06 12 34 56 78", None, "+33612345678"),
        ("33612345678", "US", "+33612345678"),
        ("4915112345678", "DE", "+4915112345678"),
        ("4915112345678", "DE", "+494915112345678"),
        ("0012125550123", None, "+12125550123"),
        ("+5215512345678", "MX", "+525512345678"),
    ],
)
def test_a_number_is_found_in_whatever_form_it_is_stored(
    emulator: EmulatorServer, sakari: SakariClient, stored: str, country: str | None, wanted: str
) -> None:
    row_id = number_of_row(emulator, 0, stored, country)
    found = sakari.contacts.find_by_mobile(wanted)
    assert found is not None
    assert found["id"] == row_id


@pytest.mark.parametrize(
    ("stored", "country"),
    [("3105550198", None), ("+3105550199", None), ("3105550199", "MX"), ("0199", None)],
)
def test_another_number_is_not_taken_for_it(stored: str, country: str | None) -> None:
    contact = {"mobile": {"number": stored, "country": country}}
    assert not phone.same(contact, "+13105550199")


def test_a_number_that_can_be_read_in_two_ways_is_looked_for_in_both(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    asked = ("4915112345678", "DE")
    assert sakari.contacts.find_by_mobile(*asked) is None
    with_code = number_of_row(emulator, 0, "+4915112345678", "DE")
    found = sakari.contacts.find_by_mobile(*asked)
    assert found is not None
    assert found["id"] == with_code
    number_of_row(emulator, 1, "+494915112345678", "DE")
    with pytest.raises(SeveralFoundError):
        sakari.contacts.find_by_mobile(*asked)


def test_two_writings_of_one_number_are_several_contacts(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    ids = {
        number_of_row(emulator, 0, "+12125550123", "US"),
        number_of_row(emulator, 1, "(212) 555-0123", "US"),
    }
    with pytest.raises(SeveralFoundError) as caught:
        sakari.contacts.find_by_mobile("+12125550123")
    assert set(caught.value.ids) == ids
    assert {one["id"] for one in sakari.contacts.with_mobile("+12125550123")} == ids
    before = len(emulator.requests)
    [one] = sakari.contacts.with_mobile("+12125550123", in_any_writing=False)
    assert one["mobile"]["number"] == "+12125550123"
    assert len(emulator.requests) == before + 1


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12125550123", "US"),
        ("+14165550123", "CA"),
        ("+18005550199", "US"),
        ("+33612345678", "FR"),
        ("+447911123456", None),  # one of Guernsey's ranges, which say nothing any more
        ("+15005550123", None),  # personal numbers, of anywhere in North America
        ("+61412345678", None),
        ("+8005551234", None),  # of the whole world
        ("+15551234567", None),
        ("2125550123", None),
    ],
)
def test_the_country_of_a_number_is_told_only_where_it_is_certain(
    number: str, country: str | None
) -> None:
    assert phone.country_of(number) == country
