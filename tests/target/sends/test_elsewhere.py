"""A text that is not among its recipient's messages may be somebody else's, or nobody's, by now."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from sakari_emulator import answers, lists
from tests.target.run import record
from tests.target.sends.places import open_ledger
from tests.target.sends.sending import Sending, number, sends
from tests.target.sends.test_waiting import RESENDS, hide

HOUR_MS = 3_600_000

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from sakari_emulator.rows import Contact
    from sakari_emulator.rows import Message as Text
    from tests.fake_clock import FakeClock
    from tests.target.run import Message
    from tests.target.sends.watched_account import WatchedAccount


def lose(
    sending: Sending,
    account: WatchedAccount,
    clock: FakeClock,
    listed: str | None = None,
    asked: Sequence[Message] = (),
) -> Text:
    """A text whose answer is lost, and that is listed a little later, perhaps otherwise."""
    lost: list[Text] = []

    def answer(_: int) -> Response:
        lost.extend(hide(sending))
        return answers.failure(500, "json")

    account.watch(accepted=answer)
    done = sending.run(asked or sends(1), clock=clock)
    assert done.ended == ["unknown no_clear_answer"]
    account.watch()
    [text] = lost
    if listed:
        text.template, text.text = None, listed
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


@pytest.mark.parametrize(
    ("asked", "listed"),
    [
        ("Hello", None),
        ("Hello", "Hello\nReply STOP to opt out."),
        ("Hi {{firstName}}, it is ready", "Hi Ann, it is ready"),
        ("Look at https://example.com/order/1 please", "Look at https://sak.ri/a please"),
    ],
)
@pytest.mark.parametrize("how", ["corrected", "deleted", "corrected again", "deleted again"])
def test_a_text_is_not_absent_as_its_contact_has_changed(  # noqa: PLR0913, PLR0917
    sending: Sending,
    account: WatchedAccount,
    clock: FakeClock,
    how: str,
    asked: str,
    listed: str | None,
) -> None:
    text = lose(sending, account, clock, listed, sends(1, asked))
    change(sending, how)
    for settings in (RESENDS, {}):
        done = sending.run(sends(1, asked), **settings, clock=clock)
        assert done.ended == ["unknown unresolved"]
        assert "no send accounts for" in done.outcomes[0]["detail"]
        assert str(text.id) in done.outcomes[0]["detail"]
    assert sending.posts() == 1
    # A person looks, and says which message it is: then it holds up nobody else.
    [row] = sending.entries()
    with open_ledger(sending.address) as ledger:
        assert ledger.settle(row.key, "accepted", now=row.held_until, message_id=str(text.id))
    account.fail_next_send()
    assert sending.run(sends(2, asked)[1:], clock=clock).ended == ["unknown no_clear_answer"]
    clock.now += 400
    done = sending.run(sends(2, asked), **RESENDS, clock=clock)
    assert done.ended == ["skipped already_sent", "written"]
    assert done.outcomes[0]["sakari_id"] == text.id


def test_a_settled_send_of_a_job_accounts_for_none_of_an_open_one(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    texts = sends(2)
    sending.run(texts, clock=clock)
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET message_id = NULL")
        database.execute("UPDATE sakari_sends SET status = 'unknown' WHERE shown = '0000'")
    change(sending, "deleted")
    clock.now += 400
    done = sending.run(texts, **RESENDS, clock=clock)
    assert done.ended == ["unknown unresolved", "skipped already_sent"]
    assert sending.posts() == 1


def test_all_texts_are_read_but_once(
    sending: Sending, account: WatchedAccount, clock: FakeClock
) -> None:
    for at in range(3):
        account.fail_next_send()
        sending.run(sends(3, f"Part {at}")[at:][:1], clock=clock)
        clock.now += 400
    lost = [sends(3, f"Part {at}")[at] for at in (2, 1, 0)]
    before = len(account.requests)
    done = sending.run(lost, clock=clock)
    assert done.ended == ["unknown not_found_in_sakari"] * 3
    reads = [one for one in list(account.requests)[before:] if one.path.endswith("/messages")]
    assert [one.method for one in reads] == ["GET"]


@pytest.mark.parametrize("guard", [{"max_messages": 0}, {"quiet_hours": "00:00-23:59"}])
def test_what_is_absent_and_may_not_go_out_now_stays_unknown(
    sending: Sending, account: WatchedAccount, clock: FakeClock, guard: dict[str, Any]
) -> None:
    account.fail_next_send()
    sending.run(sends(1), clock=clock)
    clock.now += 400
    done = sending.run(sends(1), **RESENDS, **guard, clock=clock)
    assert done.ended == ["unknown unresolved"]
    assert "it is not sent again now: " in done.outcomes[0]["detail"]


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


@pytest.mark.parametrize("is_old", [False, True])
def test_a_message_of_nobodys_is_not_certainly_it(
    sending: Sending,
    account: WatchedAccount,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    is_old: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setitem(lists._FILTERS, "messages", {})
    sending.run([record("sends", id="first", mobile=number(0), text="Earlier")], clock=clock)
    sending.run([record("sends", id="other", mobile=number(5), text="Hello")], clock=clock)
    if is_old:
        for one in sending.texts():
            sending.server.account.messages.remove(one)
            sending.server.account.messages.add(structs.replace(one, created=one.created - HOUR_MS))
    account.fail_next_send()
    texts = sending.texts()
    orphan = structs.replace(
        texts[-1], id="e" * 24, contact=None, conversation=None, created=int(clock.now * 1000)
    )
    sending.server.account.messages.add(orphan)
    done = sending.run(sends(1), clock=clock)
    assert done.ended == ["unknown no_clear_answer"]
    clock.now += 400
    assert sending.run(sends(1), **RESENDS, clock=clock).ended == ["unknown unresolved"]
