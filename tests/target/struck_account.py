"""A Sakari account that strikes whoever writes to it, at a certain request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sakari_emulator.faults import Faults
from sakari_emulator.server import EmulatorServer

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.switches import Switches

Strike = Callable[[int], None]
"""Is given the number of the POST, from 1."""


class StruckAccount(EmulatorServer):
    """An emulator without contacts and templates, that can be watched."""

    def __init__(self) -> None:
        super().__init__(contacts=0, templates=0, messages=0)

    def strike(self, on_taken: Strike) -> None:
        """Call something for each POST from now on: what it asks for is done, but not answered."""
        self.emulator.faults = _Watched(on_taken)

    def names(self) -> list[str]:
        """The names of all templates."""
        return sorted(str(one.name) for one in self.account.templates)

    def numbers(self) -> list[str]:
        """The numbers of all contacts."""
        return sorted(one.mobile.number for one in self.account.contacts if one.mobile)


class _Watched(Faults):
    def __init__(self, on_taken: Strike) -> None:
        super().__init__()
        self._on_taken = on_taken
        self._taken = 0

    def after_accept(self, switches: Switches) -> Response | None:
        self._taken += 1
        self._on_taken(self._taken)
        return super().after_accept(switches)
