"""What the tests of webhooks share: something that happens, and what a receiver got of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulator.conftest import Api
    from tests.odd_server import OddServer

NUMBER = "+12125550188"


ADA = {"firstName": "Ada", "mobile": {"number": NUMBER, "country": "US"}}


WEEK = 7 * 86_400


def send(api: Api, count: int = 1, number: str = NUMBER) -> dict[str, Any]:
    body = {"template": "Hi", "contacts": [{"mobile": {"number": number}}] * count}
    data: dict[str, Any] = api.write("POST", "messages", body).json()["data"]
    return data


def received(api: Api, receiver: OddServer) -> list[dict[str, Any]]:
    api.server.wait_for_deliveries()
    return [json.loads(body) for body in receiver.bodies]


def told(api: Api, receiver: OddServer) -> list[str]:
    return [event["eventType"] for event in received(api, receiver)]
