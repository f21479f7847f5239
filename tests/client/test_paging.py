"""Reading lists from servers that cap, repeat, cut short or contradict themselves."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sakari_client.errors import PagingError
from sakari_client.paging import REMEMBERED_UNSORTED, StitchedList
from tests.client.moving_list import MovingList, as_text

if TYPE_CHECKING:
    from sakari_client.page import Page

ALL_HINTS = [("total", "has_next"), ("total",), ("has_next",), ()]


def _rows(size: int) -> list[str]:
    return [f"row-{number}" for number in range(size)]


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
    moving = MovingList(_rows(size), hints=frozenset(hints))
    assert moving.read(concurrency=concurrency) == _rows(size)


@pytest.mark.parametrize("size", [1_000, 50_000])
def test_costs_one_request_in_a_hundred_for_the_overlap(size: int) -> None:
    moving = MovingList(_rows(size))
    moving.read(concurrency=8)
    assert len(moving.requests) <= 1.02 * size / 100 + 2


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_a_page_cap_lower_than_asked_loses_nothing(hints: tuple[str, ...]) -> None:
    moving = MovingList(_rows(250), hints=frozenset(hints), cap=40)
    assert moving.read(concurrency=4) == _rows(250)


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_an_empty_page_early_is_asked_for_again(hints: tuple[str, ...]) -> None:
    class Empty(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=[]) if len(self.requests) % 3 == 0 else page

    moving = Empty(_rows(1000), hints=frozenset(hints))
    assert moving.read() == _rows(1000)


def test_pages_that_stay_empty_are_an_error_not_an_end() -> None:
    class Hole(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=page.rows if page.end <= 300 else [])

    moving = Hole(_rows(1000))
    with pytest.raises(PagingError, match=r"more rows follow the \d+ .*1000 in all"):
        moving.read()
    assert len(moving.requests) < 20


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_an_ignored_offset_is_an_error_not_a_loop(hints: tuple[str, ...]) -> None:
    class Ignored(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(0, limit), offset=offset)

    moving = Ignored(_rows(1000), hints=frozenset(hints))
    with pytest.raises(PagingError, match="the same page whatever the offset"):
        moving.read()
    assert len(moving.requests) < 20


def test_a_list_without_documented_pages_may_ignore_the_offset() -> None:
    class Ignored(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(0, limit), offset=offset)

    moving = Ignored(_rows(7), hints=frozenset())
    assert moving.read(paged=False) == _rows(7)
    assert moving.requests == [0]


def test_a_list_without_documented_pages_goes_on_where_the_server_says_so() -> None:
    moving = MovingList(_rows(30), cap=10)
    assert moving.read(paged=False) == _rows(30)


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
@pytest.mark.parametrize("size", [196, 250, 1000])
def test_rows_repeated_between_pages_are_dropped(hints: tuple[str, ...], size: int) -> None:
    class Repeating(Distorted):
        def fetch(self, offset: int, limit: int) -> Page:
            return replace(super().fetch(max(0, offset - 5), limit), offset=offset)

    moving = Repeating(_rows(size), hints=frozenset(hints) - {"has_next"})
    assert moving.read() == _rows(size)


def test_a_total_that_is_too_low_does_not_end_the_list() -> None:
    class Low(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, total=150)

    assert Low(_rows(1000)).read(concurrency=4) == _rows(1000)
    assert Low(_rows(1000), hints=frozenset({"total"})).read() == _rows(1000)


@pytest.mark.parametrize("size", [332, 222, 221, 1000])
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_total_that_is_too_low_by_a_tenth_does_not_end_the_list(
    size: int, concurrency: int
) -> None:
    class Low(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, total=size - size // 10)

    moving = Low(_rows(size), hints=frozenset({"total"}))
    assert moving.read(concurrency=concurrency) == _rows(size)


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("dropped", [0.02, 0.1, 0.3])
def test_pages_of_different_length_do_not_end_a_list_without_hints(
    concurrency: int, dropped: float
) -> None:
    for seed in range(20):
        hidden = random.Random(seed)
        shown = {row for row in _rows(1_000) if hidden.random() > dropped}

        class Dropping(Distorted):
            def distort(self, page: Page) -> Page:
                kept = [row for row in page.rows if row.id in shown]  # noqa: B023
                return replace(page, rows=kept)

        moving = Dropping(_rows(1_000), hints=frozenset())
        assert set(moving.read(concurrency=concurrency)) == shown


def test_a_long_list_whose_beginning_is_deleted_meanwhile_is_not_read_twice() -> None:
    def delete_the_beginning(moving: MovingList) -> None:
        if len(moving.requests) == 50:
            moving.delete(0, 150)

    moving = MovingList(_rows(15_000), changes=[delete_the_beginning] * 100)
    came = moving.read(concurrency=4)
    assert len(came) == len(set(came))
    assert moving.always <= set(came)


@pytest.mark.parametrize("hints", [("total", "has_next"), ("has_next",)], ids=str)
@pytest.mark.parametrize("block", [True, False])
def test_a_row_that_moves_to_the_front_behind_others_is_found(
    hints: tuple[str, ...],
    block: bool,  # noqa: FBT001
) -> None:
    def move(moving: MovingList) -> None:
        if len(moving.requests) == 6:
            moving.ids.insert(0, moving.ids.pop(900))
            moving.ids.pop(300)
            if block:
                moving.ids[0:0] = moving.ids[150:270]
                del moving.ids[270:390]
            else:
                for _ in range(120):
                    moving.ids.insert(0, moving.ids.pop(200))

    moving = MovingList(_rows(1_000), hints=frozenset(hints), changes=[move] * 100)
    came = moving.read()
    assert "row-900" in came
    assert len(came) == len(set(came))


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
    moving = MovingList(_rows(size), step=-1)
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
        High(_rows(1000)).read()


@pytest.mark.parametrize("concurrency", [1, 8])
def test_bursts_larger_than_a_page_lose_nothing(concurrency: int) -> None:
    def bursts(moving: MovingList) -> None:
        if len(moving.requests) % 10 == 0:
            moving.insert(0.3, 150)
            moving.delete(0.2, 150)

    moving = MovingList(_rows(5_000), changes=[bursts] * 1_000)
    came = moving.read(concurrency=concurrency)
    assert moving.always <= set(came)
    assert len(came) == len(set(came))


@pytest.mark.parametrize("hints", [("total", "has_next"), ("has_next",), ()], ids=str)
def test_an_order_that_changes_at_every_request_is_an_error_or_a_warning(
    hints: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(1)

    def shuffle(moving: MovingList) -> None:
        chance.shuffle(moving.ids)

    moving = MovingList(_rows(1_000), hints=frozenset(hints), changes=[shuffle] * 1_000)
    with pytest.raises(PagingError, match=r"changed places.*set incomplete_lists to warn"):
        moving.read()

    moving = MovingList(_rows(1_000), hints=frozenset(hints), changes=[shuffle] * 1_000)
    listing = moving.listing(incomplete="warn")
    with caplog.at_level(logging.WARNING):
        assert sum(map(len, listing.pages())) == listing.count
    assert "changed places" in caplog.text
    assert not listing.complete


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("size", [1_000, 30_000])
def test_rows_that_move_to_the_front_meanwhile_are_not_lost(size: int, concurrency: int) -> None:
    def answer_a_text(moving: MovingList) -> None:
        moving.move_to_front(1)

    moving = MovingList(_rows(size), changes=[answer_a_text] * 400)
    came = moving.read(concurrency=concurrency)
    assert set(came) == set(_rows(size))
    assert len(came) == size or size > REMEMBERED_UNSORTED


@pytest.mark.parametrize("size", [1_000, 30_000])
def test_rows_that_move_within_what_was_read_are_found_or_said_to_be_missing(
    size: int, caplog: pytest.LogCaptureFixture
) -> None:
    def move(moving: MovingList) -> None:
        if len(moving.requests) == 6:
            moving.ids[150:150] = moving.ids[900:903]
            del moving.ids[903:906]

    with caplog.at_level(logging.WARNING):
        came = MovingList(_rows(size), changes=[move] * 1000).read()
    if size <= REMEMBERED_UNSORTED:
        assert sorted(came) == sorted(_rows(size))
    else:
        assert f"the server counts {size} rows, and {size - 3} came" in caplog.text


def test_threads_do_not_keep_the_process_alive() -> None:
    moving = MovingList(_rows(1_000))
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
        Circles(_rows(1_000)).read()


def test_pages_behind_the_first_are_not_fetched_before_they_are_wanted() -> None:
    moving = MovingList(_rows(1_000))
    listing = StitchedList("rows", moving.fetch, page_size=100, concurrency=8)
    next(listing.pages())
    assert moving.requests == [0]
