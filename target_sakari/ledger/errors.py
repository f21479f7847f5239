"""What is wrong with a ledger, so that nothing is sent."""

from __future__ import annotations

from sakari_client.errors import SakariError


class LedgerError(SakariError):
    """The ledger of sends cannot be used, so nothing is sent: mend it and start again.

    Args:
        place: the ledger, as it may be shown.
        problem: what is wrong and what to do, without a full stop.
    """

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"ledger_url: {place} {problem}.")
        self.place = place


class NoLedgerError(LedgerError):
    """There is no ledger yet, and none was to be made."""

    def __init__(self, place: str) -> None:
        super().__init__(
            place,
            "is not there. See whether ledger_url, or the home folder, is the one that the target "
            "had before; it makes a ledger only where new_ledger is true",
        )
