"""A Sakari account that goes on living while the tap is killed, and what is true of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

from sakari_emulator.lists import Lists
from sakari_emulator.server import EmulatorServer
from sakari_emulator.times import DAY, NEWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sakari_emulator.account import Account
    from sakari_emulator.switches import Switches

STREAMS = ("contacts", "messages")

_DAYS = 30
_STATUS_CHANGES_FOR = 4 * DAY
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Content:
    """What is compared of a row; `status` is a message's."""

    updated_at: datetime
    status: str | None


Rows = dict[str, Content]
"""Rows by id."""


class World:
    """The account, in an emulator whose clock stands still but for `month`."""

    def __init__(self) -> None:
        self._now = NEWEST
        self.server = EmulatorServer(
            contacts=60, messages=160, conversations=20, clock=lambda: self._now / 1000
        )

    def begin(self, order: str, months: int = 0) -> None:
        """Put everything back to the beginning, and let some months pass.

        The same number of months gives the same rows each time.

        Args:
            order: the order of lists, as the emulator calls it.
            months: how many.
        """
        self._now = NEWEST
        self.server.reset()
        self.server.switch(order=order)
        for month in range(months):
            self.month(f"month {month}")

    def month(self, seed: str) -> None:
        """Let a month pass: new contacts, new messages, and late changes of their status.

        A tap may leave out what it need not read: all pages behind those that are older than its
        bookmark less a week. So only messages change that are some days old, and all that happens
        in a month lies further apart than that week.
        """
        chance = Random(seed)
        account = self.server.account
        for day in range(_DAYS):
            self._now += DAY
            account.insert("messages", 1 + day % 2)
            if day % 3 == 0:
                account.insert("contacts")
            recent = [
                row for row in account.messages if row.created >= self._now - _STATUS_CHANGES_FOR
            ]
            message = chance.choice(recent)
            account.set_status(message, "sent" if message.status == "delivered" else "delivered")

    def rows(self, stream: str) -> Rows:
        """Return what the account holds of a stream."""
        return {
            row.id: Content(
                _EPOCH + timedelta(milliseconds=row.updated), getattr(row, "status", None)
            )
            for row in self.server.account.table(stream)
        }

    @staticmethod
    def later(seconds: float, act: Callable[[], None]) -> None:
        """Have something done some time after the list request that is just being told."""
        asyncio.get_running_loop().call_later(seconds, act)

    def watch(self, on_request: Callable[[str], None]) -> None:
        """Have every list request told from now on, before it is answered.

        Args:
            on_request: is given the stream; an `ApiError` that it raises is the answer.
        """
        self.server.emulator.lists = _Watched(self.server.account, on_request)


class _Watched(Lists):
    def __init__(self, account: Account, on_request: Callable[[str], None]) -> None:
        super().__init__(account)
        self._on_request = on_request

    def answer(self, stream: str, query: Mapping[str, str], switches: Switches) -> dict[str, Any]:
        self._on_request(stream)
        return super().answer(stream, query, switches)
