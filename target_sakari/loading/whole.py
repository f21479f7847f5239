"""Whether the input brought everybody, as far as that can be told, which `mirror` asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Whole:
    """Watches the messages for signs that some records are not among them.

    An ACTIVATE_VERSION after a stream's last record says that all of them came. So does a STATE,
    unless the tap sends one now and then amid the records, as after each page: then it may have
    broken off just there. One that breaks off after its very first STATE looks like one that ended.

    Attributes:
        unread: records that could not be read.
    """

    def __init__(self) -> None:
        self.unread = 0
        self._came: set[str] = set()
        self._open: set[str] = set()  # streams with neither of them after the last record
        self._stated: set[str] = set()  # with a STATE after a record
        self._amid: set[str] = set()  # with a STATE amid records, and no ACTIVATE_VERSION since
        self._replayed = False

    def add_record(self, message: Mapping[str, Any]) -> None:
        """A RECORD message came, whatever stream maps make of it."""
        stream = message["stream"]
        self._came.add(stream)
        self._open.add(stream)
        if stream in self._stated:
            self._amid.add(stream)
        self._replayed = self._replayed or "rejected" in message

    def add_state(self) -> None:
        """A STATE came."""
        self._stated |= self._came
        self._open.clear()

    def add_version(self, stream: str) -> None:
        """The ACTIVATE_VERSION of a stream came."""
        self._open.discard(stream)
        self._amid.discard(stream)

    def doubt(self, streams: Iterable[str]) -> str | None:
        """Why the input may not have brought all of these streams; None where nothing says so."""
        if self._replayed:
            return "rejects were piped back in, which are not everybody"
        if self.unread:
            return f"{self.unread} records could not be read"
        cut = sorted(self._open.intersection(streams))
        if cut:
            return (
                f"neither a STATE nor an ACTIVATE_VERSION came after the last record of {cut[0]}: "
                "the tap may have broken off, or have a bookmark of before (Meltano: run it once "
                "with --full-refresh)"
            )
        amid = sorted(self._amid.intersection(streams))
        if amid:
            return (
                f"a STATE came amid the records of {amid[0]}: so only an ACTIVATE_VERSION after "
                "the last one shows that the tap did not break off, and none came"
            )
        return None
