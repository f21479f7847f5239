"""One reading of a list: offset pages, stitched together so that no row between them is missed.

* Every page is asked for one row early. Its first row must then be one that was read already; if
  it is, nothing lies between the two pages. If no row of a page is known, rows were deleted and
  the list moved up: the reader steps back until it meets a known row, and reads on from there.
  Where the list moved up by a few rows only, pages are asked for that much earlier from then on.
* A page fetched ahead that does not join on even after such a step is from before the list moved,
  as are those behind it: all are fetched anew.
* Where rows that were created together may change places (`order.py`), all of them at the end of a
  page, and one more, are asked for again. A page then joins on by a row of a moment of which some
  page has shown all rows.
* Rows inserted meanwhile push known rows into the next page; known rows are dropped by id.
* The reader advances by the rows that came, so a server may cap the page as it likes.
* The list ends where the server says so (`hasNext`, else `totalCount`), or where a page shows
  that nothing follows the last row. An empty page shows nothing: the row asked for again should
  have been in it.

Why one such row is enough: rows keep their order, so a row that was there all the time and stands
before a known row was read before it, and one that stands after it is still ahead.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from sakari_client.errors import PagingError
from sakari_client.paging.known import NOWHERE
from sakari_client.paging.order import together

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator

    from sakari_client.paging.ahead import PagesAhead
    from sakari_client.paging.known import KnownIds
    from sakari_client.paging.order import Order
    from sakari_client.paging.page import Page, Row

_EARLIER = 4
"""Rows by which pages are asked for earlier at most, and never more than an eighth of a page, so
that each page leads on: more would cost more than it saves."""
_SAME_PAGES = 10
_BARREN_PAGES = 5
_STALLED_PAGES = 250
_STALLED_IN_A_MOMENT = 8
"""Pages in a row that may bring nothing new: the same page again, an empty or short one, any at
all, and any while rows may change places at the end of a page."""


class Reading:
    """Reads from an offset to the end of the list, each row once.

    Attributes:
        count: rows read.
        cut_short: whether pages stayed empty, on a list whose length the server does not tell.
        duplicates: rows that came again, those left out that are asked for twice on purpose.
        end: the offset after the last row read.
        largest: rows of the largest page so far.
        moved: whether a page stood elsewhere than expected, or the server's count changed.
        pages_read: pages that joined on.
        reordered: whether rows stood in another order than they were read in before.
        total: the server's latest count, if it gives one.
    """

    def __init__(  # noqa: PLR0913
        self,
        name: str,
        ahead: PagesAhead,
        seen: KnownIds,
        order: Order,
        *,
        paged: bool = True,
        largest: int = 0,
        until: Callable[[Page], int | None] | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            name: what is read, for messages.
            ahead: where the pages come from.
            seen: the rows read so far; those of this reading are added.
            order: what is known of the list's order.
            paged: whether the API documents pages for this list. If not, a first page that
                does not say that more follow is the whole list.
            largest: rows of the largest page that is known of.
            until: how far ahead pages are worth fetching, by the latest page: an offset, or
                None for no bound. Default: the server's count.
        """
        self._name = name
        self._ahead = ahead
        self._seen = seen
        self._paged = paged
        self._until = until or (lambda page: page.total)
        self._order = order
        self._together = 0
        self._ends_with: str | None = None
        self._partial: set[str | None] = set()
        self._last_ids: list[str] = []
        self._latest: Row | None = None
        self._same = self._barren = self._stalled = 0
        self._looked_again = False
        self._start = self.end = 0
        self.largest = largest
        self.moved = self.reordered = self.cut_short = False
        self.count = self.duplicates = self.pages_read = 0
        self.total: int | None = None

    def pages(
        self, start: int = 0, *, known: int = 0, partial: Collection[str | None] = ()
    ) -> Generator[tuple[Page, list[Row]], None, None]:
        """Yield each page that joins on, and those of its rows that are new to this reading.

        Args:
            start: the offset to begin at.
            known: how many rows from that offset on were read already; if any, the first page must
                join on too, and offset 0 is not where the list begins.
            partial: moments of which not all rows may have been read, though some were.

        Raises:
            PagingError: the list cannot be read to its end.
            SakariError: a request failed for good.
        """
        offset = boundary = start
        self._start, self.end = start, start + known
        self._partial = set(partial)
        back = 0
        while True:
            page = self._ahead.take(offset, self._stride)
            # A page fetched ahead may begin, and end, before the rows that were asked for.
            asked = page.offset >= offset - self._ahead.early
            self.largest = max(self.largest, len(page.rows))
            joined = self._joins(page, start=None if known else start)
            fresh = self._take_fresh(page) if joined else []
            if joined:
                self._settle(page.rows)
            # A page that shows nothing where rows should be; not one of those read while
            # stepping back, which may well lie past the end of a list that grew shorter.
            short = asked and (not page.ids or len(page.ids) < self.largest)
            barren = short and not fresh and (joined or (not page.ids and not back))
            self._check_progress(page, fresh=bool(fresh), barren=barren)
            if self._partial and self._stalled >= _STALLED_IN_A_MOMENT:
                # No page has room for all rows of a moment and the one before them.
                self._order.disprove()
                self._partial.clear()
            if joined:
                yield page, fresh
                if self._ended(page, shows_nothing_follows=bool(page.ids) and barren):
                    return
                offset = boundary = max(start, page.end - self._rows_to_repeat(page.rows))
                back = 0
                if page.says_more or (page.says_more is None and len(page.rows) == self.largest):
                    next_row = max(offset, page.end - 1)
                    self._ahead.look_ahead(next_row, self._stride, self._until(page))
            elif offset == 0 and known:
                raise PagingError(f"{self._name}: none of the rows read last is there any more.")
            elif self._ahead.tried_before:
                self._ahead.close()
                offset = boundary
            elif page.ids or back or self._barren > 1:
                self._ahead.keep(page)
                self.moved |= bool(page.ids)
                # Never past all the rows that are remembered: what stands before them was read.
                farthest = back + self._seen.limit - self._stride
                back = max(1, min(2 * back + self._stride - 1, farthest))
                offset = max(0, boundary - back)
            # An empty page is asked for once more before stepping back.

    def look_at(self, offset: int) -> Page:
        """The page at an offset as it is now, outside the reading.

        Raises:
            SakariError: the request failed for good.
        """
        return self._ahead.take(offset, self._stride)

    def close(self) -> None:
        """Forget what was fetched ahead."""
        self._ahead.close()

    @property
    def _stride(self) -> int:
        """Rows by which a full page advances."""
        return max(1, self.largest - 1)

    def _rows_to_repeat(self, rows: list[Row]) -> int:
        """How many of the last rows of a page the next one must show again."""
        if rows:
            alike = together(rows)
            goes_on = alike == len(rows) and self._ends_with == rows[-1].created
            self._together = alike + (self._together if goes_on else 0)
            self._ends_with = rows[-1].created
        # A page of a single row has no row to spare.
        repeated = max(0, min(self._order.overlap(self._together, self.largest), self.largest - 1))
        if repeated <= 1:
            self._partial.clear()
        else:
            self._partial.add(self._ends_with)
        self._ask_earlier_by(repeated - 1)
        return repeated

    def _ask_earlier_by(self, rows: int) -> None:
        if self._ahead.early < rows <= min(_EARLIER, self.largest // 8):
            self._ahead.early = rows

    def _joins(self, page: Page, start: int | None) -> bool:
        """Whether nothing can lie between a page and the rows read before it."""
        begins = start is not None and (
            page.offset == 0 or (page.offset == start and not self.count)
        )
        return begins or any(
            row.id in self._seen and row.created not in self._partial for row in page.rows
        )

    def _settle(self, rows: list[Row]) -> None:
        """Take note of rows that a page shows with all that were created at the same moment."""
        if self._partial and rows:
            self._partial -= {row.created for row in rows} - {rows[0].created, rows[-1].created}

    def _take_fresh(self, page: Page) -> list[Row]:
        """The rows of a page that are not known yet; they are known from now on."""
        seen, ids, place = self._seen, page.ids, self.count
        known = seen.flags(ids)
        if sum(known) > 1:
            self.reordered |= not seen.in_order(ids)
        behind = len(known) - known[::-1].index(True) if True in known else 0
        if behind:
            self._ask_earlier_by(self.end - page.offset - behind)
        if not self._is_due(page.rows[behind - 1] if behind else None):
            # Another row stands where the last one that was read was due.
            self.moved |= self._latest is not None
            # Where these rows stand among those read before is not known.
            seen.break_at(place)
        # A page may hold a row twice; what follows takes it once.
        inserted = {row.id: row for row in page.rows[:behind] if row.id not in seen}
        appended = {row.id: row for row in page.rows[behind:] if row.id not in inserted}
        seen.add(inserted, itertools.repeat(NOWHERE))
        seen.add(appended, itertools.count(place + len(inserted)))
        fresh = [*inserted.values(), *appended.values()]
        place += len(fresh)
        if behind < len(ids):
            self._latest = page.rows[-1]
        expected = min(len(page.rows), max(0, self.end - page.offset))
        dropped = len(page.rows) - len(fresh)
        self.duplicates += max(0, dropped - expected)
        counts_differ = self.pages_read > 0 and page.total != self.total
        self.moved |= counts_differ or not dropped == behind == expected
        self.count = place
        self.total = page.total
        self.pages_read += 1
        self.end = page.end
        return fresh

    def _is_due(self, row: Row | None) -> bool:
        """Whether the last known row of a page is the last that was read, or may take its place."""
        if row is None or self._latest is None:
            return row is self._latest
        return row.id == self._latest.id or row.created in self._partial

    def _check_progress(self, page: Page, *, fresh: bool, barren: bool) -> None:
        """Notice a list that leads nowhere.

        Raises:
            PagingError: it leads nowhere.
        """
        if fresh:
            self._same = self._barren = self._stalled = 0
            self._looked_again = False
        else:
            self._stalled += 1
            self._barren += barren
            self._same += bool(page.ids) and page.ids == self._last_ids
        self._last_ids = page.ids
        if self._same >= _SAME_PAGES:
            raise PagingError(
                f"{self._name}: the server gives the same page whatever the offset, or the list "
                f"grows as fast as it is read; {self.count} rows could be read, and whether there "
                "are more cannot be known."
            )
        if self._barren >= _BARREN_PAGES and page.says_more:
            raise PagingError(
                f"{self._name}: the server says that more rows follow the {self.count} that could "
                f"be read{'' if page.total is None else f' ({page.total} in all)'}, and does not "
                "give them. Run again; if it stays so, ask Sakari."
            )
        if self._stalled >= _STALLED_PAGES:
            raise PagingError(
                f"{self._name}: the last {_STALLED_PAGES} pages brought nothing new; the list "
                "changes faster than it can be read. Raise requests_per_second or run again later."
            )

    def _ended(self, page: Page, *, shows_nothing_follows: bool) -> bool:
        """Whether the list ends with a page that joins on."""
        if page.says_more:
            return False
        if page.says_more is None:
            if self.count == 1 and self._barren > 1:
                return True  # a single row cannot overlap
            if self._barren >= _BARREN_PAGES:
                # Empty from the beginning, the list is empty: all rows are gone.
                self.cut_short = self.count > 0 and page.offset > 0
                return True
            return not self._paged or shows_nothing_follows
        # The server counts more rows than came, perhaps since the list grew at its beginning; or
        # it counts just as many as a full page ends with, and nothing else speaks for the end.
        # One more look past the end must find nothing.
        full = len(page.rows) == self.largest and page.offset > 0
        doubtful = page.total is not None and (
            self._start + self.count < page.total or (page.has_next is None and full)
        )
        if doubtful and not self._looked_again:
            self._looked_again = True
            return False
        return True
