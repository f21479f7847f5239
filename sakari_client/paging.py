"""Offset pages, stitched together so that a list that moves while it is read loses no row.

Sakari's lists take `offset` and `limit`, cannot be sorted, and say in at least three ways, or not
at all, how long they are. Nothing of that is trusted:

* Every page is asked for one row early. Its first row must then be one that was read already; if
  it is, nothing lies between the two pages. If no row of a page is known, rows were deleted and
  the list moved up: the reader steps back until it meets a known row, and reads on from there.
* Rows inserted meanwhile push known rows into the next page; known rows are dropped by id.
* The reader advances by the rows that came, so a server may cap the page as it likes.
* The list ends where the server says so (`hasNext`, else `totalCount`), or where a page shows
  that nothing follows the last row. An empty page shows nothing: the row asked for again should
  have been in it.
* Last, the beginning is looked at again: rows that were new, or that moved to the front, meanwhile
  are there. That costs a request for a list of more than one page.

Why one known row is enough: rows keep their order, so a row that was there all the time and stands
before a known row was read before it, and one that stands after it is still ahead. Rows that
changed places in other ways are noticed by their order or by the server's count, if there is one.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from typing import TYPE_CHECKING

from sakari_client.ahead import FetchPage, Page, PagesAhead, Row
from sakari_client.errors import PagingError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

logger = logging.getLogger(__name__)

WINDOW = 10_000
"""Rows whose ids are remembered, so that memory stays the same however long the list is. In a
longer list a row comes twice if it moves to the front after it was read, or if more rows than these
are inserted between two requests."""
_HEAD = 2_000
"""Rows at the beginning whose ids are remembered to the end."""
_SAME_PAGES = 10
_BARREN_PAGES = 5
_STALLED_PAGES = 250


class StitchedList:
    """Reads one list from its beginning to its end, each row once.

    Attributes:
        count: rows read.
    """

    def __init__(  # noqa: PLR0913
        self,
        name: str,
        fetch: FetchPage,
        identify: Callable[[Row], str],
        *,
        page_size: int,
        concurrency: int,
        paged: bool = True,
    ) -> None:
        """Prepare to read.

        Args:
            name: what is read, for messages.
            fetch: gets a page; called from several threads.
            identify: the id of a row.
            page_size: rows to ask for, 1 to 100. Two at least are asked for, since a page of
                one row cannot overlap the one before.
            concurrency: most pages fetched at the same time.
            paged: whether the API documents pages for this list. If not, a first page that
                does not say that more follow is the whole list.
        """
        self._name = name
        self._identify = identify
        self._paged = paged
        self._ahead = PagesAhead(fetch, max(2, page_size), concurrency)
        self._known: OrderedDict[str, int] = OrderedDict()
        self._places: dict[str, int] = {}
        self._head: set[str] = set()
        self._largest = 0
        self._last_ids: list[str] = []
        self._same = self._barren = self._stalled = 0
        self._looked_again = False
        self._reordered = False
        self.count = 0

    def pages(self) -> Generator[list[Row], None, None]:
        """Yield the rows, a list for each page that brought new ones.

        Raises:
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        try:
            yield from self._read()
        finally:
            self._ahead.close()

    def _read(self) -> Generator[list[Row], None, None]:
        offset = boundary = back = 0
        while True:
            page = self._ahead.take(offset, self._stride)
            # A page fetched ahead may begin, and end, before the rows that were asked for.
            asked = page.offset >= offset
            self._largest = max(self._largest, len(page.rows))
            ids = [self._identify(row) for row in page.rows]
            joined = page.offset == 0 or any(row_id in self._known for row_id in ids)
            fresh = self._take_fresh(page.rows, ids) if joined else []
            if fresh:
                yield fresh
            # A page that shows nothing where rows should be; not one of those read while
            # stepping back, which may well lie past the end of a list that grew shorter.
            short = asked and (not ids or len(ids) < self._largest)
            barren = short and not fresh and (joined or (not ids and not back))
            self._check_progress(page, ids, fresh=bool(fresh), barren=barren)
            if joined:
                if self._ended(page, shows_nothing_follows=bool(ids) and barren):
                    break
                # A page of a single row has no row to spare for the overlap.
                offset = boundary = page.end - (1 if len(page.rows) > 1 else 0)
                back = 0
                if page.says_more or (page.says_more is None and len(page.rows) == self._largest):
                    self._ahead.look_ahead(offset, self._stride, page.total)
            elif ids or back or self._barren > 1:
                self._ahead.keep(page)
                back = max(1, 2 * back + self._stride - 1)
                offset = max(0, boundary - back)
            # An empty page is asked for once more before stepping back.
        total = page.total
        if page.offset > 0:
            total = yield from self._look_back()
        self._report(total)

    def _look_back(self) -> Generator[list[Row], None, int | None]:
        """Yield what came to the beginning meanwhile; return the server's latest count.

        Goes on until a page is just as it was read, and no row is missing by the server's count.
        """
        offset = expected = 0
        while True:
            page = self._ahead.take(offset, self._stride)
            rows, ids = page.rows, [self._identify(row) for row in page.rows]
            old = [place for place, row_id in enumerate(ids) if row_id in self._head]
            forgotten = self.count > WINDOW
            if old and forgotten:
                # Rows behind those of the old beginning were read, though no longer remembered.
                rows, ids = rows[: old[-1]], ids[: old[-1]]
            places = [self._known[row_id] for row_id in ids if row_id in self._known]
            changed = places != list(range(expected, expected + len(ids)))
            expected = places[-1] if places else expected
            fresh = self._take_fresh(rows, ids)
            if fresh:
                yield fresh
            missing = page.total is not None and self.count < page.total
            more = page.says_more or (page.says_more is None and len(page.rows) == self._largest)
            if (old and forgotten) or not (fresh or (more and (changed or missing))):
                return page.total
            offset = max(offset + 1, page.end - 1)

    @property
    def _stride(self) -> int:
        """Rows by which a full page advances."""
        return max(1, self._largest - 1)

    def _take_fresh(self, rows: list[Row], ids: list[str]) -> list[Row]:
        """The rows that are not known yet; they are known from now on."""
        fresh = []
        for row_id, row in zip(ids, rows, strict=True):
            if row_id not in self._known and row_id not in self._head:
                self._known[row_id] = self.count
                self.count += 1
                fresh.append(row)
                if self.count <= _HEAD:
                    self._head.add(row_id)
        while len(self._known) > WINDOW:
            self._known.popitem(last=False)
        self._watch_order(ids)
        return fresh

    def _watch_order(self, ids: list[str]) -> None:
        """Notice rows that stand in another order than in the page before."""
        before = [self._places[row_id] for row_id in ids if row_id in self._places]
        self._reordered |= before != sorted(before)
        self._places = {row_id: place for place, row_id in enumerate(ids)}

    def _check_progress(self, page: Page, ids: list[str], *, fresh: bool, barren: bool) -> None:
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
            self._same += bool(ids) and ids == self._last_ids
        self._last_ids = ids
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
            if self._barren >= _BARREN_PAGES:
                logger.warning(
                    "%s: the server gives empty pages and does not say how many rows there are; "
                    "%s came, and whether there are more cannot be known.",
                    self._name,
                    self.count,
                )
                return True
            return not self._paged or shows_nothing_follows
        # The server counts more rows than came, perhaps since the list grew at its beginning; or
        # it counts just as many as a full page ends with, and nothing else speaks for the end.
        # One more look past the end must find nothing.
        full = len(page.rows) == self._largest and page.offset > 0
        doubtful = page.total is not None and (
            self.count < page.total or (page.has_next is None and full)
        )
        if doubtful and not self._looked_again:
            self._looked_again = True
            return False
        return True

    def _report(self, total: int | None) -> None:
        """Say so where rows may be missing.

        Raises:
            PagingError: rows changed places all the time, and some are missing.
        """
        missing = total is not None and self.count < total
        if self._reordered and missing:
            raise PagingError(
                f"{self._name}: rows changed places while they were read, and only {self.count} "
                f"of {total} came. Run again."
            )
        if missing:
            logger.warning(
                "%s: the server counts %s rows, and %s came. Rows that were inserted or moved "
                "while the list was read may come only with the next run.",
                self._name,
                total,
                self.count,
            )
        elif self._reordered:
            logger.warning(
                "%s: rows changed places while they were read. Rows that moved may come only "
                "with the next run.",
                self._name,
            )
