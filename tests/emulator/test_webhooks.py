from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from sakari_emulator.account import EVENT_TYPES

if TYPE_CHECKING:
    import requests

    from tests.emulator.conftest import Api

HOOK = "https://hooks.example.com/in"
HARD = [
    "https://hooks.example.com/in?to=a&and=b",
    "https://hooks.example.com/in#part",
    "https://hooks.example.com/a%2Fb/c%20d?e=%3F",
    "https://hooks.example.com/a+b?c=+1",
    "https://hooks.example.com/caf\u00e9/\u65e5\u672c?q=\u00fc",
    "http://hooks.example.com:8080/a/../b//c/",
]


def _subscribed(api: Api, url: str = HOOK, **more: Any) -> dict[str, Any]:
    response = api.write("POST", "webhooks", {"url": url, **more})
    assert response.status_code == 200
    made: dict[str, Any] = response.json()["data"]
    return made


def _unsubscribe(api: Api, what: str) -> requests.Response:
    return api.write("DELETE", f"webhooks/{quote(what, safe='')}")


def test_a_subscription_is_listed_with_its_events(api: Api) -> None:
    made = _subscribed(api, eventTypes=["message-received", "contact-opt-out"])
    assert made["destination"] == HOOK
    assert made["eventTypes"] == ["message-received", "contact-opt-out"]
    assert api.rows("webhooks", limit=1) == [made]


def test_a_subscription_in_the_old_shape(api: Api) -> None:
    api.server.switch(webhook_form="old")
    made = _subscribed(api, eventTypes=["message-sent"])
    assert made == {"url": HOOK, "eventTypes": ["message-sent"]}


@pytest.mark.parametrize("more", [{}, {"eventTypes": None}])
def test_without_events_all_of_them_are_subscribed_to(api: Api, more: dict[str, Any]) -> None:
    assert _subscribed(api, **more)["eventTypes"] == list(EVENT_TYPES)


def test_a_url_that_is_there_gets_the_new_events(api: Api) -> None:
    first = _subscribed(api, eventTypes=["message-sent"])
    count = len(api.server.ids("webhooks"))
    second = _subscribed(api, eventTypes=["message-status"])
    assert (second["id"], second["eventTypes"]) == (first["id"], ["message-status"])
    assert len(api.server.ids("webhooks")) == count
    assert _subscribed(api, url=f"{HOOK}/")["id"] != first["id"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"callbackUrl": HOOK},
        {"url": 5},
        {"url": "hooks.example.com"},
        {"url": "ftp://hooks.example.com"},
        {"url": "https://"},
        {"url": "http://[::1"},
        {"url": HOOK, "eventTypes": "message-sent"},
        {"url": HOOK, "eventTypes": [5]},
        [HOOK],
    ],
)
def test_what_cannot_be_called_is_refused(api: Api, body: Any) -> None:
    assert api.write("POST", "webhooks", body).status_code == 400
    assert len(api.server.ids("webhooks")) == 3


def test_an_unknown_event_is_refused_or_accepted(api: Api) -> None:
    body: dict[str, Any] = {"url": HOOK, "eventTypes": ["message-sent", "message-lost"]}
    assert api.write("POST", "webhooks", body).status_code == 400
    api.server.switch(unknown_event="accept")
    assert _subscribed(api, **body)["eventTypes"] == ["message-sent", "message-lost"]


@pytest.mark.parametrize("url", HARD)
def test_a_webhook_is_deleted_by_its_encoded_url(api: Api, url: str) -> None:
    before = api.server.ids("webhooks")
    _subscribed(api, url)
    response = _unsubscribe(api, url)
    assert (response.status_code, response.content) == (204, b"")
    assert api.server.ids("webhooks") == before
    assert _unsubscribe(api, url).status_code == 404


def test_generated_webhooks_can_be_deleted_too(api: Api) -> None:
    for row in api.rows("webhooks"):
        assert _unsubscribe(api, row["destination"]).status_code == 204
    assert api.rows("webhooks") == []


def test_a_url_that_is_not_encoded_is_not_found(api: Api) -> None:
    _subscribed(api)
    assert api.write("DELETE", f"webhooks/{HOOK}").status_code == 404
    assert api.write("DELETE", f"webhooks/{quote(HOOK)}").status_code == 404


def test_the_log_shows_the_path_as_it_was_sent(api: Api) -> None:
    _unsubscribe(api, HARD[0])
    assert api.server.requests[-1].path.endswith(
        "/webhooks/https%3A%2F%2Fhooks.example.com%2Fin%3Fto%3Da%26and%3Db"
    )


def test_webhook_delete_by_url_does_not_know_ids(api: Api) -> None:
    made = _subscribed(api)
    assert _unsubscribe(api, made["id"]).status_code == 404
    api.server.switch(delete_missing=200)
    response = _unsubscribe(api, made["id"])
    assert (response.status_code, response.content) == (204, b"")
    assert made in api.rows("webhooks")


@pytest.mark.parametrize(("webhook_delete", "status"), [("id_404", 404), ("id_405", 405)])
def test_webhook_delete_by_id_only(api: Api, webhook_delete: str, status: int) -> None:
    made = _subscribed(api)
    api.server.switch(webhook_delete=webhook_delete, delete_missing=200)
    response = _unsubscribe(api, HOOK)
    assert (response.status_code, response.json()["success"]) == (status, False)
    assert made in api.rows("webhooks")
    assert _unsubscribe(api, made["id"]).status_code == 204
    assert made not in api.rows("webhooks")
    api.server.switch(delete_missing=404)
    assert _unsubscribe(api, made["id"]).status_code == 404
