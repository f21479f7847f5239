"""Texts as records ask for them: who gets them, once, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sakari_emulator.server import EmulatorServer
from tests.target.run import log_of, record, schema, state
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def _running() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=30, messages=0, templates=3, conversations=0) as server:
        yield server


@pytest.fixture
def sending(_running: EmulatorServer, tmp_path: Path) -> Sending:
    _running.reset()
    return Sending(_running, tmp_path)


def mobiles(sending: Sending) -> list[str]:
    """The ids of contacts whom nothing stands against."""
    return [
        one.id
        for one in sending.server.account.contacts
        if one.mobile and one.mobile.line_type == "mobile" and one.valid and not one.blocked
    ]


def test_each_number_gets_its_text_and_the_second_run_sends_nothing(sending: Sending) -> None:
    first = sending.run([*sends(5), state(1)])
    assert first.error is None, first.log
    assert first.ended == ["written"] * 5
    assert first.states == [1]
    assert sending.received() == {number(at): 1 for at in range(5)}
    ids = {one.id for one in sending.texts()}
    assert {one["sakari_id"] for one in first.outcomes} == ids
    assert {one.message_id for one in sending.entries()} == ids
    assert sending.posts() == 1

    again = sending.run(sends(5))
    assert again.ended == ["skipped already_sent"] * 5
    assert {one["sakari_id"] for one in again.outcomes} == ids
    assert sending.posts() == 1


def test_sending_is_off_at_first(sending: Sending) -> None:
    with log_of("target_sakari.sends.writer") as said:
        done = sending.run([*sends(3), state(1)], send_enabled=False)
    assert done.ended == ["planned"] * 3
    assert done.states == []  # or the texts would never come again
    assert not sending.posts()
    assert not (sending.folder / "ledger.db").exists()
    assert any("send_enabled is false" in line for line in said)


def test_a_dry_run_says_what_was_sent_before_and_leaves_the_ledger_alone(sending: Sending) -> None:
    sending.run(sends(2))
    before = sending.entries()
    done = sending.run([*sends(4), *sends(3)], dry_run=True)
    assert done.ended == [
        *["skipped already_sent"] * 2, *["planned"] * 2,
        *["skipped already_sent"] * 3,
    ]  # fmt: skip
    assert sending.entries() == before
    assert len(sending.texts()) == 2


def test_requests_carry_recipients_of_the_same_text(sending: Sending) -> None:
    records = [
        *sends(5, "One"),
        *(record("sends", id=f"b{at}", mobile=number(at), text="Two") for at in range(3)),
    ]
    done = sending.run(records, recipients_per_request=2)
    assert done.ended == ["written"] * 8
    assert sending.posts() == 3 + 2
    assert sending.received() == {
        number(0): 2,
        number(1): 2,
        number(2): 2,
        number(3): 1,
        number(4): 1,
    }


def test_texts_for_one_person_go_out_in_their_order(sending: Sending) -> None:
    records = [record("sends", id=at, mobile=number(0), text=f"Part {at}") for at in range(6)]
    assert sending.run(records).ended == ["written"] * 6
    assert [one.text for one in sending.texts()] == [f"Part {at}" for at in range(6)]


def test_without_a_key_the_same_text_is_the_same_send_for_a_while(sending: Sending) -> None:
    records = [record("sends", mobile=number(0), text="Hello")] * 2
    done = sending.run(records, key=())
    assert done.ended == ["written", "skipped already_sent"]
    assert sending.run(records, key=()).ended == ["skipped already_sent"] * 2
    other = [record("sends", mobile=number(0), text="Another")]
    assert sending.run(other, key=()).ended == ["written"]


def test_the_field_of_send_key_tells_sends_apart(sending: Sending) -> None:
    streams = {"sends": {"send_key": "order"}}
    records = [
        record("sends", id=at, order=order, mobile=number(0), text="Shipped")
        for at, order in enumerate(["A", "A", "B", None])
    ]
    done = sending.run(records, fields=("id", "order", "mobile", "text"), streams=streams)
    assert sorted(done.ended) == [
        "rejected key_missing", "skipped already_sent", "written", "written",
    ]  # fmt: skip


@pytest.mark.parametrize("blank", ["", "  "])
def test_records_without_a_key_are_not_one_send(sending: Sending, blank: str) -> None:
    records = [record("sends", id=blank, mobile=number(at), text=f"For {at}") for at in range(2)]
    done = sending.run([*records, *sends(1)])
    assert sorted(done.ended) == ["rejected key_missing", "rejected key_missing", "written"]
    assert done.outcomes[0]["detail"] == "Its key is blank: id."


def test_a_record_of_several_has_one_outcome(sending: Sending) -> None:
    people = mobiles(sending)[:3]
    records = [record("sends", id=1, contacts=[*people, number(0)], text="Hello")]
    fields = ("id", "contacts", "text")
    done = sending.run(records, fields=fields)
    assert done.ended == ["written"]
    assert done.outcomes[0]["detail"] == "4 recipients: 4 written"
    assert len(sending.texts()) == 4
    assert sending.run(records, fields=fields).ended == ["skipped already_sent"]

    blocked = sending.server.account.contacts.find(people[0])
    assert blocked
    blocked.blocked = "2026-01-01T00:00:00.000Z"
    some = [record("sends", id=2, contacts=people, text="Again")]
    done = sending.run(some, fields=fields)
    assert done.ended == ["skipped opted_out"]
    assert done.outcomes[0]["detail"].startswith("3 recipients: 1 skipped opted_out, 2 written.")
    assert done.outcomes[0]["sakari_id"]


def test_a_recipient_who_comes_or_goes_makes_nobody_get_it_again(sending: Sending) -> None:
    fields = ("id", "contacts", "text")

    def send(*whom: int) -> list[str]:
        numbers = [number(at) for at in whom]
        records = [record("sends", id=1, contacts=numbers, text="Hello")]
        return sending.run(records, fields=fields).ended

    assert send(0) == ["written"]
    assert send(0, 1) == ["written"]
    assert send(1) == ["skipped already_sent"]
    assert send(0) == ["skipped already_sent"]
    assert sending.received() == {number(0): 1, number(1): 1}


def test_any_ledger_will_do(sending: Sending, address: str) -> None:
    sending.ledger_url = address
    assert sending.run(sends(2), dry_run=True).ended == ["planned"] * 2
    assert sending.run(sends(3)).ended == ["written"] * 3
    assert sending.run(sends(4)).ended == [*["skipped already_sent"] * 3, "written"]
    assert sending.run(sends(5), dry_run=True).ended == [*["skipped already_sent"] * 4, "planned"]
    assert len(sending.texts()) == 4


def test_tags_are_those_of_just_that_name(sending: Sending) -> None:
    contacts = list(sending.server.account.contacts)
    for one in contacts:
        one.tags = []
    contacts[0].tags = contacts[1].tags = [{"tag": "vip", "visible": True}]
    contacts[2].tags = [{"tag": "VIP", "visible": True}]
    fields = ("id", "tags", "text")
    done = sending.run([record("sends", id=1, tags="vip", text="Hello")], fields=fields)
    assert done.ended == ["written"]
    assert {one.contact.id for one in sending.texts() if one.contact} == {
        contacts[0].id, contacts[1].id,
    }  # fmt: skip
    contacts[3].tags = [{"tag": "vip", "visible": True}]
    sending.run([record("sends", id=1, tags="vip", text="Hello")], fields=fields)
    assert len(sending.texts()) == 3  # who came to it later, and nobody else
    done = sending.run([record("sends", id=2, tags="nobody", text="Hello")], fields=fields)
    assert done.ended == ["skipped no_recipient"]


def test_templates_are_asked_for_once(sending: Sending) -> None:
    template = next(iter(sending.server.account.templates))
    records = [
        *(
            record("sends", id=at, mobile=number(at), template_name=template.name)
            for at in range(2)
        ),
        record("sends", id=2, mobile=number(2), template_name="No such name"),
        *(record("sends", id=at, mobile=number(at), template_id=template.id) for at in (3, 4)),
        record("sends", id=5, mobile=number(5), template_id="f" * 24),
    ]
    done = sending.run(records, fields=("id", "mobile", "template_name", "template_id"))
    assert sorted(done.ended) == [*["rejected not_found"] * 2, *["written"] * 4]
    assert {one.template for one in sending.texts()} == {template.template}
    asked = [one for one in sending.server.requests if "/templates" in one.path]
    assert len(asked) == 3


def test_files_are_shared_once_and_only_from_their_folder(sending: Sending) -> None:
    media = sending.folder / "media"
    media.mkdir()
    (media / "a.png").write_bytes(b"picture")
    (sending.folder / "secret.txt").write_bytes(b"secret")
    names = ["a.png", "a.png", "../secret.txt", str(sending.folder / "secret.txt")]
    records = [
        record("sends", id=at, mobile=number(at), text="Look", media=[name])
        for at, name in enumerate(names)
    ]
    fields = ("id", "mobile", "text", "media")
    done = sending.run(records, fields=fields, media_folder=str(media))
    assert sorted(done.ended) == [*["rejected media"] * 2, *["written"] * 2]
    shared = [one for one in sending.server.requests if one.path.endswith("/sharefile")]
    assert len(shared) == 1
    assert {one.type for one in sending.texts()} == {"mms"}
    assert all(one.media[0]["url"].startswith("http") for one in sending.texts())


def test_a_contact_of_the_same_run_is_found(sending: Sending) -> None:
    messages = [
        schema("sends", "id", "mobile", "text"),
        schema("contacts", "id", "mobile", "first_name"),
        record("sends", id=1, mobile=number(1), text="Hi {{firstName}}"),
        record("contacts", id=1, mobile=number(1), first_name="Ada"),
    ]
    done = sending.run(messages)
    assert sorted(done.ended) == ["written", "written"]
    assert [one.text for one in sending.texts()] == ["Hi Ada"]


def test_another_number_than_the_contact_has_is_refused(sending: Sending) -> None:
    contact = next(iter(sending.server.account.contacts))
    records = [
        record("sends", id=1, contact={"id": contact.id, "mobile": number(1)}, text="Hello"),
        record("sends", id=2, contact={"id": "f" * 24}, text="Hello"),
    ]
    done = sending.run(records, fields=("id", "contact", "text"))
    assert done.ended == ["rejected number_differs", "rejected not_found"]
    assert not sending.posts()


def test_what_goes_along_with_a_text_reaches_sakari(sending: Sending) -> None:
    group = "a" * 24
    records = [
        record(
            "sends", id=1, mobile=number(0), text="Look, {{firstName}}", first_name="Ada",
            type="MMS", media="https://example.com/a.png", phone_number_group=group,
        )
    ]  # fmt: skip
    fields = ("id", "mobile", "text", "first_name", "type", "media", "phone_number_group")
    assert sending.run(records, fields=fields).ended == ["written"]
    [text] = sending.texts()
    assert (text.text, text.type, text.group_id) == ("Look, Ada", "mms", group)
    assert text.media == [{"url": "https://example.com/a.png"}]


def test_a_message_of_the_history_is_not_sent_again(sending: Sending) -> None:
    assert sending.run(sends(1)).ended == ["written"]
    [text] = sending.texts()
    seen = {"outgoing": True, "status": "delivered", "segments": 1, "template": "Hello"}
    history = record("messages", id=text.id, mobile=number(0), **seen)
    stream = schema("messages", "id", "mobile", *seen)
    done = sending.run([stream, history])
    assert done.ended == ["rejected history"]
    assert len(sending.texts()) == 1
