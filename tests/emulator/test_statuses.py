from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.statuses import ENDINGS
from sakari_emulator.times import iso
from tests.emulator.conftest import START

if TYPE_CHECKING:
    from tests.emulator.conftest import Api
    from tests.fake_clock import FakeClock

DOCUMENT = Path(__file__).parents[2] / "docs" / "emulator.md"
ENDS_WELL = "+12125550188"


def _send(api: Api, *numbers: str) -> list[dict[str, Any]]:
    contacts = [{"mobile": {"number": number}} for number in numbers or (ENDS_WELL,)]
    response = api.write("POST", "messages", {"template": "Hi", "contacts": contacts})
    messages: list[dict[str, Any]] = response.json()["data"]["messages"]
    return messages


def _course(api: Api, clock: FakeClock, number: str) -> list[str]:
    """The statuses that are seen one after the other, ten seconds apart."""
    api.server.switch(status_seconds=10)
    sent = _send(api, number)[0]
    found = [sent["status"]]
    for _ in range(5):
        clock.now += 10
        found.append(api.one(f"messages/{sent['id']}")["status"])
    return found


def test_without_the_switch_a_message_stays_queued(timed: Api, clock: FakeClock) -> None:
    sent = _send(timed)[0]
    clock.now += 86_400
    assert timed.one(f"messages/{sent['id']}") == sent
    timed.server.switch(status_seconds=1)
    clock.now += 86_400
    assert timed.one(f"messages/{sent['id']}") == sent


def test_a_message_moves_on_at_the_moment_of_each_step(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10)
    sent = _send(timed)[0]
    assert (sent["status"], sent["updated"]["at"]) == ("queued", iso(START * 1000))
    seen = []
    for seconds in (9.9, 10, 19.9, 20, 1000):
        clock.now = START + seconds
        message = timed.one(f"messages/{sent['id']}")
        seen.append((message["status"], message["updated"]["at"]))
        assert message["created"] == sent["created"]
    assert seen == [
        ("queued", iso(START * 1000)),
        ("sent", iso((START + 10) * 1000)),
        ("sent", iso((START + 10) * 1000)),
        ("delivered", iso((START + 20) * 1000)),
        ("delivered", iso((START + 20) * 1000)),
    ]


def test_looking_late_shows_the_moment_of_the_step(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10)
    sent = _send(timed)[0]
    clock.now += 500
    message = timed.one(f"messages/{sent['id']}")
    assert (message["status"], message["updated"]["at"]) == ("delivered", iso((START + 20) * 1000))


@pytest.mark.parametrize(
    ("ending", "course", "code"),
    [
        ("90", ["queued", "sent", "delivered", "delivered", "delivered", "delivered"], None),
        ("91", ["queued", "sent", "error", "error", "error", "error"], "MSG-019"),
        ("92", ["queued", "error", "error", "error", "error", "error"], "MSG-020"),
        ("93", ["queued", "sent", "sent", "sent", "sent", "sent"], None),
    ],
)
def test_the_last_two_digits_choose_the_ending(
    timed: Api, clock: FakeClock, ending: str, course: list[str], code: str | None
) -> None:
    assert _course(timed, clock, "+121255501" + ending) == course
    newest = timed.rows("messages", limit=1)[0]
    assert newest.get("error", {}).get("code") == code


def test_the_document_has_every_ending() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for ending, steps in ENDINGS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| {ending} |"))
        assert [word for word in ('"sent"', '"error"') if word in row] == [
            f'"{status}"' for status, _ in steps
        ]
        assert all(code in row for _, code in steps if code)


def test_list_message_and_conversation_agree_and_the_order_stays(
    timed: Api, clock: FakeClock
) -> None:
    timed.server.switch(status_seconds=10)
    sent = _send(timed, ENDS_WELL, "+12125550191")
    before = timed.ids("messages", limit=100)
    for status in (["queued", "queued"], ["sent", "sent"], ["delivered", "error"]):
        listed = {row["id"]: row for row in timed.rows("messages", limit=100)}
        for message, expected in zip(sent, status, strict=True):
            shown = timed.one(f"messages/{message['id']}")
            conversation = timed.one(f"conversations/{message['conversation']['id']}")
            assert shown["status"] == expected
            assert listed[message["id"]] == shown
            assert conversation["lastMessage"]["status"] == expected
            assert conversation["lastMessage"]["updated"] == shown["updated"]
        clock.now += 10
    assert timed.ids("messages", limit=100) == before


def test_only_what_was_sent_moves(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10)
    generated = next(row for row in timed.server.account.messages if row.outgoing)
    timed.server.account.set_status(generated, "queued")
    before = timed.rows("messages", limit=100)
    sent = _send(timed)[0]
    clock.now += 100
    after = timed.rows("messages", limit=100)
    assert after[0]["id"] == sent["id"]
    assert after[1:] == before


def test_a_status_set_by_hand_stays(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10)
    sent = _send(timed)[0]
    timed.control("POST", f"messages/{sent['id']}/status", json={"status": "invalid"})
    clock.now += 100
    assert timed.one(f"messages/{sent['id']}")["status"] == "invalid"


def test_a_message_that_is_gone_moves_nowhere(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10, delete_where="front")
    sent = _send(timed)[0]
    message = timed.server.account.messages.find(sent["id"])
    assert timed.control("POST", "delete/messages").json()["ids"] == [sent["id"]]
    clock.now += 100
    timed.server.tick()
    assert message is not None
    assert message.status == "queued"


def test_nothing_is_kept_of_a_message_that_has_arrived(timed: Api, clock: FakeClock) -> None:
    timed.server.switch(status_seconds=10)
    _send(timed)
    agenda = timed.server.account.agenda
    waiting = len(agenda)
    clock.now += 100
    timed.get("messages")
    assert len(agenda) == waiting - 1
