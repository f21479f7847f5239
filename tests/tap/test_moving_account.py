"""50,000 messages, read while others come and go: none is lost or doubled, at few more requests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from sakari_emulator.server import EmulatorServer
from sakari_emulator.switches import Switches
from tests.conftest import settings_for
from tests.tap.run import run_tap

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES = 50_000


@pytest.fixture(scope="module")
def account() -> Iterator[EmulatorServer]:
    with EmulatorServer(contacts=100, messages=MESSAGES, seed=5) as server:
        yield server


@pytest.mark.parametrize(
    ("order", "switches", "most"),
    [
        ("newest", {"insert_every": 10, "delete_every": 10}, 1.05),
        ("oldest", {"insert_every": 10, "delete_every": 10}, 1.1),
        # The oldest go, which have all been read: each deletion moves what is still to come.
        ("oldest", {"insert_every": 10, "delete_every": 10, "delete_where": "back"}, 1.1),
        (
            "newest",
            {"insert_every": 20, "insert_rows": 150, "delete_every": 30, "delete_rows": 150},
            math.inf,
        ),
        (
            "oldest",
            {"insert_every": 20, "insert_rows": 150, "delete_every": 30, "delete_rows": 150},
            math.inf,
        ),
    ],
    ids=["newest", "oldest", "oldest-behind", "newest-bursts", "oldest-bursts"],
)
def test_no_message_is_lost_or_doubled(
    account: EmulatorServer, order: str, switches: dict[str, Any], most: float
) -> None:
    account.emulator.switches = Switches(order=order)  # type: ignore[arg-type]  # one of them
    before = set(account.ids("messages"))
    already = len(account.requests)
    account.switch(**switches)
    came = run_tap({**settings_for(account), "concurrency": 8}, select="messages").ids("messages")
    requests = sum(one.path.endswith("/messages") for one in account.requests[already:])
    stayed = before & set(account.ids("messages"))
    assert len(stayed) < len(before)
    assert len(came) == len(set(came))
    assert stayed <= set(came)
    assert requests <= most * math.ceil(len(before) / 100)
