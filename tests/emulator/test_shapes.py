from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Api

HEX = set("0123456789abcdef")


def _messages(api: Api) -> list[dict[str, Any]]:
    return api.rows("messages", limit=100)


def test_id_form(api: Api) -> None:
    assert all(len(found) == 24 and set(found) <= HEX for found in api.ids("messages"))
    texts = [row["message"] for row in _messages(api)]
    api.server.switch(id_form="integer")
    rows = _messages(api)
    assert [row["message"] for row in rows] == texts
    assert all(isinstance(row["id"], int) for row in rows)
    assert all(isinstance(row["conversation"]["id"], int) for row in rows)
    assert [str(row["id"]) for row in rows] == api.server.ids("messages")[:100]
    assert api.one(f"messages/{rows[3]['id']}") == rows[3]
    assert rows[3] in api.rows("messages", limit=100, contactId=rows[3]["contact"]["id"])


def test_number_form(api: Api) -> None:
    sent = {"mobile": {"number": "(212) 555-0188", "country": "US"}}
    created = api.write("POST", "contacts", sent).json()["data"]
    assert created["mobile"]["number"] == "+12125550188"
    api.server.switch(number_form="as_sent")
    assert api.one(f"contacts/{created['id']}")["mobile"]["number"] == "(212) 555-0188"
    assert created["id"] in api.ids("contacts", mobile="(212) 555")
    assert any(" " in row["mobile"]["number"] for row in api.rows("contacts", limit=100))


def test_price_form(api: Api) -> None:
    def kinds() -> set[type]:
        return {type(row["price"]) for row in _messages(api) if row.get("price") is not None}

    assert kinds() == {float}
    api.server.switch(price_form="string")
    assert kinds() == {str}


@pytest.mark.parametrize("name", ["created", "updated"])
def test_created_and_updated_form(api: Api, name: str) -> None:
    other = {"created": "updated", "updated": "created"}[name]
    before = api.rows("contacts", limit=1)[0]
    assert set(before[name]) == {"at", "by"}
    api.server.switch(**{f"{name}_form": "string"})
    after = api.rows("contacts", limit=1)[0]
    assert (after[name], after[other]) == (before[name]["at"], before[other])
    api.server.switch(**{f"{name}_form": "missing"})
    after = api.rows("contacts", limit=1)[0]
    assert name not in after
    assert after[other] == before[other]


def test_closed_form(api: Api) -> None:
    def closed() -> list[Any]:
        inside = [row["conversation"]["closed"] for row in _messages(api)]
        return inside + [row["closed"] for row in api.rows("conversations", limit=100)]

    dates = [at for at in closed() if at is not None]
    assert "2026-01-08T00:00:00.000Z" in dates
    api.server.switch(closed_form="future_date")
    assert all(at > "2034" for at in closed() if at is not None)
    api.server.switch(closed_form="boolean")
    assert {type(value) for value in closed()} == {bool}
    api.server.switch(closed_form="null")
    assert set(closed()) == {None}


@pytest.mark.parametrize(
    ("form", "on_message", "on_conversation"),
    [("documented", str, dict), ("string", str, str), ("object", dict, dict)],
)
def test_phone_number_form(api: Api, form: str, on_message: type, on_conversation: type) -> None:
    api.server.switch(phone_number_form=form)
    shown = {type(row["phoneNumber"]) for row in _messages(api) if "phoneNumber" in row}
    assert shown == {on_message}
    conversations = api.rows("conversations", limit=100)
    assert {type(row["phoneNumber"]) for row in conversations} == {on_conversation}
    assert {type(row["phoneNumber"]) for row in api.rows("calls")} == {on_conversation}


def test_tags_form(api: Api) -> None:
    before = [row["tags"] for row in api.rows("contacts", limit=100)]
    api.server.switch(tags_form="strings")
    after = [row["tags"] for row in api.rows("contacts", limit=100)]
    assert after == [[tag["tag"] for tag in tags] for tags in before]
    assert any(after)
    api.server.switch(tags_form="missing")
    assert not any("tags" in row for row in api.rows("contacts", limit=100))


def test_webhook_form(api: Api) -> None:
    new = api.rows("webhooks")
    assert {frozenset(row) for row in new} == {
        frozenset(["id", "type", "eventTypes", "destination"])
    }
    api.server.switch(webhook_form="old")
    old = api.rows("webhooks")
    assert {frozenset(row) for row in old} == {frozenset(["url", "eventTypes"])}
    urls = [row["url"] for row in old]
    assert urls == [row["destination"] for row in new] == api.server.ids("webhooks")


def test_extra_fields(api: Api) -> None:
    api.server.switch(extra_fields=True)
    for stream in ("contacts", "messages", "webhooks"):
        assert "emulatorExtra" in api.rows(stream)[0]
    assert "emulatorExtra" in _messages(api)[0]["contact"]["mobile"]


def test_the_account_and_its_balance_come_in_the_forms_asked_for(api: Api) -> None:
    def account() -> dict[str, Any]:
        url = f"{api.server.url}/v1/accounts/{api.server.account_id}"
        found: dict[str, Any] = api.session.get(url, timeout=5).json()["data"]
        return found

    assert account()["id"] == api.server.account_id
    assert account()["apiCredentials"]["secret"] == api.server.client_secret
    assert account()["balance"] == api.one("balance")["balance"] == 250
    api.server.switch(id_form="integer", price_form="string", extra_fields=True)
    assert account()["id"] == 0xACC0
    assert account()["balance"] == api.one("balance")["balance"] == "250.0"
    assert "emulatorExtra" in account()["plan"]
    assert "emulatorExtra" in api.one("balance")


def test_nesting(api: Api) -> None:
    def depth(row: dict[str, Any]) -> int:
        conversation = row.get("conversation", row)
        last = conversation.get("lastMessage")
        return 1 + depth(last) if last else 0

    def found() -> tuple[int, int]:
        conversations = api.rows("conversations", limit=100)
        return max(map(depth, _messages(api))), max(map(depth, conversations))

    assert found() == (0, 1)
    api.server.switch(nesting=4)
    assert found() == (3, 4)
    api.server.switch(nesting=0)
    assert found() == (0, 0)


def test_real_data_has_gaps(api: Api) -> None:
    messages = [*_messages(api), *api.rows("messages", limit=100, offset=100)]
    incoming = [row for row in messages if not row["outgoing"]]
    assert {row["status"] for row in incoming} == {"received"}
    assert not any(field in row for row in incoming for field in ("job", "template", "price"))
    assert {"delivered", "sent"} <= {row["status"] for row in messages}
    assert any("error" in row for row in messages)
    assert any("phoneNumber" not in row for row in messages)
    contacts = api.rows("contacts", limit=100)
    assert any(row["email"] is None for row in contacts)
    assert any("blocked" in row for row in contacts)
    assert any("hubspot" in row for row in contacts)
