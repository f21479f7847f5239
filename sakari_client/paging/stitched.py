"""Lists that move while they are read, read so that no row is lost and none comes twice.

Sakari's lists take `offset` and `limit`, cannot be sorted or narrowed by date, and say in at least
three ways, or not at all, how long they are. Nothing of that is trusted:

* A reading (`reading.py`) joins page to page. It finds every row that keeps its place among the
  others, whatever is inserted and deleted meanwhile.
* Rows sorted by what never changes (`order.py`) cannot change places, and one reading is enough.
  Otherwise, where the list was seen to move, it is read a second time, with all ids remembered.
* At the end the beginning is looked at again. New rows are there, and it shows whether the list is
  sorted by the latest change, which looks like the order of creation until something changes.
* What is missing all the same, by the server's own count or by rows that stand in another order, is
  said, as an error or as a warning.
* A reader that only wants the latest rows names a bound. The reading stops, or begins near the
  end, while every page seen so far proves the list to be in the order of creation.
"""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Literal

from sakari_client.errors import PagingError
from sakari_client.paging.ahead import FetchPage, PagesAhead, Threads, Workers
from sakari_client.paging.bound import Bound
from sakari_client.paging.doubt import doubt_about
from sakari_client.paging.known import NOWHERE, KnownIds
from sakari_client.paging.mirror import Mirror
from sakari_client.paging.order import Order, together
from sakari_client.paging.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from sakari_client.paging.page import Page, Row

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
        certain: bool = False,
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
            certain: whether what does not come will be taken for deleted. A list whose rows may
                change places is then complete only if another reading brought nothing more.
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
        self._certain = certain
        self._workers = workers or Threads(concurrency)
        self._order = Order()
        self._known = KnownIds(REMEMBERED_UNSORTED)
        self._tail = KnownIds(REMEMBERED_UNSORTED)  # read from the end of the list
        self._head: set[str] = set()
        self._readings: list[Reading] = []
        self.count = 0
        self.total: int | None = None
        self.complete = self.doubtful = False
        self._said_unsorted = self._unsettled = False
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
            RuntimeError: this was called before.
        """
        if self._readings:
            raise RuntimeError("a list is read once; prepare another reading")
        try:
            yield from self._read()
        finally:
            for reading in self._readings:
                reading.close()
            self._workers.close()

    def _read(self) -> Iterator[list[Row]]:
        bound = self._bound
        self._whole = first = self._begin(self._fetch, self._known, until=self._worth_fetching)
        for page, fresh in first.pages():
            self._watch(page.rows)
            yield from self._give([row for row in fresh if row.id not in self._tail])
            if bound is None:
                self.total = page.total
            elif not self._order.by_creation:
                self._say_unsorted()
            elif first.pages_read == 1 and self._begins_long_ago(page, bound):
                if (yield from self._read_the_end(page, bound)):
                    self.stopped_at = bound.created
                    return
            elif bound.is_passed(page.rows) and self._order.newest_first:
                yield from self._look_back(first, to_the_end=False)
                if self._order.newest_first:
                    self.total = None
                    self.stopped_at = bound.created
                    return
        self.total = first.total
        if first.pages_read > 1:
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
        reading = Reading(
            self._name, ahead, seen, self._order, paged=self._paged, largest=largest, until=until
        )
        self._readings.append(reading)
        return reading

    def _watch(self, rows: list[Row], *, backwards: bool = False) -> None:
        self._order.watch(rows, backwards=backwards)
        self._known.limit = REMEMBERED if self._order.fixed else REMEMBERED_UNSORTED

    def _give(self, fresh: list[Row]) -> Iterator[list[Row]]:
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

    def _read_the_end(self, first: Page, bound: Bound) -> Generator[list[Row], None, bool]:
        """Read a list sorted by creation from its end back to the bound.

        Returns:
            Whether that was possible; if not, the whole list must be read.
        """
        size = len(first.rows)
        start = (first.total or 0) - size + 1
        after = self._begin(self._fetch, self._tail, largest=size)
        tail: list[Row] = []
        partial: set[str | None] = set()
        try:
            for page, fresh in after.pages(start):
                self._watch([first.rows[-1], *page.rows])
                tail = tail or page.rows
                partial.update(row.created for row in page.rows[:1])
                yield from self._give([row for row in fresh if row.id not in self._known])
            # Back from the first of these rows, and from all that may change places with it.
            self._watch(tail[:1])
            first_alike = together(tail[::-1])
            known = min(self._order.overlap(first_alike, size), len(tail))
            mirror = Mirror(self._fetch, start + known)
            backwards = self._begin(
                mirror.fetch,
                self._tail,
                largest=size,
                until=lambda page: _least(start + known, bound.reach(page)),
            )
            for page, fresh in backwards.pages(known=known, partial=partial if known > 1 else ()):
                self._watch(page.rows, backwards=True)
                if start + known - page.end >= size:
                    self._watch([page.rows[-1], first.rows[-1]], backwards=True)
                yield from self._give([row for row in fresh if row.id not in self._known])
                if not self._order.oldest_first:
                    break
                if bound.is_passed(page.rows) or not page.has_next:
                    yield from self._look_at_the_end(after)
                    return self._order.oldest_first
        except PagingError as error:
            logger.debug("%s", error)
        if self._order.oldest_first:
            logger.warning("%s: the end of the list moved too much; it is read whole.", self._name)
        return False

    def _look_at_the_end(self, after: Reading) -> Iterator[list[Row]]:
        """Yield what came to the end meanwhile: new rows, or one that shows another order."""
        page = self._fetch(max(0, after.end - after.largest // 2), self._limit)
        self._watch(page.rows)
        fresh = self._new(page.rows)
        self._tail.add((row.id for row in fresh), itertools.repeat(NOWHERE))
        yield from self._give(fresh)

    def _say_unsorted(self) -> None:
        if not self._said_unsorted:
            self._said_unsorted = True
            logger.warning(
                "%s: the list turned out not to be in the order of creation; it is read whole.",
                self._name,
            )

    # Rows that change places.

    def _look_again(self, first: Reading) -> Iterator[list[Row]]:
        """Read once more what may have come to places that were read already."""
        if not self._must_be_read_twice(first):
            yield from self._look_back(first)
            if not self._must_be_read_twice(first):
                return
        before, found = self._known, KnownIds(REMEMBERED_UNSORTED)
        for _ in range(_READINGS - 1):
            seen = KnownIds(REMEMBERED_UNSORTED)
            self._whole = again = self._begin(self._fetch, seen)
            latest: dict[int, int] = {}
            before_it = self.count
            for _page, fresh in again.pages():
                again.reordered |= not before.in_order((row.id for row in fresh), latest)
                new = [row for row in self._new(fresh) if row.id not in found]
                found.add((row.id for row in new), itertools.repeat(NOWHERE))
                yield from self._give(new)
            self.total = again.total
            before = seen
            self._unsettled = self.count > before_it
            settled = not (self._certain and self._unsettled)
            if settled and not again.reordered and not self._is_short():
                return

    def _must_be_read_twice(self, first: Reading) -> bool:
        return not self._order.fixed and (first.moved or self._certain) and not self._known.forgot

    def _look_back(self, first: Reading, *, to_the_end: bool = True) -> Iterator[list[Row]]:
        """Yield what came to the beginning meanwhile.

        Goes on until a page is just as it was read, or shows nothing new where rows cannot change
        places; and until no row is missing by the server's count, if the list was read to its end.
        But not for ever.
        """
        known, offset, expected = self._known, 0, 0
        waiting: list[Row] = []
        for _ in range(first.pages_read + 1):
            page = first.look_at(offset)
            self._watch(page.rows)
            rows, ids = page.rows, page.ids
            old = [place for place, row_id in enumerate(ids) if row_id in self._head]
            if old and known.forgot:
                # Rows behind those of the old beginning were read, though no longer remembered.
                rows, ids = rows[: old[-1]], ids[: old[-1]]
            places = [known.place(row_id) for row_id in ids if row_id in known]
            as_before = places == list(range(expected, expected + len(ids)))
            changed = not (as_before or self._order.fixed)
            expected = max([expected, *(place or 0 for place in places[-1:])])
            fresh = [row for row in self._new(rows) if row.id not in self._head]
            known.add((row.id for row in fresh), itertools.repeat(NOWHERE))
            waiting += fresh
            if old or not known.forgot:
                # Else they may be rows that were read, if those of the old beginning are gone.
                yield from self._give(waiting)
                waiting = []
            self.total = page.total
            more = page.says_more or (page.says_more is None and len(page.rows) == first.largest)
            short = to_the_end and self._is_short()
            if (old and known.forgot) or not (fresh or (more and (changed or short))):
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
            PagingError: they are, or nothing tells, and that is to be an error.
        """
        doubt = doubt_about(
            self._name,
            self._whole,
            count=self.count,
            total=self.total,
            fixed=self._order.fixed,
            uncertain=self._certain and (self._known.forgot or self._unsettled),
        )
        if doubt is None:
            self.complete = True
        elif not doubt.grave:
            logger.warning("%s", doubt.text)
        elif self._incomplete == "fail":
            raise PagingError(
                f"{doubt.text} Run again; to go on with what came, set incomplete_lists to warn."
            )
        else:
            self.doubtful = True
            logger.warning("%s", doubt.text)


def _least(*offsets: int | None) -> int | None:
    return min((offset for offset in offsets if offset is not None), default=None)
