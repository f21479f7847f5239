"""Lists that move while they are read, read so that no row is lost and none comes twice.

Sakari's lists take `offset` and `limit`, cannot be sorted or narrowed by date, and say in at least
three ways, or not at all, how long they are. Nothing of that is trusted:

* A reading (`reading.py`) joins page to page. It finds every row that keeps its place among the
  others, whatever is inserted and deleted meanwhile.
* Rows sorted by what never changes (`order.py`) cannot change places, and one reading is enough.
  Otherwise the beginning is looked at again, for rows that moved there; and where the list was seen
  to move, it is read a second time, with all ids remembered. New rows that the server counts are
  looked for at the beginning too.
* What is missing all the same, by the server's own count or by rows that stand in another order, is
  said, as an error or as a warning.
* A reader that only wants the latest rows names a bound. The reading stops, or begins near the
  end, while every page seen so far proves the list to be in the order of creation.
"""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Literal

from sakari_client.ahead import FetchPage, PagesAhead, Threads, Workers
from sakari_client.bound import Bound
from sakari_client.errors import PagingError
from sakari_client.known import NOWHERE, KnownIds
from sakari_client.mirror import Mirror
from sakari_client.order import Order
from sakari_client.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from sakari_client.page import Page, Row

logger = logging.getLogger(__name__)

REMEMBERED = 10_000
"""Rows remembered, so that memory stays the same however long the list is: enough where rows cannot
change places. A row comes twice only if more than these are inserted between two requests."""
REMEMBERED_UNSORTED = 100_000
"""Rows remembered where they can. A longer list is not read a second time."""
_HEAD = 2_000
"""Rows at the beginning whose ids are remembered to the end."""
_READINGS = 3
"""How often at most a list is read whose rows change places."""

Incomplete = Literal["fail", "warn"]
"""What to do about a list that cannot be read completely."""


class StitchedList:
    """Reads one list, each row once.

    Attributes:
        count: rows that came.
        total: the server's count of the list; None where it gives none, or where the list is
            not read to its end.
        complete: whether the list was read to its end, and no doubt about it is left.
        doubtful: whether rows changed places so that some may be missing, and the reader chose
            to be warned only.
        stopped_at: the bound at which the reading stopped; None where the whole list was read.
    """

    def __init__(  # noqa: PLR0913
        self,
        name: str,
        fetch: FetchPage,
        *,
        page_size: int,
        concurrency: int,
        paged: bool = True,
        back_to: str | None = None,
        incomplete: Incomplete = "fail",
        workers: Workers | None = None,
        width: Callable[[], int] | None = None,
    ) -> None:
        """Prepare to read.

        Args:
            name: what is read, for messages.
            fetch: gets a page; called from several threads.
            page_size: rows to ask for, 1 to 100. Two at least are asked for, since a page of
                one row cannot overlap the one before.
            concurrency: most pages fetched at the same time.
            paged: whether the API documents pages for this list. If not, a first page that
                does not say that more follow is the whole list.
            back_to: rows created before this moment are not wanted, so far as the order of the
                list allows to leave them out; in the form of `Row.created`.
            incomplete: whether a list that cannot be read completely is an error or a warning.
            workers: who fetches the pages. Default: `concurrency` threads.
            width: how many of them it pays to use at present. Default: all.
        """
        self._name = name
        self._fetch = fetch
        self._limit = max(2, page_size)
        self._width = (lambda: min(width(), concurrency)) if width else (lambda: concurrency)
        self._paged = paged
        self._bound = None if back_to is None else Bound(back_to)
        self._incomplete = incomplete
        self._workers = workers or Threads(concurrency)
        self._order = Order()
        self._known = KnownIds(REMEMBERED_UNSORTED)
        self._tail = KnownIds(REMEMBERED_UNSORTED)  # read from the end of the list
        self._head: set[str] = set()
        self._ahead: list[PagesAhead] = []
        self._readings: list[Reading] = []
        self.count = 0
        self.total: int | None = None
        self.complete = self.doubtful = False
        self._said_unsorted = False
        self.stopped_at: str | None = None

    @property
    def duplicates(self) -> int:
        """Rows that came again, and were left out."""
        return sum(reading.duplicates for reading in self._readings)

    def pages(self) -> Generator[list[Row], None, None]:
        """Yield the rows, a list for each page that brought new ones.

        Raises:
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        try:
            yield from self._read()
        finally:
            for ahead in self._ahead:
                ahead.close()
            self._workers.close()

    def _read(self) -> Generator[list[Row], None, None]:
        bound = self._bound
        first = self._begin(self._fetch, self._known, until=self._worth_fetching)
        for page, fresh in first.pages():
            self._watch(page.rows)
            yield from self._give([row for row in fresh if row.id not in self._tail])
            if bound is None:
                self.total = page.total
            elif not self._order.by_creation:
                self._say_unsorted()
            elif first.pages_read == 1 and self._begins_long_ago(page, bound):
                if (yield from self._read_the_end(page, self._tail, bound)):
                    self.stopped_at = bound.created
                    return
            elif bound.is_passed(page.rows) and self._order.newest_first:
                self.stopped_at = bound.created
                return
        self.total = first.total
        if first.pages_read > 1 and (not self._order.fixed or self._is_short()):
            yield from self._look_again(first)
        self._report()

    def _begin(
        self,
        fetch: FetchPage,
        seen: KnownIds,
        *,
        largest: int = 0,
        until: Callable[[Page], int | None] | None = None,
    ) -> Reading:
        ahead = PagesAhead(fetch, largest or self._limit, self._width, self._workers)
        reading = Reading(self._name, ahead, seen, paged=self._paged, largest=largest, until=until)
        self._ahead.append(ahead)
        self._readings.append(reading)
        return reading

    def _watch(self, rows: list[Row]) -> None:
        self._order.watch(rows)
        self._known.limit = REMEMBERED if self._order.fixed else REMEMBERED_UNSORTED

    def _give(self, fresh: list[Row]) -> Generator[list[Row], None, None]:
        if fresh:
            if self.count < _HEAD:
                self._head.update(row.id for row in fresh)
            self.count += len(fresh)
            yield fresh

    # The latest rows only.

    def _worth_fetching(self, page: Page) -> int | None:
        """The offset up to which pages are worth fetching ahead."""
        reach = self._bound.reach(page) if self._bound and self._order.newest_first else None
        return _least(page.total, reach)

    def _begins_long_ago(self, first: Page, bound: Bound) -> bool:
        """Whether a list begins with its oldest rows, and says where its end is."""
        order = self._order
        return (
            order.oldest_first
            and not order.newest_first
            and first.total is not None
            and first.total > 2 * len(first.rows)
            and bound.is_older(first.rows)
        )

    def _read_the_end(
        self, first: Page, seen: KnownIds, bound: Bound
    ) -> Generator[list[Row], None, bool]:
        """Read a list sorted by creation from its end back to the bound.

        Returns:
            Whether that was possible; if not, the whole list must be read.
        """
        size = len(first.rows)
        start = (first.total or 0) - size + 1
        mirror = Mirror(self._fetch, start + 1)
        try:
            for page, fresh in self._begin(self._fetch, seen, largest=size).pages(start):
                self._watch([first.rows[-1], *page.rows])
                yield from self._give([row for row in fresh if row.id not in self._known])
            backwards = self._begin(
                mirror.fetch,
                seen,
                largest=size,
                until=lambda page: _least(start + 1, bound.reach(page)),
            )
            for page, fresh in backwards.pages(known=True):
                apart = start + 1 - page.end >= size
                self._watch([*first.rows[-1:], *page.rows[::-1]] if apart else page.rows[::-1])
                yield from self._give([row for row in fresh if row.id not in self._known])
                if not self._order.oldest_first:
                    break
                if bound.is_passed(page.rows) or not page.has_next:
                    return True
        except PagingError as error:
            logger.debug("%s", error)
        self._say_unsorted()
        return False

    def _say_unsorted(self) -> None:
        if not self._said_unsorted:
            self._said_unsorted = True
            logger.warning(
                "%s: the list turned out not to be in the order of creation; it is read whole.",
                self._name,
            )

    # Rows that change places.

    def _look_again(self, first: Reading) -> Generator[list[Row], None, None]:
        """Read once more what may have come to places that were read already."""
        if self._order.fixed or not first.moved or self._known.forgot:
            yield from self._look_back(first)
            return
        before, found = self._known, KnownIds(REMEMBERED_UNSORTED)
        for _ in range(_READINGS - 1):
            seen = KnownIds(REMEMBERED_UNSORTED)
            again = self._begin(self._fetch, seen)
            latest: list[int] = []
            for _page, fresh in again.pages():
                places = latest + before.places(row.id for row in fresh)
                again.reordered |= places != sorted(places)
                latest = places[-1:]
                new = [row for row in self._new(fresh) if row.id not in found]
                found.add((row.id for row in new), itertools.repeat(NOWHERE))
                yield from self._give(new)
            self.total = again.total
            before = seen
            if not again.reordered and not self._is_short():
                return

    def _look_back(self, first: Reading) -> Generator[list[Row], None, None]:
        """Yield what came to the beginning meanwhile.

        Goes on until a page is just as it was read, and no row is missing by the server's count.
        """
        known, offset, expected = self._known, 0, 0
        while True:
            page = self._ahead[0].take(offset, max(1, first.largest - 1))
            rows, ids = page.rows, page.ids
            old = [place for place, row_id in enumerate(ids) if row_id in self._head]
            if old and known.forgot:
                # Rows behind those of the old beginning were read, though no longer remembered.
                rows, ids = rows[: old[-1]], ids[: old[-1]]
            places = [known.place(row_id) for row_id in ids if row_id in known]
            changed = places != list(range(expected, expected + len(ids)))
            expected = max([expected, *(place or 0 for place in places[-1:])])
            fresh = [row for row in self._new(rows) if row.id not in self._head]
            known.add((row.id for row in fresh), itertools.repeat(NOWHERE))
            yield from self._give(fresh)
            self.total = page.total
            more = page.says_more or (page.says_more is None and len(page.rows) == first.largest)
            if (old and known.forgot) or not (fresh or (more and (changed or self._is_short()))):
                return
            offset = max(offset + 1, page.end - 1)

    def _new(self, rows: list[Row]) -> list[Row]:
        """Those of some rows that did not come yet, so far as is remembered."""
        return [row for row in rows if row.id not in self._known and row.id not in self._tail]

    def _is_short(self) -> bool:
        """Whether the server counts more rows than came."""
        return self.total is not None and self.count < self.total

    def _report(self) -> None:
        """Say so where rows may be missing.

        Raises:
            PagingError: rows changed places all the time, and some are missing.
        """
        last = self._readings[-1]
        reordered = last.reordered
        if self._order.fixed and not self._is_short():
            self.complete = True
        elif reordered and (self.total is None or self._is_short()):
            self._fail(
                f"{self._name}: rows changed places while they were read, and "
                + (
                    f"{self.count} came; whether there are more cannot be known."
                    if self.total is None
                    else f"only {self.count} of {self.total} came."
                )
            )
        elif self._is_short():
            logger.warning(
                "%s: the server counts %s rows, and %s came. Rows that were inserted or moved "
                "while the list was read may come only with the next run.",
                self._name,
                self.total,
                self.count,
            )
        elif reordered or last.moved:
            logger.warning(
                "%s: rows came, went or changed places while they were read. Rows that moved may "
                "come only with the next run.",
                self._name,
            )
        else:
            self.complete = True

    def _fail(self, doubt: str) -> None:
        """Say what is wrong with a list, as an error or as a warning.

        Raises:
            PagingError: it is to be an error.
        """
        if self._incomplete == "fail":
            raise PagingError(
                f"{doubt} Run again; to go on with what came, set incomplete_lists to warn."
            )
        self.doubtful = True
        logger.warning("%s Rows that are missing may come with the next run.", doubt)


def _least(*offsets: int | None) -> int | None:
    return min((offset for offset in offsets if offset is not None), default=None)
