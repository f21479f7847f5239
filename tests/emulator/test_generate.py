from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest

from sakari_emulator import numbers
from sakari_emulator.account import NEWER, STREAMS, Account
from sakari_emulator.generate import Sizes
from sakari_emulator.shapes import show
from sakari_emulator.switches import Switches
from sakari_emulator.times import NEWEST, YEAR, iso

if TYPE_CHECKING:
    from collections.abc import Sequence

SIZES = Sizes(contacts=300, messages=1500, conversations=200)
US = re.compile(r"\+1([2-9]\d\d)55501(\d\d)")


@pytest.fixture(scope="module")
def account() -> Account:
    return Account(SIZES, seed=7)


def _bytes(account: Account, streams: Sequence[str] = STREAMS) -> bytes:
    rows = [show(row, Switches()) for stream in streams for row in account.table(stream)]
    return msgspec.json.encode(rows)


def test_one_seed_gives_the_same_bytes(account: Account) -> None:
    assert _bytes(account) == _bytes(Account(SIZES, seed=7))
    assert _bytes(account) != _bytes(Account(SIZES, seed=8))


def test_the_newer_resources_leave_the_others_as_they_are() -> None:
    older = [stream for stream in STREAMS if stream not in NEWER]
    few = Account(replace(SIZES, calls=0, links=0, forms=0), seed=7, clock=lambda: 1_800_000_000)
    many = Account(replace(SIZES, calls=9, links=9, forms=9), seed=7, clock=lambda: 1_800_000_000)
    assert _bytes(few, older) == _bytes(many, older)
    for stream in NEWER:
        many.insert(stream, 3)
        many.delete(stream, 2)
    for account in (few, many):
        account.insert("messages", 3)
        account.delete("contacts", 3)
    assert _bytes(few, older) == _bytes(many, older)


def test_times_lie_in_the_year_before_the_newest(account: Account) -> None:
    assert iso(NEWEST) == "2026-01-01T00:00:00.000Z"
    for stream in STREAMS:
        rows = list(account.table(stream))
        assert all(NEWEST - YEAR <= row.created <= row.updated <= NEWEST for row in rows)
    assert account.messages.newest == NEWEST


def test_some_messages_share_the_moment_they_were_made(account: Account) -> None:
    moments = [message.created for message in account.messages]
    assert len(set(moments)) < len(moments)


def test_people_have_numbers_set_aside_for_fiction() -> None:
    found = [numbers.fiction(index) for index in range(30_000)]
    assert len({mobile.number for mobile in found}) == 30_000
    americans = [US.fullmatch(mobile.number) for mobile in found if mobile.country == "US"]
    assert all(match and int(match[2]) < 95 for match in americans)
    british = {mobile.number[:-4] for mobile in found if mobile.country == "GB"}
    assert {"+44207946", "+441134960"[:-1], "+441914980"[:-1]} <= british
    assert all(numbers.read(m.typed, m.country).number == m.number for m in found)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("typed", "country", "number"),
    [
        ("+1 (212) 555-0100", None, "+12125550100"),
        ("212.555.0100", "US", "+12125550100"),
        ("0044 20 7946 0000", None, "+442079460000"),
        ("020 7946 0000", "GB", "+442079460000"),
        ("0612345678", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", None, "+33612345678"),
        ("5512345678", "mx", "+525512345678"),
        ("one", "US", None),
        ("", "US", None),
        ("123", "DE", None),
        ("5550100", "US", None),
        ("+121255501001", None, None),
        ("2125550100", "XX", None),
    ],
)
def test_numbers_as_sent(typed: str, country: str | None, number: str | None) -> None:
    mobile = numbers.read(typed, country)
    assert (mobile.number if mobile else None) == number


def test_more_people_than_numbers_repeat_them() -> None:
    assert numbers.fiction(500_000).number.startswith("+")


def test_an_account_may_be_empty() -> None:
    account = Account(Sizes(0, 5, 0, 0, 0, 0, 2, 0, 0))
    assert all("contact" not in show(row, Switches()) for row in account.calls)
    assert len(account.messages) == 5
    assert all("contact" not in show(row, Switches()) for row in account.messages)
    assert account.insert("conversations")


def test_a_message_is_about_as_long_as_a_real_one(account: Account) -> None:
    rows = [msgspec.json.encode(show(row, Switches())) for row in account.messages]
    assert 700 < sum(map(len, rows)) / len(rows) < 1000
