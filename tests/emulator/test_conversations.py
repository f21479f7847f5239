from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sakari_emulator.server import EmulatorServer
from sakari_emulator.times import DAY, NEWEST
from tests.emulator.conftest import Api
from tests.fake_clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

AN_HOUR_LATER = "2026-01-01T01:00:00.000Z"


@pytest.fixture
def clock() -> FakeClock:
    """An hour after the newest message, whose conversation is open therefore."""
    return FakeClock(now=NEWEST / 1000 + 3600)


@pytest.fixture
def open_api(clock: FakeClock) -> Iterator[Api]:
    with EmulatorServer(contacts=10, messages=20, clock=lambda: clock.now) as server:
        api = Api(server)
        api.log_in()
        yield api
        api.session.close()


def _open_conversation(api: Api) -> str:
    message = api.rows("messages", limit=1)[0]
    conversation: str = message["conversation"]["id"]
    assert message["conversation"]["closed"] == "2026-01-08T00:00:00.000Z"
    return f"conversations/{conversation}"


def test_a_conversation_is_closed_from_now_on(open_api: Api, clock: FakeClock) -> None:
    path = _open_conversation(open_api)
    before = open_api.one(path)
    response = open_api.write("PUT", f"{path}/close")
    closed = response.json()["data"]
    assert response.status_code == 200
    assert closed == open_api.one(path)
    assert (closed["closed"], closed["updated"]["at"]) == (AN_HOUR_LATER, AN_HOUR_LATER)
    for name in before.keys() - {"closed", "updated", "lastMessage"}:
        assert closed[name] == before[name]
    assert closed["lastMessage"]["id"] == before["lastMessage"]["id"]
    assert open_api.rows("messages", limit=1)[0]["conversation"]["closed"] == AN_HOUR_LATER
    clock.now += 60
    assert open_api.write("PUT", f"{path}/close").json()["data"] == closed


def test_a_conversation_that_closed_by_itself_stays_as_it_is(
    open_api: Api, clock: FakeClock
) -> None:
    path = _open_conversation(open_api)
    before = open_api.one(path)
    clock.now += 8 * DAY / 1000
    open_api.log_in()
    assert open_api.write("PUT", f"{path}/close").json()["data"] == before


def test_the_next_message_opens_it_again(open_api: Api) -> None:
    path = _open_conversation(open_api)
    open_api.write("PUT", f"{path}/close")
    for contact in open_api.server.account.contacts:
        contact.blocked = None
    sent = {"template": "Hi", "conversations": [path.rpartition("/")[2]]}
    assert open_api.write("POST", "messages", sent).status_code == 200
    assert open_api.one(path)["closed"] == "2026-01-08T01:00:00.000Z"


@pytest.mark.parametrize(
    ("form", "shown"),
    [("boolean", True), ("null", None), ("future_date", "2035-12-30T01:00:00.000Z")],
)
def test_closed_takes_the_form_that_the_switch_says(
    open_api: Api, form: str, shown: object
) -> None:
    open_api.server.switch(closed_form=form)
    path = f"conversations/{open_api.rows('messages', limit=1)[0]['conversation']['id']}"
    assert open_api.write("PUT", f"{path}/close").json()["data"]["closed"] == shown


def test_a_conversation_that_is_not_there_cannot_be_closed(api: Api) -> None:
    response = api.write("PUT", f"conversations/{'f' * 24}/close")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "CONV-001")
