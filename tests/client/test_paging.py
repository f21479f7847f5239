"""Reading lists from servers that cap, repeat, cut short or contradict themselves."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sakari_client.errors import PagingError
from sakari_client.paging.stitched import StitchedList
from tests.client.moving_list import ALL_HINTS, MovingList, as_text, rows_of

if TYPE_CHECKING:
    from sakari_client.paging.page import Page


class Distorted(MovingList):
    """A list whose pages a test distorts on their way out."""

    def distort(self, page: Page) -> Page:
        return page

    def fetch(self, offset: int, limit: int) -> Page:
        return self.distort(super().fetch(offset, limit))


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
@pytest.mark.parametrize("size", [0, 1, 2, 99, 100, 101, 198, 199, 200, 1000])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_reads_every_row_in_order(hints: tuple[str, ...], size: int, concurrency: int) -> None:
    moving = MovingList(rows_of(size), hints=frozenset(hints))
    assert moving.read(concurrency=concurrency) == rows_of(size)


@pytest.mark.parametrize("size", [1_000, 50_000])
def test_costs_one_request_in_a_hundred_for_the_overlap(size: int) -> None:
    moving = MovingList(rows_of(size))
    moving.read(concurrency=8)
    assert len(moving.requests) <= 1.02 * size / 100 + 2


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_a_page_cap_lower_than_asked_loses_nothing(hints: tuple[str, ...]) -> None:
    moving = MovingList(rows_of(250), hints=frozenset(hints), cap=40)
    assert moving.read(concurrency=4) == rows_of(250)


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_an_empty_page_early_is_asked_for_again(hints: tuple[str, ...]) -> None:
    class Empty(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=[]) if len(self.requests) % 3 == 0 else page

    moving = Empty(rows_of(1000), hints=frozenset(hints))
    assert moving.read() == rows_of(1000)


def test_pages_that_stay_empty_are_an_error_not_an_end() -> None:
    class Hole(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=page.rows if page.end <= 300 else [])

    moving = Hole(rows_of(1000))
    with pytest.raises(PagingError, match=r"more rows follow the \d+ .*1000 in all"):
        moving.read()
    assert len(moving.requests) < 20


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_an_ignored_offset_is_an_error_not_a_loop(hints: tuple[str, ...]) -> None:
    class Ignored(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(0, limit), offset=offset)

    moving = Ignored(rows_of(1000), hints=frozenset(hints))
    with pytest.raises(PagingError, match="the same page whatever the offset"):
        moving.read()
    assert len(moving.requests) < 20


def test_a_list_without_documented_pages_may_ignore_the_offset() -> None:
    class Ignored(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(0, limit), offset=offset)

    moving = Ignored(rows_of(7), hints=frozenset())
    assert moving.read(paged=False) == rows_of(7)
    assert moving.requests == [0]


def test_a_list_without_documented_pages_goes_on_where_the_server_says_so() -> None:
    moving = MovingList(rows_of(30), cap=10)
    assert moving.read(paged=False) == rows_of(30)


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
@pytest.mark.parametrize("size", [196, 250, 1000])
def test_rows_repeated_between_pages_are_dropped(hints: tuple[str, ...], size: int) -> None:
    class Repeating(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(max(0, offset - 5), limit), offset=offset)

    moving = Repeating(rows_of(size), hints=frozenset(hints) - {"has_next"})
    assert moving.read() == rows_of(size)


def test_a_total_that_is_too_low_does_not_end_the_list() -> None:
    class Low(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, total=150)

    assert Low(rows_of(1000)).read(concurrency=4) == rows_of(1000)
    assert Low(rows_of(1000), hints=frozenset({"total"})).read() == rows_of(1000)


@pytest.mark.parametrize("size", [332, 222, 221, 1000])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_total_that_is_too_low_by_a_tenth_does_not_end_the_list(
    size: int, concurrency: int
) -> None:
    class Low(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, total=size - size // 10)

    moving = Low(rows_of(size), hints=frozenset({"total"}))
    assert moving.read(concurrency=concurrency) == rows_of(size)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("dropped", [0.02, 0.1, 0.3])
def test_pages_of_different_length_do_not_end_a_list_without_hints(
    concurrency: int, dropped: float
) -> None:
    for seed in range(20):
        hidden = random.Random(seed)
        shown = {row for row in rows_of(1_000) if hidden.random() > dropped}

        class Dropping(Distorted):
            def distort(self, page: Page) -> Page:
                kept = [row for row in page.rows if row.id in shown]  # noqa: B023
                return replace(page, rows=kept)

        moving = Dropping(rows_of(1_000), hints=frozenset())
        assert set(moving.read(concurrency=concurrency)) == shown


@pytest.mark.parametrize("concurrency", [1, 8, 16, 64])
@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("dense", [0, 0.5, 0.99, 1])
@pytest.mark.parametrize("inside", [5, 300, 1_500])
def test_a_bound_is_not_passed_by_many_pages_however_uneven_rows_lie_in_time(
    order: str, concurrency: int, inside: int, dense: float
) -> None:
    size, crowd = 20_000, round(inside * dense)
    dates = [1_000 - number / 10_000 for number in range(crowd)]
    dates += [999.0 * (inside - number) / inside for number in range(crowd, inside)]
    dates += [-1.0 - number for number in range(size - inside)]
    moving = MovingList(rows_of(size), step=-1)
    if order == "oldest":
        dates.reverse()
        moving.step = 1
    moving.created = dict(zip(moving.ids, dates, strict=True))
    moving.read(concurrency=concurrency, back_to=as_text(0))
    assert len(moving.requests) <= inside / 99 + 10


def test_a_total_that_is_too_high_is_an_error() -> None:
    class High(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, total=1100)

    with pytest.raises(PagingError, match="more rows follow the 1000"):
        High(rows_of(1000)).read()


def test_a_list_that_falls_silent_is_not_complete(caplog: pytest.LogCaptureFixture) -> None:
    class Hole(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=page.rows if page.end <= 300 else [])

    with pytest.raises(PagingError, match="empty pages.*300 came"):
        Hole(rows_of(1_000), hints=frozenset()).read()
    listing = Hole(rows_of(1_000), hints=frozenset()).listing(incomplete="warn")
    assert sum(map(len, listing.pages())) == 300
    assert "empty pages" in caplog.text
    assert listing.doubtful
    assert not listing.complete


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
@pytest.mark.parametrize("size", [0, 1])
def test_a_list_of_a_row_or_none_is_complete(
    hints: tuple[str, ...], size: int, caplog: pytest.LogCaptureFixture
) -> None:
    moving = MovingList(rows_of(size), hints=frozenset(hints))
    listing = moving.listing()
    assert sum(map(len, listing.pages())) == size
    assert listing.complete
    assert not caplog.text
    assert len(moving.requests) <= 6


def test_a_list_is_read_once() -> None:
    listing = MovingList(rows_of(10)).listing()
    assert sum(map(len, listing.pages())) == 10
    with pytest.raises(RuntimeError, match="read once"):
        next(listing.pages())


def test_a_few_rows_in_order_prove_nothing() -> None:
    for size, proven in ((13, False), (18, True)):
        moving = MovingList(rows_of(size), cap=6, step=-1)
        moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
        listing = moving.listing(back_to=as_text(1.0))
        list(listing.pages())
        assert bool(listing.stopped_at) is proven


def test_a_single_old_page_does_not_end_the_reading() -> None:
    moving = MovingList(rows_of(1_000), step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    listing = moving.listing(back_to=as_text(-150.0))
    came = sum(map(len, listing.pages()))
    assert listing.stopped_at
    # The rows back to the bound, and two whole pages older than it.
    assert 3 * 100 < came <= 4 * 99 + 1


def test_threads_do_not_keep_the_process_alive() -> None:
    moving = MovingList(rows_of(1_000))
    listing = StitchedList("rows", moving.fetch, page_size=100, concurrency=4)
    pages = listing.pages()
    next(pages)
    next(pages)
    threads = [one for one in threading.enumerate() if one.name == "sakari-page"]
    assert threads
    assert all(one.daemon for one in threads)
    pages.close()
    for one in threads:
        one.join(5)
        assert not one.is_alive()


def test_a_server_that_goes_in_circles_is_an_error() -> None:
    class Circles(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(len(self.requests) % 2, limit), offset=offset)

    with pytest.raises(PagingError, match="brought nothing new"):
        Circles(rows_of(1_000)).read()


def test_pages_behind_the_first_are_not_fetched_before_they_are_wanted() -> None:
    moving = MovingList(rows_of(1_000))
    listing = StitchedList("rows", moving.fetch, page_size=100, concurrency=8)
    next(listing.pages())
    assert moving.requests == [0]
