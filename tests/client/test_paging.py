"""Reading lists from servers that cap, repeat, cut short or contradict themselves."""

from __future__ import annotations

import logging
import random
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sakari_client import paging
from sakari_client.errors import PagingError
from sakari_client.paging import StitchedList
from tests.client.moving_list import MovingList, as_text

if TYPE_CHECKING:
    from sakari_client.page import Page

ALL_HINTS = [("total", "has_next"), ("total",), ("has_next",), ()]


def _rows(size: int) -> list[str]:
    return [f"row-{number}" for number in range(size)]


def _unsorted(size: int) -> list[str]:
    """The same rows in no order, which stays as it is."""
    rows = _rows(size)
    random.Random(size).shuffle(rows)
    return rows


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

    moving = MovingList(_unsorted(1_000), hints=frozenset(hints), changes=[move] * 100)
    found = moving.ids[900]
    came = moving.read()
    assert found in came
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

    moving = MovingList(_unsorted(size), changes=[answer_a_text] * 400)
    came = moving.read(concurrency=concurrency)
    assert sorted(came) == sorted(_rows(size))


@pytest.mark.parametrize("remembered", [100_000, 5_000])
def test_rows_that_move_within_what_was_read_are_found_or_said_to_be_missing(
    remembered: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(moving: MovingList) -> None:
        if len(moving.requests) == 6:
            moving.ids[150:150] = moving.ids[900:903]
            del moving.ids[903:906]

    monkeypatch.setattr(paging, "REMEMBERED_UNSORTED", remembered)
    with caplog.at_level(logging.WARNING):
        listing = MovingList(_unsorted(20_000), changes=[move] * 1000).listing()
        came = sorted(row.id for rows in listing.pages() for row in rows)
    if remembered == 100_000:
        assert came == sorted(_rows(20_000))
    else:
        assert len(came) == len(set(came)) == 20_000 - 3
        assert "the server counts 20000 rows, and 19997 came" in caplog.text
        assert not listing.complete


@pytest.mark.parametrize("back_to", [None, -52.0])
@pytest.mark.parametrize("concurrency", [1, 8])
@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_rows_of_one_moment_in_another_order_each_time_are_no_reason_to_read_twice(
    order: str, concurrency: int, back_to: float | None
) -> None:
    for seed in range(20):
        chance = random.Random(seed)
        step = -1.0 if order == "newest" else 1.0
        moving = MovingList(_unsorted(1_000))
        moving.created = {
            row: -float((number if order == "newest" else 999 - number) // 4)
            for number, row in enumerate(moving.ids)
        }

        def sort_anew(moving: MovingList) -> None:
            moving.ids.sort(
                key=lambda row: (step * moving.created[row], chance.random())  # noqa: B023
            )

        moving.changes = moving._changes = iter([sort_anew] * 1_000)
        bound = None if back_to is None else as_text(back_to)
        listing = moving.listing(concurrency=concurrency, back_to=bound)
        came = {row.id for rows in listing.pages() for row in rows}
        assert came >= {row for row in moving.ids if moving.created[row] >= (back_to or -1e9)}
        assert listing.complete if back_to is None else listing.stopped_at
        assert len(moving.requests) <= 1.25 * 1_000 / 100 + 3


def test_rows_of_one_moment_that_fill_a_page_are_in_no_order() -> None:
    chance = random.Random(1)
    moving = MovingList(_unsorted(1_000), changes=[lambda one: chance.shuffle(one.ids)] * 1_000)
    moving.created = dict.fromkeys(moving.ids, 0.0)
    with pytest.raises(PagingError, match="changed places"):
        moving.read()


def test_a_bulk_deletion_of_what_is_remembered_does_not_bring_rows_again() -> None:
    def delete(moving: MovingList) -> None:
        if len(moving.requests) == 409:
            moving.delete(0, 13_000)

    moving = MovingList(_rows(60_000), changes=[delete] * 1_000)
    came = moving.read()
    assert len(came) == len(set(came)) == 60_000


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_a_list_that_looks_sorted_until_a_row_moves_to_its_front(hints: tuple[str, ...]) -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 5:
            moving.move_to_front(0.9)
            moving.delete(0.1)  # so that the count stays

    moving = MovingList(_rows(1_000), hints=frozenset(hints), changes=[change] * 1_000, step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    came = moving.read()
    assert moving.always <= set(came)
    assert len(came) == len(set(came))


def test_a_row_that_moves_to_the_end_of_what_looks_sorted_is_found() -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 4:
            moving.ids.append(moving.ids.pop(2_600))

    moving = MovingList(_unsorted(3_000), changes=[change] * 1_000)
    moving.created = {row: float(number) for number, row in enumerate(moving.ids)}
    wanted = set(moving.ids[2_500:])
    came = moving.read(back_to=as_text(2_500.0))
    assert wanted <= set(came)
    assert len(came) == len(set(came))


def test_rows_that_follow_the_old_beginning_do_not_come_again_when_they_are_forgotten() -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 250:
            del moving.ids[50:2_100]

    moving = MovingList(_unsorted(40_000), changes=[change] * 1_000, step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    came = moving.read()
    assert len(came) == len(set(came)) == 40_000


def test_what_may_change_places_is_certain_only_when_read_twice() -> None:
    def swap(moving: MovingList) -> None:
        if len(moving.requests) == 5:
            moving.ids.insert(350, moving.ids.pop(900))
            moving.always.discard(moving.ids.pop(360))

    once = MovingList(_unsorted(1_000), hints=frozenset({"has_next"}), changes=[swap] * 100)
    assert len(once.read()) == 999, "nothing tells"
    twice = MovingList(_unsorted(1_000), hints=frozenset({"has_next"}), changes=[swap] * 100)
    listing = twice.listing(certain=True)
    came = [row.id for rows in listing.pages() for row in rows]
    assert len(came) == len(set(came)) == 1_000
    assert listing.complete


@pytest.mark.parametrize("remembered", [100_000, 5_000])
def test_a_list_too_long_to_be_read_twice_is_not_certain(
    remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "REMEMBERED_UNSORTED", remembered)
    listing = MovingList(_unsorted(20_000)).listing(certain=True)
    assert sum(map(len, listing.pages())) == 20_000
    assert listing.complete is (remembered == 100_000)


def test_a_list_that_falls_silent_is_not_complete(caplog: pytest.LogCaptureFixture) -> None:
    class Hole(Distorted):
        def distort(self, page: Page) -> Page:
            return replace(page, rows=page.rows if page.end <= 300 else [])

    with pytest.raises(PagingError, match="empty pages.*300 came"):
        Hole(_rows(1_000), hints=frozenset()).read()
    listing = Hole(_rows(1_000), hints=frozenset()).listing(incomplete="warn")
    assert sum(map(len, listing.pages())) == 300
    assert "empty pages" in caplog.text
    assert listing.doubtful
    assert not listing.complete


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
@pytest.mark.parametrize("size", [0, 1])
def test_a_list_of_a_row_or_none_is_complete(
    hints: tuple[str, ...], size: int, caplog: pytest.LogCaptureFixture
) -> None:
    moving = MovingList(_rows(size), hints=frozenset(hints))
    listing = moving.listing()
    assert sum(map(len, listing.pages())) == size
    assert listing.complete
    assert not caplog.text
    assert len(moving.requests) <= 6


def test_a_list_that_grows_all_the_time_is_not_read_for_ever() -> None:
    moving = MovingList(_unsorted(300), changes=[lambda one: one.insert(0, 60)] * 100_000)
    listing = moving.listing()
    came = [row.id for rows in listing.pages() for row in rows]
    assert set(_rows(300)) <= set(came)
    assert len(moving.requests) < 200


def test_a_list_is_read_once() -> None:
    listing = MovingList(_rows(10)).listing()
    assert sum(map(len, listing.pages())) == 10
    with pytest.raises(RuntimeError, match="read once"):
        next(listing.pages())


def test_a_few_rows_in_order_prove_nothing() -> None:
    for size, proven in ((16, False), (18, True)):
        moving = MovingList(_rows(size), cap=6, step=-1)
        moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
        listing = moving.listing(back_to=as_text(1.0))
        list(listing.pages())
        assert bool(listing.stopped_at) is proven


def test_a_single_old_page_does_not_end_the_reading() -> None:
    moving = MovingList(_rows(1_000), step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    listing = moving.listing(back_to=as_text(-150.0))
    came = sum(map(len, listing.pages()))
    assert listing.stopped_at
    assert came == 4 * 99 + 1, "the rows back to the bound, and two whole pages older than it"


def test_pages_are_asked_for_earlier_where_rows_keep_going() -> None:
    def delete(moving: MovingList) -> None:
        moving.delete(0, 1)

    moving = MovingList(_rows(5_000), changes=[delete] * 1_000)
    assert moving.always <= set(moving.read())
    assert len(moving.requests) <= 1.06 * 5_000 / 99


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
