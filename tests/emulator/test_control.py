from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sakari_emulator.account import STREAMS
from sakari_emulator.switches import Switches

if TYPE_CHECKING:
    from tests.emulator.conftest import Api


def test_switches_are_shown_and_changed(api: Api) -> None:
    assert api.control("GET", "switches").json() == Switches().as_dict()
    answer = api.control("PATCH", "switches", json={"page_cap": 3, "order": "oldest"}).json()
    assert (answer["page_cap"], answer["order"]) == (3, "oldest")
    assert len(api.rows("contacts")) == 3


def test_wrong_switches_are_refused_and_change_nothing(api: Api) -> None:
    for wrong in ({"pagecap": 3}, {"page_cap": "3"}, {"page_cap": 0}, {"order": "up"}, [1]):
        response = api.control("PATCH", "switches", json=wrong)
        assert response.status_code == 400
    message = api.control("PATCH", "switches", json={"order": "up"}).json()["error"]["message"]
    assert message == "order cannot be 'up': newest, oldest, id, shuffled, random"
    assert api.control("GET", "switches").json() == Switches().as_dict()


def test_the_log_holds_requests_but_no_bodies(api: Api) -> None:
    api.write("POST", "contacts", {"mobile": {"number": "+12125550188"}, "firstName": "Plant"})
    api.get("contacts", limit=3)
    log = api.control("GET", "requests")
    assert [entry["method"] for entry in log.json()["requests"]] == ["POST", "POST", "GET"]
    assert log.json()["requests"][2]["query"] == {"limit": "3"}
    assert [entry["status"] for entry in log.json()["requests"]] == [200, 201, 200]
    assert set(log.json()["requests"][0]) == {"method", "path", "query", "time", "status"}
    for secret in ("Plant", "0188", api.server.client_secret, "Bearer"):
        assert secret not in log.text
    assert api.control("DELETE", "requests").json() == {"count": 0}
    assert api.control("GET", "requests").json()["requests"] == []


def test_rows_give_a_digest(api: Api) -> None:
    answer = api.control("GET", "rows/contacts").json()
    ids = api.server.ids("contacts")
    lines = "".join(f"{row}\n" for row in sorted(ids))
    assert answer == {"count": 130, "ids_sha256": hashlib.sha256(lines.encode()).hexdigest()}
    assert api.control("GET", "rows/contacts", params={"ids": 1}).json()["ids"] == ids
    assert api.control("GET", "rows/nothing").status_code == 400


def test_rows_can_be_inserted_and_deleted(api: Api) -> None:
    for stream in STREAMS:
        before = api.server.ids(stream)
        new = api.control("POST", f"insert/{stream}", params={"count": 2}).json()["ids"]
        assert api.server.ids(stream) == new[::-1] + before
        api.server.switch(delete_where="front")
        gone = api.control("POST", f"delete/{stream}", params={"count": 2}).json()["ids"]
        assert sorted(gone) == sorted(new)
        assert api.server.ids(stream) == before
    assert api.control("POST", "insert/contacts", params={"count": "x"}).status_code == 400


def test_a_status_can_be_set(api: Api) -> None:
    before = api.rows("messages", limit=1, offset=200)[0]
    path = f"messages/{before['id']}/status"
    assert api.control("POST", path, json={"status": "error"}).status_code == 200
    after = api.one(f"messages/{before['id']}")
    assert after["status"] == "error"
    assert after["updated"]["at"] > before["updated"]["at"]
    assert after["created"] == before["created"]
    assert api.control("POST", path, json={"status": "lost"}).status_code == 400
    missing = api.control("POST", "messages/f/status", json={"status": "sent"})
    assert missing.status_code == 404


def test_reset_puts_everything_back(api: Api) -> None:
    first = api.get("contacts").content
    api.server.switch(order="oldest", error_every=3)
    api.server.account.insert("contacts", 5)
    api.server.account.delete("messages", 5)
    api.control("POST", "reset")
    assert api.server.requests == []
    assert api.get("contacts").status_code == 401
    api.log_in()
    assert api.get("contacts").content == first
    assert len(api.server.ids("messages")) == 250
    assert [api.get("contacts").status_code for _ in range(4)] == [200] * 4


def test_unknown_control_paths(api: Api) -> None:
    assert api.control("GET", "nothing").status_code == 404
