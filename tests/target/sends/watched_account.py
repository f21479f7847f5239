"""A Sakari account whose requests to send can be watched, and answered otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sakari_emulator import answers
from sakari_emulator.faults import Faults
from sakari_emulator.server import EmulatorServer
from sakari_emulator.tokens import Tokens

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.emulator import Emulator
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches

Watch = Callable[[int], "Response | None"]
"""Is given the number of the request to send, from 1; what it gives is answered instead."""


def let_pass(_: int) -> None:
    """Watch without doing anything."""


class WatchedAccount(EmulatorServer):
    """An emulator with a few contacts, and no messages yet."""

    def __init__(self, contacts: int = 3) -> None:
        super().__init__(contacts=contacts, messages=0, templates=0, conversations=0)

    def watch(
        self,
        *,
        token: Watch = let_pass,
        arrived: Watch = let_pass,
        accepted: Watch = let_pass,
    ) -> None:
        """Call something for each request of a kind from now on.

        Args:
            token: of requests for a token. Each token is good for one request, so that one is asked
                for just before each other request.
            arrived: of requests to send, before they have any effect.
            accepted: of them, once they have their effect, and before they are answered.
        """
        if token is not let_pass:
            self.emulator.tokens = _Fleeting()
        self.emulator.faults = _Watched(self.emulator, token, arrived, accepted)

    def fail_next_send(self) -> None:
        """Have the next request to send fail, without any effect."""
        self.watch(arrived=lambda at: answers.failure(500, "json") if at == 1 else None)


class _Fleeting(Tokens):
    def issue(self, now: float, switches: Switches) -> Json:
        answer = super().issue(now, switches)
        return {**answer, "expires_in": 1e-9}


class _Watched(Faults):
    def __init__(self, emulator: Emulator, token: Watch, arrived: Watch, accepted: Watch) -> None:
        super().__init__()
        self._token = token
        self._tokens = 0
        self._emulator = emulator
        self._arrived = arrived
        self._accepted = accepted
        self._sends: dict[int, int] = {}
        self._taken = 0

    def token(self, switches: Switches) -> Response | None:
        self._tokens += 1
        return self._token(self._tokens) or super().token(switches)

    def next_request(self) -> int:
        turn, entry = super().next_request(), self._emulator.log[-1]
        if entry.method == "POST" and entry.path.endswith("/messages"):
            self._sends[turn] = len(self._sends) + 1
        return turn

    def instead(self, turn: int, now: float, switches: Switches) -> Response | None:
        ours = self._arrived(self._sends[turn]) if turn in self._sends else None
        return ours or super().instead(turn, now, switches)

    def after_accept(self, switches: Switches) -> Response | None:
        self._taken += 1
        return self._accepted(self._taken) or super().after_accept(switches)
