"""Transports for tests: at the emulator, or at a server that is none of ours."""

from __future__ import annotations

from typing import Any

from sakari_client.clock import Clock
from sakari_client.config import ClientConfig
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation, Transport

LIST = Operation("GET", "/contacts")
SEND = Operation("POST", "/messages", Repeat.HARMFUL)
PLANTED = ("Ada", "ada@example.com", "+15550100002", "5550100002", "s3cret", "hello there")


class Sleeps:
    """A clock with real time whose sleeps take none, and are noted."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.clock = Clock(sleep=self.seconds.append, random=lambda: 1.0)


def transport(settings: dict[str, Any], clock: Clock | None = None, **more: Any) -> Transport:
    return Transport(ClientConfig.from_settings({**settings, **more}), clock=clock)


def odd(url: str, **more: Any) -> Transport:
    """A transport for a server that is none of ours."""
    config = {"client_id": "an-id", "client_secret": "s3cret", "account_id": "1a"}
    return transport(
        {**config, "api_url": url, "max_retries": 0, "requests_per_second": 1000, **more}
    )
