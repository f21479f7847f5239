"""Whether the input brought everybody, which `mirror` must be certain of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any


class Whole:
    """Watches the messages for signs that some records are not among them.

    Attributes:
        unread: records that could not be read.
    """

    def __init__(self) -> None:
        self.unread = 0
        self._open: set[str] = set()
        self._replayed = False

    def add_record(self, message: Mapping[str, Any]) -> None:
        """A RECORD message came, whatever stream maps make of it."""
        self._open.add(message["stream"])
        self._replayed = self._replayed or "rejected" in message

    def ended(self, stream: str | None = None) -> None:
        """A STATE came, or the ACTIVATE_VERSION of a stream: no tap that broke off sends it."""
        if stream is None:
            self._open.clear()
        else:
            self._open.discard(stream)

    def doubt(self, streams: Iterable[str]) -> str | None:
        """Why the input may not have brought all of these streams; None where it has."""
        if self._replayed:
            return "rejects were piped back in, which are not everybody"
        if self.unread:
            return f"{self.unread} records could not be read"
        cut = sorted(self._open.intersection(streams))
        if cut:
            return (
                f"neither a STATE nor an ACTIVATE_VERSION came after the last record of {cut[0]}: "
                "the tap may have broken off"
            )
        return None
