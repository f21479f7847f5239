"""A text that is not among its recipient's messages may be somebody else's, or nobody's, by now."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from sakari_emulator import answers, lists
from tests.target.run import record
from tests.target.sends.sending import Sending, number, sends
from tests.target.sends.test_waiting import RESENDS, hide

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.rows import Contact
    from sakari_emulator.rows import Message as Text
    from tests.fake_clock import FakeClock
    from tests.target.sends.watched_account import WatchedAccount


def lose(sending: Sending, account: WatchedAccount, clock: FakeClock, more: str = "") -> Text:
    """A text whose answer is lost, and that is listed a little later, with more text perhaps."""
    lost: list[Text] = []

    def answer(_: int) -> Response:
        lost.extend(hide(sending))
        return answers.failure(500, "json")

    account.watch(accepted=answer)
    assert sending.run(sends(1), clock=clock).ended == ["unknown no_clear_answer"]
    account.watch()
    [text] = lost
    if more:
        text.template, text.text = None, f"{text.text}{more}"
    sending.server.account.messages.add(text)
    clock.now += 400
    return text


def contact_of(sending: Sending, at: int = 0) -> Contact:
    contact = sending.server.account.contacts.by_number(number(at))
    assert contact
    assert contact.mobile
    return contact


def change(sending: Sending, how: str) -> None:
    """Have the contact be corrected, or deleted, and perhaps another one have the number then."""
    contacts, contact = sending.server.account.contacts, contact_of(sending)
    again = structs.replace(contact, id="f" * 24)
    if how.startswith("deleted"):
        contacts.remove(contact)
    else:
        assert contact.mobile
        contacts.give(contact, structs.replace(contact.mobile, number=number(99)))
    if how.endswith("again"):
        contacts.add(again)


@pytest.mark.parametrize("more", ["", "\nReply STOP to opt out."])
@pytest.mark.parametrize("how", ["corrected", "deleted", "corrected again", "deleted again"])
def test_a_text_is_not_absent_as_its_contact_has_changed(
    sending: Sending, account: WatchedAccount, clock: FakeClock, how: str, more: str
) -> None:
    text = lose(sending, account, clock, more)
    change(sending, how)
    for settings in (RESENDS, {}):
        done = sending.run(sends(1), **settings, clock=clock)
        assert done.ended == ["unknown unresolved"]
        assert "no send accounts for" in done.outcomes[0]["detail"]
        assert str(text.id) in done.outcomes[0]["detail"]
    assert sending.posts() == 1


def test_a_text_whose_contact_is_the_same_is_found(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    text = lose(sending, account, clock)
    done = sending.run(sends(1), **RESENDS, clock=clock)
    assert done.ended == ["written"]
    assert done.outcomes[0]["sakari_id"] == text.id
    assert sending.posts() == 1


def test_other_texts_and_those_of_other_sends_are_no_evidence(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    # Sakari names the job that the first two went out with, and no messages; the others are lost.
    account.watch(arrived=lambda at: answers.failure(500, "json") if at == 2 else None)
    texts = [*sends(4), record("sends", id="other", mobile=number(9), text="Bye")]
    sending.run(texts, recipients_per_request=2, concurrency=1, clock=clock)
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET message_id = NULL")
    clock.now += 400
    done = sending.run(sends(4), **RESENDS, clock=clock)
    assert sorted(done.ended) == [*["skipped already_sent"] * 2, *["written"] * 2]
    assert set(sending.received().values()) == {1}


def test_a_message_of_nobodys_is_not_certainly_it(
    sending: Sending, account: WatchedAccount, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(lists._FILTERS, "messages", {})
    sending.run([record("sends", id="first", mobile=number(0), text="Earlier")], clock=clock)
    sending.run([record("sends", id="other", mobile=number(5), text="Hello")], clock=clock)
    account.fail_next_send()
    texts = sending.texts()
    orphan = structs.replace(texts[-1], id="e" * 24, contact=None, conversation=None)
    sending.server.account.messages.add(orphan)
    done = sending.run(sends(1), clock=clock)
    assert done.ended == ["unknown no_clear_answer"]
    clock.now += 400
    assert sending.run(sends(1), **RESENDS, clock=clock).ended == ["unknown unresolved"]
