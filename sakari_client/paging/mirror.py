"""A list seen from its end: the last row first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_client.paging.page import Page

if TYPE_CHECKING:
    from sakari_client.paging.ahead import FetchPage


class Mirror:
    """Turns offsets round a fixed point near the end of a list.

    Rows that are appended meanwhile stand behind that point and shift nothing.
    """

    def __init__(self, fetch: FetchPage, end: int) -> None:
        """Make a mirror.

        Args:
            fetch: gets a page of the list.
            end: the offset, in the list, that is offset 0 here.
        """
        self._fetch = fetch
        self._end = end

    def fetch(self, offset: int, limit: int) -> Page:
        """The page that ends where the mirrored offset says; its rows in reverse."""
        end = max(1, self._end - offset)
        start = max(0, end - limit)
        page = self._fetch(start, end - start)
        return Page(self._end - page.end, page.rows[::-1], has_next=start > 0)
