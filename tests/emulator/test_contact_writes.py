from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.emulator.conftest import Api

NUMBER = "+12125550188"
ADA: dict[str, Any] = {
    "firstName": "Ada",
    "lastName": "Example",
    "email": "ada@example.com",
    "mobile": {"number": NUMBER, "country": "US"},
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"city": "Salem"},
}


def _created(api: Api, **query: Any) -> dict[str, Any]:
    response = api.write("POST", "contacts", ADA, **query)
    assert response.status_code == 201
    made: dict[str, Any] = response.json()["data"]
    return made


def test_a_created_contact_can_be_read_and_comes_first(api: Api) -> None:
    made = _created(api)
    assert "keyId" in made
    read = api.one(f"contacts/{made['id']}")
    assert {**read, "keyId": made["keyId"]} == made
    assert {name: read[name] for name in ("firstName", "lastName", "email", "tags")} == {
        name: ADA[name] for name in ("firstName", "lastName", "email", "tags")
    }
    assert api.ids("contacts", limit=1) == [made["id"]]
    assert read["optIn"] is None


@pytest.mark.parametrize(
    ("form", "path"), [("object", []), ("array", [0]), ("contacts", ["contacts", 0])]
)
def test_contact_create_answer(api: Api, form: str, path: list[Any]) -> None:
    api.server.switch(contact_create_answer=form)
    found = api.write("POST", "contacts", ADA).json()["data"]
    for step in path:
        found = found[step]
    assert found["firstName"] == "Ada"


def test_append_can_replace_tags_and_attributes(api: Api) -> None:
    made = _created(api)
    api.server.switch(append="replaces")
    more = {"mobile": ADA["mobile"], "tags": ["new"], "attributes": {"plan": "pro"}}
    assert api.write("POST", "contacts", more, mergeStrategy="append").status_code == 201
    read = api.one(f"contacts/{made['id']}")
    assert read["tags"] == [{"tag": "new", "visible": True}]
    assert read["attributes"] == {"plan": "pro"}
    assert read["firstName"] == "Ada"


def test_create_status(api: Api) -> None:
    api.server.switch(create_status=200)
    assert api.write("POST", "contacts", ADA).status_code == 200


@pytest.mark.parametrize("number", ["12", "+1212555018812345", "none", "", None, 12125550188])
def test_an_impossible_number_is_refused(api: Api, number: Any) -> None:
    response = api.write("POST", "contacts", {**ADA, "mobile": {"number": number}})
    assert (response.status_code, response.json()["error"]["code"]) == (400, "CONT-001")
    assert len(api.server.ids("contacts")) == 130


@pytest.mark.parametrize(
    "body",
    ["text", 5, None, {**ADA, "tags": 5}, {**ADA, "lists": ["x"]}, {**ADA, "mobile": NUMBER}],
)
def test_what_is_no_contact_is_refused(api: Api, body: Any) -> None:
    assert api.write("POST", "contacts", body).status_code == 400


def test_unknown_properties_are_ignored(api: Api) -> None:
    made = api.write("POST", "contacts", {**ADA, "fistName": "typo"}).json()["data"]
    assert "fistName" not in made


SECOND: dict[str, Any] = {
    "firstName": "Augusta",
    "mobile": {"number": "212-555-0188", "country": "US"},
    "tags": ["press"],
    "attributes": {"orders": 3},
}


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        (
            "append",
            ["Augusta", "Example", ["press", "vip"], {"city": "Salem", "orders": 3}],
        ),
        ("core", ["Augusta", "Example", ["vip"], {"city": "Salem"}]),
        ("remove", ["Augusta", None, ["press"], {"orders": 3}]),
        (None, ["Augusta", "Example", ["press", "vip"], {"city": "Salem", "orders": 3}]),
    ],
)
def test_merge_strategies(api: Api, strategy: str | None, expected: list[Any]) -> None:
    first = _created(api)
    query = {"mergeStrategy": strategy} if strategy else {}
    merged = api.write("POST", "contacts", SECOND, **query).json()["data"]
    assert (merged["id"], merged["created"]) == (first["id"], first["created"])
    assert merged["updated"]["at"] > first["updated"]["at"]
    tags = sorted(tag["tag"] for tag in merged["tags"])
    found = [merged["firstName"], merged["lastName"], tags, merged["attributes"]]
    assert found == expected
    assert len(api.server.ids("contacts")) == 131


def test_duplicate_error_only_without_a_strategy(api: Api) -> None:
    _created(api)
    api.server.switch(duplicate="error")
    response = api.write("POST", "contacts", SECOND)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "EMU-DUPLICATE")
    assert api.write("POST", "contacts", SECOND, mergeStrategy="append").status_code == 201
    assert api.write("POST", "contacts", SECOND, mergeStrategy="other").status_code == 400


@pytest.mark.parametrize(("put", "last_name", "tags"), [("replace", None, 0), ("merge", "E", 1)])
def test_put(api: Api, put: str, last_name: str | None, tags: int) -> None:
    api.server.switch(put=put)
    made = api.write("POST", "contacts", {**ADA, "lastName": "E"}).json()["data"]
    body = {"firstName": "Augusta", "mobile": ADA["mobile"], "attributes": {"orders": 3}}
    response = api.write("PUT", f"contacts/{made['id']}", body)
    assert response.status_code == 200
    after = api.one(f"contacts/{made['id']}")
    assert (after["firstName"], after["lastName"], len(after["tags"])) == (
        "Augusta",
        last_name,
        tags,
    )
    assert after["attributes"] == {"orders": 3}
    assert after["updated"]["at"] > made["updated"]["at"]


def test_put_of_what_is_not_there_or_is_taken(api: Api) -> None:
    made = _created(api)
    other = api.rows("contacts", limit=2)[1]
    assert api.write("PUT", f"contacts/{'f' * 24}", ADA).status_code == 404
    taken = {"mobile": other["mobile"]}
    assert api.write("PUT", f"contacts/{made['id']}", taken).status_code == 400


def test_bulk_array(api: Api) -> None:
    both = [ADA, {"mobile": {"number": "+12125550187"}}]
    assert api.write("POST", "contacts", both).status_code == 400
    assert len(api.server.ids("contacts")) == 130
    api.server.switch(bulk_array="accept")
    assert len(api.write("POST", "contacts", both).json()["data"]) == 2
    assert len(api.server.ids("contacts")) == 132


def test_delete(api: Api) -> None:
    made = _created(api)
    response = api.write("DELETE", f"contacts/{made['id']}")
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert api.get(f"contacts/{made['id']}").status_code == 404
    assert api.write("DELETE", f"contacts/{made['id']}").status_code == 404
    api.server.switch(delete_missing=200)
    assert api.write("DELETE", f"contacts/{made['id']}").status_code == 200
    api.server.switch(delete_status=204)
    response = api.write("DELETE", f"contacts/{made['id']}")
    assert (response.status_code, response.content) == (204, b"")


def test_what_the_api_does_not_have_is_not_found(api: Api) -> None:
    for method, path in [("POST", "conversations"), ("PATCH", "contacts"), ("GET", "webhooks/x")]:
        response = api.write(method, path, {})
        assert (response.status_code, response.json()["success"]) == (404, False)
