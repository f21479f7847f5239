"""Webhooks: subscribing a URL to events, and ending that.

In v1.0.1 the URL is a webhook's identity. Newer documents show an id, and no DELETE at all: the
switch `webhook_delete` has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import Response

from sakari_emulator import bodies
from sakari_emulator.account import EVENT_TYPES
from sakari_emulator.endpoints.call import success
from sakari_emulator.errors import NOT_ALLOWED, ApiError, bad_request, not_found
from sakari_emulator.row_writes import remove, stamp, touch
from sakari_emulator.rows import Webhook
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.endpoints.call import Call, Endpoint
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches


def _subscribe(call: Call) -> Response:
    """POST /webhooks: a URL that is there already gets the new events."""
    body = bodies.json_object(call.body)
    url, events = _url(body), _events(body, call.switches)
    account = call.emulator.account
    webhook = _by_url(account, url)
    if webhook is None:
        webhook = Webhook(**stamp(account, "webhooks"), url=url, event_types=events)
        account.webhooks.add(webhook)
    else:
        webhook.event_types = events
        touch(account, webhook)
    return success(show(webhook, call.switches))


def _url(body: Json) -> str:
    url = body.get("url")
    if not isinstance(url, str) or not _is_address(url):
        raise bad_request("url must be an http or https address")
    return url


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _events(body: Json, switches: Switches) -> list[str]:
    """The events asked for; all where none are named, which no document explains."""
    if body.get("eventTypes") is None:
        return list(EVENT_TYPES)
    events: list[str] = bodies.of_kind(body, "eventTypes", list)
    for event in events:
        if not isinstance(event, str):
            raise bad_request("an event type must be a string")
        if event not in EVENT_TYPES and switches.unknown_event == "reject":
            raise bad_request(f"eventTypes may hold {', '.join(EVENT_TYPES)}")
    return events


def _by_url(account: Account, url: str) -> Webhook | None:
    return next((webhook for webhook in account.webhooks if webhook.url == url), None)


def _unsubscribe(call: Call) -> Response:
    """DELETE /webhooks/{url}, the URL percent-encoded whole; or by id, if the switch says so."""
    account, wanted = call.emulator.account, call.last_part
    if call.switches.webhook_delete == "url":
        webhook = _by_url(account, wanted)
    elif "://" in wanted:
        raise _refusal(call.switches)
    else:
        webhook = account.webhooks.find(wanted)
    remove(account.webhooks, webhook, "webhook", call.switches)
    return Response(status_code=204)


def _refusal(switches: Switches) -> ApiError:
    if switches.webhook_delete == "id_405":
        return ApiError(405, NOT_ALLOWED, "A webhook cannot be deleted by its URL")
    return not_found("webhook")


ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    ("POST", "/webhooks", _subscribe),
    ("DELETE", "/webhooks/{url:path}", _unsubscribe),
]
