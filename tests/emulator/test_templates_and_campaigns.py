from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Api

REMINDER: dict[str, Any] = {
    "name": "Reminder",
    "type": "Web",
    "template": "Hi {{{firstName}}}",
    "media": [{"url": "https://media.example.com/a.png", "type": "image/png"}],
}
SPRING: dict[str, Any] = {
    "name": "Spring",
    "description": "Once a year",
    "trigger": {"code": "S"},
    "filters": {"tags": ["vip"], "attributes": []},
    "template": "Hi {{{contact.firstName}}}",
    "reporting": {"when": "NoReport"},
    "schedule": {"frequency": "OD", "timezone": "America/New_York", "cron": "0 9 * * 1"},
    "media": [{"url": "https://media.example.com/a.png"}],
    "fieldMappings": [{"attribute": "firstName", "column": "First name"}],
}
BOTH = pytest.mark.parametrize(
    ("stream", "body"),
    [("templates", REMINDER), ("campaigns", SPRING)],
    ids=["template", "campaign"],
)
READ_ONLY = {
    "id": "f" * 24,
    "created": {"at": "2001-01-01T00:00:00.000Z"},
    "updated": {"at": "2001-01-01T00:00:00.000Z"},
    "lastJob": {"id": "f" * 24},
    "nextExecution": "2001-01-01T00:00:00.000Z",
}


def _created(api: Api, stream: str, body: dict[str, Any]) -> dict[str, Any]:
    api.server.switch(template_create_answer="object")
    response = api.write("POST", stream, body)
    assert response.status_code == 201
    made: dict[str, Any] = response.json()["data"]
    return made


@BOTH
def test_what_was_created_can_be_read_and_comes_first(
    api: Api, stream: str, body: dict[str, Any]
) -> None:
    made = _created(api, stream, body)
    assert api.one(f"{stream}/{made['id']}") == made
    assert api.ids(stream, limit=1) == [made["id"]]
    assert api.ids(stream, name=body["name"])[0] == made["id"]
    trigger = {"trigger": {"code": "S", "name": "Scheduled"}} if stream == "campaigns" else {}
    assert {name: made[name] for name in body} == {**body, **trigger}


@BOTH
def test_two_of_one_name_are_two(api: Api, stream: str, body: dict[str, Any]) -> None:
    before = api.server.ids(stream)
    first, second = (_created(api, stream, body)["id"] for _ in range(2))
    assert api.server.ids(stream) == [second, first, *before]


def test_a_created_template_comes_in_a_list_by_default(api: Api) -> None:
    answer = api.write("POST", "templates", REMINDER).json()
    assert [row["name"] for row in answer["data"]] == ["Reminder"]
    assert answer["pagination"]["totalCount"] == 1
    api.server.switch(template_create_answer="object")
    assert api.write("POST", "templates", REMINDER).json()["data"]["name"] == "Reminder"


@BOTH
def test_create_status_is_also_theirs(api: Api, stream: str, body: dict[str, Any]) -> None:
    api.server.switch(create_status=200)
    assert api.write("POST", stream, body).status_code == 200


@BOTH
@pytest.mark.parametrize("put", ["replace", "merge"])
def test_put_erases_what_it_does_not_mention_or_keeps_it(
    api: Api, stream: str, body: dict[str, Any], put: str
) -> None:
    api.server.switch(put=put)
    made = _created(api, stream, body)
    path = f"{stream}/{made['id']}"
    response = api.write("PUT", path, {"template": "Bye"})
    assert response.status_code == 200
    after = api.one(path)
    assert response.json()["data"] == after
    assert after["template"] == "Bye"
    kept = [made["name"], made["media"]] if put == "merge" else [None, []]
    assert [after.get("name"), after.get("media") or []] == kept
    assert after["updated"]["at"] > made["updated"]["at"]
    assert after["created"] == made["created"]


@BOTH
@pytest.mark.parametrize("put", ["replace", "merge"])
def test_read_only_and_unknown_properties_are_ignored(
    api: Api, stream: str, body: dict[str, Any], put: str
) -> None:
    api.server.switch(put=put)
    old = next(row for row in api.rows(stream) if "lastJob" in row or stream == "templates")
    sent = {**body, **READ_ONLY, "nmae": "typo"}
    after = api.write("PUT", f"{stream}/{old['id']}", sent).json()["data"]
    assert "nmae" not in after
    for name in ("id", "created", "lastJob", "nextExecution"):
        assert after.get(name) == old.get(name)
    made = _created(api, stream, sent)
    assert made["id"] != READ_ONLY["id"]
    assert not {"nmae", "lastJob", "nextExecution"} & set(made)


@BOTH
def test_delete_goes_by_the_same_switches_as_for_contacts(
    api: Api, stream: str, body: dict[str, Any]
) -> None:
    path = f"{stream}/{_created(api, stream, body)['id']}"
    response = api.write("DELETE", path)
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert api.get(path).status_code == 404
    assert api.write("PUT", path, body).status_code == 404
    assert api.write("DELETE", path).status_code == 404
    api.server.switch(delete_missing=200, delete_status=204)
    response = api.write("DELETE", path)
    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"template": "x"},
        {**REMINDER, "name": ""},
        {**REMINDER, "name": 5},
        {**REMINDER, "type": "Fax"},
        {**REMINDER, "media": ["x"]},
        {**REMINDER, "media": {}},
        [REMINDER],
    ],
)
def test_what_is_no_template_is_refused(api: Api, body: Any) -> None:
    assert api.write("POST", "templates", body).status_code == 400
    assert len(api.server.ids("templates")) == 10


@pytest.mark.parametrize(
    "body",
    [
        {**SPRING, "trigger": {"code": "X"}},
        {**SPRING, "trigger": {"code": ["S"]}},
        {**SPRING, "trigger": {}},
        {**SPRING, "trigger": "S"},
        {**SPRING, "filters": []},
        {**SPRING, "name": 5},
        {**SPRING, "media": [5]},
        [SPRING],
    ],
)
def test_what_is_no_campaign_is_refused(api: Api, body: Any) -> None:
    existing = api.server.ids("campaigns")
    before = api.one(f"campaigns/{existing[0]}")
    assert api.write("POST", "campaigns", body).status_code == 400
    assert api.write("PUT", f"campaigns/{existing[0]}", body).status_code == 400
    assert api.server.ids("campaigns") == existing
    assert api.one(f"campaigns/{existing[0]}") == before


@pytest.mark.parametrize("code", ["M", "S", "FU", "V2"])
def test_every_documented_trigger_is_taken(api: Api, code: str) -> None:
    made = _created(api, "campaigns", {**SPRING, "trigger": {"code": code}})
    assert made["trigger"]["code"] == code


def test_a_campaign_without_a_trigger_is_manual(api: Api) -> None:
    made = _created(api, "campaigns", {"template": "Hi"})
    assert made["trigger"]["code"] == "M"
    assert "name" not in made
    assert made["id"] not in api.ids("campaigns", name="a")
