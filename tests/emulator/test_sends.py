from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Api


def _send(api: Api, **body: Any) -> dict[str, Any]:
    response = api.write("POST", "messages", {"template": "Hi {{firstName}}", **body})
    assert response.status_code == 200
    data: dict[str, Any] = response.json()["data"]
    return data


def _able(api: Api) -> dict[str, Any]:
    return next(row for row in api.rows("contacts", limit=100) if "blocked" not in row)


def test_a_send_makes_messages_that_stay_queued(api: Api) -> None:
    contact = _able(api)
    data = _send(api, contacts=[{"id": contact["id"]}], type="SMS")
    assert (data["requested"], data["valid"], data["invalid"]) == (1, 1, [])
    assert data["jobId"] == data["job"]["id"]
    message = api.one(f"messages/{data['messages'][0]['id']}")
    assert message == data["messages"][0]
    assert message["message"] == f"Hi {contact['firstName']}"
    assert (message["status"], message["outgoing"], message["type"]) == ("queued", True, "sms")
    assert message["job"]["id"] == data["jobId"]
    assert api.ids("messages", limit=1) == [message["id"]]
    conversation = api.one(f"conversations/{message['conversation']['id']}")
    assert conversation["lastMessage"]["id"] == message["id"]


def test_a_send_is_paid_from_the_balance(api: Api) -> None:
    before = api.one("balance")
    data = _send(api, contacts=[{"id": _able(api)["id"]}])
    after = api.one("balance")
    assert before["balance"] - after["balance"] == pytest.approx(data["estimatedPrice"])
    assert after["segments"] == before["segments"] - 1


def test_by_number_in_any_writing(api: Api) -> None:
    contact = _able(api)
    spaced = contact["mobile"]["number"][:5] + " " + contact["mobile"]["number"][5:]
    data = _send(api, contacts=[{"mobile": {"number": spaced}}])
    assert data["messages"][0]["contact"]["id"] == contact["id"]
    assert len(api.server.ids("contacts")) == 130


def test_an_unknown_number_becomes_a_contact(api: Api) -> None:
    new = {"mobile": {"number": "(212) 555-0188", "country": "US"}, "firstName": "Ada"}
    data = _send(api, contacts=[new, new])
    assert [m["message"] for m in data["messages"]] == ["Hi Ada", "Hi Ada"]
    assert len(api.server.ids("contacts")) == 131
    assert data["messages"][0]["contact"]["mobile"]["number"] == "+12125550188"


def test_blocked_and_impossible_recipients_are_named(api: Api) -> None:
    blocked = next(row for row in api.rows("contacts", limit=100) if "blocked" in row)
    contacts = [
        {"id": blocked["id"]},
        {"mobile": {"number": "12"}},
        {"id": "f" * 24},
        {"id": _able(api)["id"]},
    ]
    data = _send(api, contacts=contacts)
    codes = [contact["error"]["code"] for contact in data["invalid"]]
    assert codes == ["CONT-010", "CONT-001", "EMU-NOT-FOUND"]
    assert (data["requested"], data["valid"], len(data["messages"])) == (4, 1, 1)


def test_by_tags(api: Api) -> None:
    tagged = [row for row in api.rows("contacts", limit=100, tags="vip") if "blocked" not in row]
    data = _send(api, filters={"tags": ["vip"]})
    assert {row["id"] for row in tagged} <= {m["contact"]["id"] for m in data["messages"]}
    assert data["valid"] == len(data["messages"])


def test_to_a_conversation(api: Api) -> None:
    known = {row["id"] for row in api.rows("contacts", limit=100) if "blocked" not in row}
    open_one = next(
        row for row in api.rows("conversations", limit=100) if row["contact"]["id"] in known
    )
    data = _send(api, conversations=[open_one["id"]])
    assert data["messages"][0]["conversation"]["id"] == open_one["id"]
    body = {"template": "x", "conversations": ["f" * 24]}
    response = api.write("POST", "messages", body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "CONV-001")


def test_media_and_group(api: Api) -> None:
    data = _send(
        api,
        contacts=[{"id": _able(api)["id"]}],
        type="MMS",
        media=[{"url": "https://media.example.com/a.png"}],
        phoneNumberFilter={"group": {"id": "a" * 24}},
    )
    message = data["messages"][0]
    assert (message["type"], message["group"]) == ("mms", {"id": "a" * 24})
    assert message["media"] == [{"url": "https://media.example.com/a.png"}]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("\xdc\xa7" * 80, 1),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("€" * 100, 2),
        ("{" * 160, 3),
        ("😀" * 67, 3),
    ],
)
def test_segments_and_price(api: Api, text: str, parts: int) -> None:
    data = _send(api, contacts=[{"id": _able(api)["id"]}], template=text)
    assert data["messages"][0]["segments"] == parts
    assert data["estimatedPrice"] == pytest.approx(0.05 * parts)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"template": "x"},
        {"contacts": [{"id": "1"}]},
        {"template": "x", "contacts": ["1"]},
        {"template": "x", "contacts": {}},
        {"template": "x", "filters": {"tags": [{}]}},
        {"template": "x", "contacts": [{"mobile": {"number": "+12125550188"}}], "media": ["x"]},
    ],
)
def test_a_send_without_text_or_recipients_is_refused(api: Api, body: Any) -> None:
    assert api.write("POST", "messages", body).status_code == 400
    assert len(api.server.ids("messages")) == 250
    assert len(api.server.ids("contacts")) == 130
