"""The same person, however records spell them and however runs end, is texted once."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator import answers
from sakari_emulator.rows import Mobile
from target_sakari.ledger.entries import Intent
from target_sakari.ledger.errors import LedgerError
from target_sakari.sends.resolve import Resolver
from tests.target.run import Message, log_of, record, state
from tests.target.sends.places import open_ledger
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from sakari_emulator.rows import Contact
    from tests.target.run import Done
    from tests.target.sends.watched_account import WatchedAccount


def contact_of(sending: Sending, mobile: str, at: int = 0) -> Contact:
    """A contact of this number, whom nothing stands against."""
    contact = list(sending.server.account.contacts)[at]
    contact.valid, contact.blocked, contact.error = True, None, None
    give(sending, contact, mobile)
    return contact


def give(sending: Sending, contact: Contact, mobile: str) -> None:
    """Have a contact of this number from now on."""
    new = Mobile(mobile, mobile, "US", line_type="mobile")
    sending.server.account.contacts.give(contact, new)


def hello(key: int, *contacts: str) -> Message:
    return record("sends", id=key, contacts=list(contacts), text="Hello")


def run(sending: Sending, *records: Message, **more: Any) -> Done:
    return sending.run(records, **{"fields": ("id", "contacts", "text"), **more})


def test_a_recipient_who_joins_or_leaves_a_record_of_the_same_batch(sending: Sending) -> None:
    done = run(sending, hello(1, number(0)), hello(1, number(0), number(1)))
    assert done.ended == ["written", "written"]
    done = run(sending, hello(2, number(2), number(3)), hello(2, number(2)))
    assert sorted(done.ended) == ["skipped already_sent", "written"]
    assert sending.received() == {number(at): 1 for at in range(4)}


def test_a_person_is_the_same_by_number_and_by_id(sending: Sending) -> None:
    contact = contact_of(sending, number(0))
    both = [record("sends", contacts=one, text="Hello") for one in (number(0), contact.id)]
    done = run(sending, *both, key=())
    assert done.ended == ["written", "skipped already_sent"]
    assert run(sending, hello(1, number(0), number(1))).ended == ["written"]
    assert run(sending, hello(1, contact.id, number(1))).ended == ["skipped already_sent"]
    assert sending.received() == {number(0): 2, number(1): 1}


def test_a_cap_counts_a_person_by_number_and_by_id(sending: Sending) -> None:
    contact = contact_of(sending, number(0))
    records = [hello(1, number(0)), hello(2, contact.id)]
    done = run(sending, *records, max_per_recipient_per_day=1)
    assert done.ended == ["written", "deferred recipient_cap"]
    # Not looked up, the id is all that is known of them.
    run(sending, hello(3, contact.id), check_consent=False)
    done = run(sending, hello(4, contact.id), max_per_recipient_per_day=2)
    assert done.ended == ["deferred recipient_cap"]


def test_two_contacts_of_one_number_are_one_person(sending: Sending) -> None:
    pair = [contact_of(sending, number(0), at) for at in (0, 1)]
    for one in sending.server.account.contacts:
        one.tags = []
    tagged = record("sends", id=1, tags=["vip"], text="Hello")
    for one, ended in zip(pair, ["written", "skipped already_sent"], strict=True):
        for each in pair:
            each.tags = [{"tag": "vip", "visible": True}] if each is one else []
        assert run(sending, tagged, fields=("id", "tags", "text")).ended == [ended]
    assert sending.received() == {number(0): 1}


def test_a_number_given_as_an_id_is_not_kept_whole(sending: Sending) -> None:
    run(sending, hello(1, "+15551234567"), check_consent=False)
    wrong = record("sends", id=2, sakari_id="+15551234567", text="Hello")
    run(sending, wrong, fields=("id", "sakari_id", "text"), check_consent=False)
    assert "5551234567" not in str(sending.entries())
    assert {one.shown for one in sending.entries()} == {"4567"}


def test_a_number_that_is_corrected_makes_nobody_another(sending: Sending) -> None:
    contact = contact_of(sending, number(0))
    for one in sending.server.account.contacts:
        one.tags = [{"tag": "vip", "visible": True}] if one is contact else []
    tagged = record("sends", id=2, tags=["vip"], text="Hello")
    tags = {"fields": ("id", "tags", "text")}
    assert run(sending, hello(1, contact.id, number(1))).ended == ["written"]
    assert run(sending, tagged, **tags).ended == ["written"]
    keyless = record("sends", contacts=contact.id, text="Hello")
    give(sending, contact, number(5))
    assert run(sending, hello(1, contact.id, number(1))).ended == ["skipped already_sent"]
    assert run(sending, tagged, **tags).ended == ["skipped already_sent"]
    assert run(sending, keyless, key=()).ended == ["skipped already_sent"]
    done = run(sending, hello(3, contact.id), max_per_recipient_per_day=2)
    assert done.ended == ["deferred recipient_cap"]
    assert len(sending.texts()) == 3


def test_one_who_was_refused_is_tried_again_with_another_number(
    sending: Sending, account: WatchedAccount
) -> None:
    contact = contact_of(sending, number(0))
    account.watch(arrived=lambda at: answers.failure(422, "json") if at <= 2 else None)
    two = hello(1, contact.id, number(1))
    done = run(sending, two)  # together, and then the first half
    assert "1 rejected" in done.outcomes[0]["detail"]
    assert sending.received() == {number(1): 1}
    assert run(sending, two).ended == ["rejected already_rejected"]
    give(sending, contact, number(5))
    assert run(sending, two).ended == ["written"]
    assert sending.received() == {number(1): 1, number(5): 1}


def test_one_who_was_refused_alone_is_not_asked_for_again_with_others(
    sending: Sending, account: WatchedAccount
) -> None:
    account.watch(arrived=lambda _: answers.failure(422, "json"))
    assert run(sending, hello(1, number(0))).ended == ["rejected refused"]
    account.watch()
    done = run(sending, hello(1, number(0), number(1)))
    assert "1 rejected already_rejected" in done.outcomes[0]["detail"]
    assert sending.received() == {number(1): 1}
    mended = record("sends", id=1, contacts=[number(0), number(1)], text="Mended")
    assert run(sending, mended).ended == ["written"]
    assert run(sending, mended).ended == ["skipped already_sent"]
    assert sending.received() == {number(0): 1, number(1): 1}
    assert len(sending.entries()) == 2


def test_a_price_that_is_text_is_kept(sending: Sending) -> None:
    sending.server.switch(price_form="string")
    run(sending, hello(1, number(0)))
    assert [str(one.price) for one in sending.entries()] == ["0.05"]


@pytest.mark.parametrize("hours", [0, 24])
def test_without_a_key_an_open_one_is_resolved_whatever_its_age(
    sending: Sending, hours: int
) -> None:
    again = {"key": (), "send_window_hours": hours}
    hello = record("sends", contacts=number(0), text="Hello")
    run(sending, hello, **again)
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute(
            "UPDATE sakari_sends SET status = 'intent', message_id = NULL, "
            "intended_at = '2020-01-01T00:00:00.000Z'"
        )
    assert run(sending, hello, **again).ended == ["written"]
    assert sending.received() == {number(0): 1}


def test_a_request_refused_after_one_in_doubt_leaves_the_doubt(
    sending: Sending, account: WatchedAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    account.watch(
        accepted=lambda at: answers.failure(500, "json") if at == 1 else None,
        arrived=lambda at: answers.failure(403, "json") if at > 1 else None,
    )
    with monkeypatch.context() as late:  # Sakari does not list the text yet
        late.setattr(Resolver, "_found", lambda *_: iter(()))
        late.setattr(Resolver, "elsewhere", lambda *_: None)
        done = run(sending, hello(1, number(0)), resend_unknown=True, unknown_grace_seconds=0)
    assert done.error
    [entry] = sending.entries()
    assert entry.status == "unknown"
    account.watch()
    assert run(sending, hello(1, number(0))).ended == ["written"]
    assert sending.received() == {number(0): 1}


@pytest.mark.parametrize("answer", [None, answers.failure(500, "json")])
def test_what_is_forgotten_while_it_is_sent_is_written_anew(
    sending: Sending, account: WatchedAccount, answer: Any
) -> None:
    def forget(at: int) -> Any:
        with open_ledger(sending.address) as ledger:
            for one in list(ledger.entries()):
                ledger.forget(one.key, now=one.held_until)
        return answer if at == 1 else None

    account.watch(accepted=forget)
    assert run(sending, hello(1, number(0))).ended == ["written"]
    assert [one.status for one in sending.entries()] == ["accepted"]
    assert sending.received() == {number(0): 1}


def test_claims_that_another_run_has_taken_meanwhile_are_not_asked_for(
    sending: Sending, account: WatchedAccount
) -> None:
    def take(at: int) -> Any:
        if at == 1:
            return answers.failure(422, "json")
        if at == 2:
            with open_ledger(sending.address) as ledger:
                [row] = [one for one in ledger.entries() if one.shown == "0001"]
                parts = (row.account_id, row.stream, row.content, row.recipient, row.shown)
                ledger.retake([(row, Intent(row.key, *parts))], run="B", now=row.held_until)
        return None

    account.watch(arrived=take)
    done = run(sending, hello(1, number(0)), hello(2, number(1)))
    assert sorted(done.ended) == ["unknown unresolved", "written"]
    assert sending.received() == {number(0): 1}


def test_a_record_in_part_to_be_sent_later_comes_again(sending: Sending) -> None:
    contact_of(sending, number(0)).valid = False
    kept = sending.folder / "deferred.singer"
    some = [hello(1, number(0), "+18005550123"), state(1)]
    night = {"quiet_hours": "21:00-20:59", "deferred_path": str(kept)}
    done = run(sending, *some, **night)
    assert done.ended == ["deferred unknown_zone"]
    assert "1 rejected invalid_contact" in done.outcomes[0]["detail"]
    assert "Mend its number" in done.outcomes[0]["detail"]
    assert len(kept.read_text().splitlines()) == 2

    done = run(sending, hello(1, number(0), number(1)), state(1), send_enabled=False)
    assert (done.ended, done.states) == (["planned"], [])


def test_no_state_passes_what_is_unknown_and_in_no_file(
    sending: Sending, account: WatchedAccount
) -> None:
    account.fail_next_send()
    done = run(sending, hello(1, number(0)), state(1), rejects_path=None)
    assert (done.ended, done.states) == (["unknown no_clear_answer"], [])


def test_the_message_of_a_job_that_is_anothers_is_no_evidence(
    sending: Sending, account: WatchedAccount
) -> None:
    def strip(at: int) -> Any:
        if at > 1:
            return None
        [text] = sending.texts()
        data: dict[str, Any] = {
            "jobId": text.job_id,
            "requested": 1,
            "valid": 1,
            "messages": [],
            "invalid": [],
        }
        return answers.json({"success": True, "data": data})

    account.fail_next_send()
    assert run(sending, hello(1, number(0))).ended == ["unknown no_clear_answer"]
    account.watch(accepted=strip)
    assert run(sending, hello(2, number(0))).ended == ["written"]
    account.watch()
    assert run(sending, hello(1, number(0))).ended == ["unknown unresolved"]


def test_the_cap_counts_those_that_are_sent_after_a_refusal(
    sending: Sending, account: WatchedAccount
) -> None:
    account.watch(arrived=lambda _: answers.failure(422, "json"))
    run(sending, *(hello(at, number(0)) for at in range(3)))
    account.watch()
    mended = [record("sends", id=at, contacts=number(0), text="Mended") for at in range(3)]
    done = run(sending, *mended, max_per_recipient_per_day=1)
    assert sorted(done.ended) == [*["deferred recipient_cap"] * 2, "written"]


def test_a_dry_run_plans_what_would_be_sent(sending: Sending) -> None:
    records = [hello(1, number(0)), hello(1, number(0), number(1)), hello(2, number(0))]
    for dry in (True, False):
        done = run(sending, *records, max_per_recipient_per_day=1, dry_run=dry)
        first, both, later = done.ended
        assert both == first == ("planned" if dry else "written")
        assert later == "deferred recipient_cap"
        assert "1 skipped already_sent" in done.outcomes[1]["detail"]


def test_the_log_says_which_ledger_it_is(sending: Sending) -> None:
    for words in ("a new ledger was made, ", "with 1 send."):
        with log_of("target_sakari.sends.writer") as said:
            run(sending, hello(1, number(0)))
        assert any(words in line and str(sending.folder) in line for line in said)


def test_what_was_put_off_in_part_comes_back_late_and_without_a_key(sending: Sending) -> None:
    some = record("sends", contacts=[number(0), "+18005550123"], text="Hello")
    some["time_extracted"] = "2026-01-01T00:00:00Z"
    kept = sending.folder / "deferred.singer"
    done = run(sending, some, key=(), quiet_hours="23:58-23:59", deferred_path=str(kept))
    assert done.ended == ["deferred unknown_zone"]
    with sqlite3.connect(sending.folder / "ledger.db") as database:
        database.execute("UPDATE sakari_sends SET intended_at = '2026-01-01T00:00:01.000Z'")
    again = [json.loads(line) for line in kept.read_text().splitlines()]
    assert run(sending, *again, key=()).ended == ["written"]
    assert sending.received() == {number(0): 1, "+18005550123": 1}
    del some["time_extracted"]  # as read just now, it is another send
    assert run(sending, some, key=()).ended == ["written"]
    assert sending.received() == {number(0): 2, "+18005550123": 1}


@pytest.mark.parametrize("moment", [None, 7, "yesterday", "0001-01-01", "9999-12-31T23:59:59Z"])
def test_an_odd_moment_of_reading_is_none(sending: Sending, moment: Any) -> None:
    odd = {**record("sends", contacts=number(0), text="Hello"), "time_extracted": moment}
    assert run(sending, odd, odd, key=()).ended == ["written", "skipped already_sent"]


def test_without_leave_to_make_a_ledger_nothing_is_sent(sending: Sending) -> None:
    for dry in (False, True):
        done = sending.run(sends(2), new_ledger=False, dry_run=dry)
        assert isinstance(done.error, LedgerError)
        assert "is not there" in str(done.error)
        assert "new_ledger" in str(done.error)
    assert not sending.posts()
    assert sending.run(sends(1)).ended == ["written"]
    assert sending.run(sends(2), new_ledger=False).ended == ["skipped already_sent", "written"]


def test_a_key_that_was_somebody_elses_is_told(sending: Sending) -> None:
    assert sending.run(sends(1)).ended == ["written"]
    other = [record("sends", id=0, mobile=number(1), text="Hello")]
    done = sending.run([*sends(1), *other])
    assert done.ended == ["skipped already_sent"] * 2
    assert [bool(one["detail"]) for one in done.outcomes] == [False, True]
    assert "A text with this key went to another number." in done.outcomes[1]["detail"]


def test_a_cap_holds_beside_a_text_to_the_number_of_before(sending: Sending) -> None:
    contact = contact_of(sending, number(0))
    assert contact.mobile
    fields = ("id", "mobile", "sakari_id", "text")

    def text(key: int, words: str) -> Message:
        return record("sends", id=key, sakari_id=contact.id, text=words)

    assert sending.run([text(1, "One")], fields=fields).ended == ["written"]
    give(sending, contact, number(1))
    assert sending.run([text(2, "Two")], fields=fields).ended == ["written"]
    both = [text(3, "Three"), record("sends", id=4, mobile=number(0), text="Three")]
    done = sending.run(both, fields=fields, max_per_recipient_per_day=2)
    assert sorted(done.ended) == ["deferred recipient_cap", "written"]
    assert (
        len([one for one in sending.texts() if one.contact and one.contact.id == contact.id]) == 2
    )
