"""How far back a reader wants the rows of a list that is sorted by creation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.paging.page import Page, Row

_OLDER_PAGES = 2
"""Whole pages older than the bound that end the reading: one may be an odd one out."""
_PAGES_AHEAD = 6
"""Pages that may be under way in vain when the reading ends, however uneven rows lie in time."""


class Bound:
    """Watches one reading that runs from the newest rows to the oldest.

    Attributes:
        created: rows created before this moment are not wanted, in the form of `Row.created`.
    """

    def __init__(self, created: str) -> None:
        self.created = created
        self._older_pages = 0
        self._newest: str | None = None

    def is_older(self, rows: list[Row]) -> bool:
        """Whether rows were all created before the bound."""
        return bool(rows) and all(
            row.created is not None and row.created < self.created for row in rows
        )

    def is_passed(self, rows: list[Row]) -> bool:
        """Whether the reading has come far enough with the next page's rows."""
        self._older_pages = self._older_pages + 1 if self.is_older(rows) else 0
        return self._older_pages >= _OLDER_PAGES

    def reach(self, page: Page) -> int | None:
        """How far ahead pages are worth fetching; None if nothing tells.

        That is where the bound probably lies, and a page more; but only a few pages on.
        """
        if not page.rows:
            return None
        most = page.end + (_PAGES_AHEAD - 1) * len(page.rows)
        oldest = page.rows[-1].created
        self._newest = self._newest or page.rows[0].created
        if self._newest is None or oldest is None:
            return None
        covered = _seconds(oldest, self._newest)
        if covered <= 0:
            return most
        share = max(1.0, _seconds(self.created, self._newest) / covered)
        return min(most, round(page.end * share) + len(page.rows))


def _seconds(earlier: str, later: str) -> float:
    """Seconds between two moments; 0 where a text is none."""
    try:
        return (_moment(later) - _moment(earlier)).total_seconds()
    except (ValueError, TypeError):
        return 0.0


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))
