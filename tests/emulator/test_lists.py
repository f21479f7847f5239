from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.account import STREAMS

if TYPE_CHECKING:
    from tests.emulator.conftest import Api


@pytest.mark.parametrize("stream", STREAMS)
def test_a_walk_by_offset_gives_every_row_once(api: Api, stream: str) -> None:
    expected = api.server.ids(stream)
    found: list[str] = []
    while page := api.ids(stream, offset=len(found), limit=37):
        found += page
    assert found == expected
    assert len(found) == len(set(found)) > 0


@pytest.mark.parametrize("stream", [stream for stream in STREAMS if stream != "webhooks"])
def test_one_row_is_as_in_the_list(api: Api, stream: str) -> None:
    row = api.rows(stream, limit=1)[0]
    assert api.one(f"{stream}/{row['id']}") == row


@pytest.mark.parametrize(
    ("form", "keys"),
    [
        ("full", {"totalCount", "limit", "offset", "hasNext"}),
        ("total", {"totalCount", "limit", "offset"}),
        ("has_next", {"limit", "offset", "hasNext"}),
        ("echo", {"limit", "offset"}),
    ],
)
def test_pagination_forms(api: Api, form: str, keys: set[str]) -> None:
    api.server.switch(pagination=form)
    first = api.get("contacts", limit=100).json()["pagination"]
    assert set(first) == keys
    last = api.get("contacts", limit=100, offset=100).json()["pagination"]
    whole = {"totalCount": 130, "limit": 100}
    expected_first = {**whole, "offset": 0, "hasNext": True}
    expected_last = {**whole, "offset": 100, "hasNext": False}
    assert first == {key: expected_first[key] for key in keys}
    assert last == {key: expected_last[key] for key in keys}


def test_pagination_none(api: Api) -> None:
    api.server.switch(pagination="none")
    assert set(api.get("contacts").json()) == {"success", "data"}


def test_limits(api: Api) -> None:
    assert len(api.rows("contacts")) == 10
    assert len(api.rows("contacts", limit=500)) == 100
    api.server.switch(page_cap=40, default_limit=15)
    assert len(api.rows("contacts")) == 15
    answer = api.get("contacts", limit=100).json()
    assert (len(answer["data"]), answer["pagination"]["limit"]) == (40, 40)
    api.server.switch(limit_echo="asked")
    answer = api.get("contacts", limit=100).json()
    assert (len(answer["data"]), answer["pagination"]["limit"]) == (40, 100)


def test_over_limit_reject(api: Api) -> None:
    api.server.switch(over_limit="reject")
    assert api.get("contacts", limit=100).status_code == 200
    assert api.get("contacts", limit=101).status_code == 400


@pytest.mark.parametrize(
    "query", [{"offset": -1}, {"offset": "x"}, {"limit": 0}, {"limit": "1.5"}, {"limit": "²"}]
)
def test_what_is_no_offset_or_limit_is_refused(api: Api, query: dict[str, Any]) -> None:
    response = api.get("contacts", **query)
    assert response.status_code == 400
    assert response.json()["success"] is False


def test_orders(api: Api) -> None:
    def made(order: str) -> list[tuple[str, str]]:
        api.server.switch(order=order)
        rows = [*api.rows("messages", limit=100), *api.rows("messages", offset=100, limit=100)]
        rows += api.rows("messages", offset=200, limit=100)
        return [(row["created"]["at"], row["id"]) for row in rows]

    newest = made("newest")
    assert newest == sorted(newest, reverse=True)
    assert made("oldest") == newest[::-1]
    by_id = made("id")
    assert by_id == sorted(by_id, key=lambda pair: pair[1]) != newest[::-1]
    shuffled = made("shuffled")
    assert shuffled == made("shuffled")
    assert sorted(shuffled, reverse=True) == newest != shuffled
    assert made("random") != made("random")


def test_rows_keep_their_place_in_shuffled_order(api: Api) -> None:
    api.server.switch(order="shuffled")
    before = api.server.ids("contacts")
    gone = set(api.server.account.delete("contacts", 5))
    api.server.account.insert("contacts", 5)
    kept = [row for row in api.server.ids("contacts") if row in set(before)]
    assert kept == [row for row in before if row not in gone]


def test_ignore_offset(api: Api) -> None:
    api.server.switch(ignore_offset=True)
    assert api.ids("contacts", offset=50) == api.ids("contacts")


def test_empty_page_every(api: Api) -> None:
    api.server.switch(empty_page_every=2)
    api.get("contacts")
    sizes = [len(api.rows("contacts", offset=10)) for _ in range(4)]
    assert sizes == [10, 0, 10, 0]
    assert len(api.rows("contacts")) == 10


def test_repeat_rows(api: Api) -> None:
    everything = api.server.ids("contacts")
    api.server.switch(repeat_rows=3)
    assert api.ids("contacts", limit=10) == everything[:10]
    assert api.ids("contacts", offset=10, limit=10) == everything[7:17]


def test_insert_every(api: Api) -> None:
    api.server.switch(insert_every=2, insert_rows=3)
    first = api.ids("contacts")
    assert api.ids("contacts")[3:] == first[:7]
    api.get("templates")
    assert len(api.server.ids("contacts")) == 133
    assert len(api.server.ids("templates")) == 10


@pytest.mark.parametrize(
    ("where", "first", "last"), [("front", 2, None), ("back", 0, -2), ("anywhere", None, None)]
)
def test_delete_every(api: Api, where: str, first: int | None, last: int | None) -> None:
    before = api.server.ids("contacts")
    api.server.switch(delete_every=1, delete_rows=2, delete_where=where)
    api.get("contacts")
    after = api.server.ids("contacts")
    assert len(after) == len(before) - 2
    assert set(after) < set(before)
    if first is not None:
        assert after == before[first:last]


def test_change_every(api: Api) -> None:
    before = {row["id"]: row for row in api.rows("messages", limit=100)}
    api.server.account.delete("messages", 150, "back")
    api.server.switch(change_every=1, change_rows=4)
    changed = [row for row in api.rows("messages", limit=100) if row != before[row["id"]]]
    assert len(changed) == 4
    for row in changed:
        assert row["updated"]["at"] > before[row["id"]]["updated"]["at"]
        assert row["status"] != before[row["id"]]["status"]
        assert row["created"] == before[row["id"]]["created"]


@pytest.mark.parametrize(("how", "told"), [("exact", 130), ("low", 116), ("high", 144)])
def test_wrong_total(api: Api, how: str, told: int) -> None:
    api.server.switch(wrong_total=how)
    pagination = api.get("contacts", offset=120, limit=10).json()["pagination"]
    assert (pagination["totalCount"], pagination["hasNext"]) == (told, False)


def test_text_filters_take_a_part_in_any_case(api: Api) -> None:
    wanted = next(row for row in api.rows("contacts", limit=100) if row["email"])
    for name in ("firstName", "email"):
        part = wanted[name][1:].upper()
        found = api.rows("contacts", limit=100, **{name: part})
        assert wanted in found
        assert all(part.lower() in row[name].lower() for row in found)
    assert len(api.rows("contacts", limit=100, email=wanted["email"])) == 1


def test_mobile_filter(api: Api) -> None:
    wanted = api.rows("contacts", limit=1)[0]
    assert wanted in api.rows("contacts", mobile=wanted["mobile"]["number"])
    assert wanted in api.rows("contacts", mobile=wanted["mobile"]["number"][2:])
    assert api.rows("contacts", mobile="+19995550100") == []


def test_tags_filter(api: Api) -> None:
    found = api.rows("contacts", limit=100, tags="vip,press")
    assert found
    assert all({tag["tag"] for tag in row["tags"]} & {"vip", "press"} for row in found)
    assert len(found) < len(api.server.ids("contacts"))


def test_message_filters(api: Api) -> None:
    message = api.rows("messages", limit=1)[0]
    for name, part in (("contactId", "contact"), ("conversationId", "conversation")):
        found = api.rows("messages", limit=100, **{name: message[part]["id"]})
        assert message in found
        assert {row[part]["id"] for row in found} == {message[part]["id"]}


def test_name_filters(api: Api) -> None:
    for stream in ("templates", "campaigns"):
        wanted = api.rows(stream, limit=1)[0]
        assert api.rows(stream, name=wanted["name"].upper()) == [wanted]


def test_search_filters(api: Api) -> None:
    link = api.rows("links", limit=1)[0]
    for field in ("name", "destinationUrl", "shortenedUrl"):
        assert link in api.rows("links", q=link[field].upper(), limit=100)
    form = api.rows("forms", limit=1)[0]
    found = api.rows("forms", q=form["name"].upper(), limit=100)
    assert form in found
    assert {row["name"] for row in found} == {form["name"]}
    assert api.rows("forms", q="nothing like it") == []


def test_unknown_parameters_are_ignored(api: Api) -> None:
    assert api.ids("contacts", sort="id", updatedSince="2025") == api.ids("contacts")
