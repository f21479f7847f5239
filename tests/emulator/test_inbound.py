from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.errors import ApiError
from sakari_emulator.times import DAY, iso
from tests.emulator.conftest import START

if TYPE_CHECKING:
    from tests.emulator.conftest import Api
    from tests.fake_clock import FakeClock

NUMBER = "+12125550188"


def _contact(api: Api) -> dict[str, Any]:
    return api.rows("contacts", mobile=NUMBER)[0]


def _send(api: Api) -> dict[str, Any]:
    body = {"template": "Hi", "contacts": [{"mobile": {"number": NUMBER}}]}
    data: dict[str, Any] = api.write("POST", "messages", body).json()["data"]
    return data


def test_a_text_from_an_unknown_number_makes_all_there_is_to_make(timed: Api) -> None:
    before = {name: timed.server.ids(name) for name in ("contacts", "conversations", "messages")}
    answer = timed.control("POST", "receive", json={"mobile": NUMBER, "message": "Hello"}).json()
    for name, ids in before.items():
        assert timed.server.ids(name)[1:] == ids
    message = timed.rows("messages", limit=1)[0]
    assert message == answer
    assert (message["outgoing"], message["status"], message["read"]) == (False, "received", False)
    assert (message["message"], message["created"]["at"]) == ("Hello", iso(START * 1000))
    assert {"job", "jobBatch", "template", "price", "error"}.isdisjoint(message)
    assert message["contact"]["id"] == _contact(timed)["id"]
    conversation = timed.one(f"conversations/{message['conversation']['id']}")
    assert conversation["lastMessage"]["id"] == message["id"]
    assert conversation["contact"]["id"] == message["contact"]["id"]
    users = timed.server.account.maker.users
    assert conversation["unread"] == [user["id"] for user in users]


def test_a_text_from_a_contact_goes_to_its_conversation(timed: Api) -> None:
    sent = _send(timed)["messages"][0]
    contacts, conversations = timed.server.ids("contacts"), timed.server.ids("conversations")
    message = timed.server.receive("+1 (212) 555-0188", "Thanks")
    assert message["conversation"]["id"] == sent["conversation"]["id"]
    assert message["contact"]["id"] == sent["contact"]["id"]
    assert timed.server.ids("contacts") == contacts
    assert timed.server.ids("conversations") == conversations


def test_a_text_opens_a_closed_conversation_again(timed: Api, clock: FakeClock) -> None:
    first = timed.server.receive(NUMBER, "Hello")
    path = f"conversations/{first['conversation']['id']}"
    clock.now += 8 * 86_400
    assert timed.one(path)["closed"] == iso(START * 1000 + 7 * DAY)
    again = timed.server.receive(NUMBER, "Hello again")
    assert again["conversation"]["id"] == first["conversation"]["id"]
    assert timed.one(path)["closed"] == iso(START * 1000 + 15 * DAY)


@pytest.mark.parametrize(
    "text",
    ["STOP", "cancel", "End", "OptOut", "OPT-OUT", "Quit.", " revoke ", "\tUnsubscribe. \n"],
)
def test_a_word_alone_blocks_the_sender(timed: Api, clock: FakeClock, text: str) -> None:
    sent = _send(timed)["messages"][0]
    clock.now += 60
    timed.server.receive(NUMBER, text)
    contact = _contact(timed)
    assert contact["blocked"] == iso((START + 60) * 1000)
    assert contact["updated"]["at"] == iso((START + 60) * 1000)
    refused = _send(timed)
    assert (refused["requested"], refused["messages"]) == (1, [])
    assert refused["invalid"][0]["id"] == sent["contact"]["id"]
    assert refused["invalid"][0]["error"]["code"] == "CONT-010"


@pytest.mark.parametrize(
    "text", ["STOP it", "Please stop", "STOPP", "", "OPT OUT", "STOP..", "START"]
)
def test_other_texts_do_not(timed: Api, text: str) -> None:
    timed.server.receive(NUMBER, text)
    assert "blocked" not in _contact(timed)


def test_asking_twice_keeps_the_moment_of_the_first_time(timed: Api, clock: FakeClock) -> None:
    timed.server.receive(NUMBER, "STOP")
    before = _contact(timed)
    clock.now += 60
    timed.server.receive(NUMBER, "STOP")
    assert _contact(timed) == before


@pytest.mark.parametrize("text", ["START", "unstop."])
def test_a_word_alone_unblocks_the_sender(timed: Api, text: str) -> None:
    timed.server.receive(NUMBER, "STOP")
    timed.server.receive(NUMBER, "no, " + text)
    assert "blocked" in _contact(timed)
    timed.server.receive(NUMBER, text)
    assert "blocked" not in _contact(timed)
    assert len(_send(timed)["messages"]) == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"mobile": "12", "message": "Hi"}, "CONT-001"),
        ({"message": "Hi"}, "EMU-BAD-REQUEST"),
        ({"mobile": NUMBER}, "EMU-BAD-REQUEST"),
        ([], "EMU-BAD-REQUEST"),
    ],
)
def test_what_is_no_text_is_refused(timed: Api, body: Any, code: str) -> None:
    before = timed.server.ids("contacts")
    response = timed.control("POST", "receive", json=body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert timed.server.ids("contacts") == before


def test_a_number_that_cannot_be_one_is_an_error_in_python_too(timed: Api) -> None:
    with pytest.raises(ApiError, match="Invalid mobile number"):
        timed.server.receive("12", "Hi")
