"""Reading lists whose rows come, go and change places meanwhile: the cases worth a name.

Those that chance finds are in test_paging_properties.py.
"""

from __future__ import annotations

import logging
import random

import pytest

from sakari_client.errors import PagingError
from sakari_client.paging import stitched
from tests.client.moving_list import ALL_HINTS, MovingList, as_text, rows_of, unsorted


@pytest.mark.parametrize(("size", "cap", "lists"), [(130, 10, 200), (1_000, 100, 40)])
@pytest.mark.parametrize("hints", [frozenset({"total"}), frozenset({"total", "has_next"})])
def test_a_new_order_at_each_request_is_an_error_unless_all_rows_came(
    size: int, cap: int, lists: int, hints: frozenset[str]
) -> None:
    failed = 0
    for seed in range(lists):
        chance = random.Random(seed)
        shuffle = [lambda moving, chance=chance: chance.shuffle(moving.ids)] * 3_000
        moving = MovingList(unsorted(size), hints=hints, cap=cap, changes=shuffle)
        try:
            assert set(moving.read()) == moving.always
        except PagingError as error:
            assert "rows changed places" in str(error)  # noqa: PT017 - not in each of them
            failed += 1
    assert failed > lists / 2


def test_a_long_list_whose_beginning_is_deleted_meanwhile_is_not_read_twice() -> None:
    def delete_the_beginning(moving: MovingList) -> None:
        if len(moving.requests) == 50:
            moving.delete(0, 150)

    moving = MovingList(rows_of(15_000), changes=[delete_the_beginning] * 100)
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

    moving = MovingList(unsorted(1_000), hints=frozenset(hints), changes=[move] * 100)
    found = moving.ids[900]
    came = moving.read()
    assert found in came
    assert len(came) == len(set(came))


@pytest.mark.parametrize("concurrency", [1, 8])
def test_bursts_larger_than_a_page_lose_nothing(concurrency: int) -> None:
    def bursts(moving: MovingList) -> None:
        if len(moving.requests) % 10 == 0:
            moving.insert(0.3, 150)
            moving.delete(0.2, 150)

    moving = MovingList(rows_of(5_000), changes=[bursts] * 1_000)
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

    moving = MovingList(rows_of(1_000), hints=frozenset(hints), changes=[shuffle] * 1_000)
    with pytest.raises(PagingError, match=r"changed places.*set incomplete_lists to warn"):
        moving.read()

    moving = MovingList(rows_of(1_000), hints=frozenset(hints), changes=[shuffle] * 1_000)
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

    moving = MovingList(unsorted(size), changes=[answer_a_text] * 400)
    came = moving.read(concurrency=concurrency)
    assert sorted(came) == sorted(rows_of(size))


@pytest.mark.parametrize("remembered", [100_000, 5_000])
def test_rows_that_move_within_what_was_read_are_found_or_said_to_be_missing(
    remembered: int, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def move(moving: MovingList) -> None:
        if len(moving.requests) == 6:
            moving.ids[150:150] = moving.ids[900:903]
            del moving.ids[903:906]

    monkeypatch.setattr(stitched, "REMEMBERED_UNSORTED", remembered)
    with caplog.at_level(logging.WARNING):
        listing = MovingList(unsorted(20_000), changes=[move] * 1000).listing()
        came = sorted(row.id for rows in listing.pages() for row in rows)
    if remembered == 100_000:
        assert came == sorted(rows_of(20_000))
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
        moving = MovingList(unsorted(1_000))
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
    moving = MovingList(unsorted(1_000), changes=[lambda one: chance.shuffle(one.ids)] * 1_000)
    moving.created = dict.fromkeys(moving.ids, 0.0)
    with pytest.raises(PagingError, match="changed places"):
        moving.read()


def test_a_bulk_deletion_of_what_is_remembered_does_not_bring_rows_again() -> None:
    def delete(moving: MovingList) -> None:
        if len(moving.requests) == 409:
            moving.delete(0, 13_000)

    moving = MovingList(rows_of(60_000), changes=[delete] * 1_000)
    came = moving.read()
    assert len(came) == len(set(came)) == 60_000


@pytest.mark.parametrize("hints", ALL_HINTS, ids=str)
def test_a_list_that_looks_sorted_until_a_row_moves_to_its_front(hints: tuple[str, ...]) -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 5:
            moving.move_to_front(0.9)
            moving.delete(0.1)  # so that the count stays

    moving = MovingList(rows_of(1_000), hints=frozenset(hints), changes=[change] * 1_000, step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    came = moving.read()
    assert moving.always <= set(came)
    assert len(came) == len(set(came))


def test_a_row_that_moves_to_the_end_of_what_looks_sorted_is_found() -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 4:
            moving.ids.append(moving.ids.pop(2_600))

    moving = MovingList(unsorted(3_000), changes=[change] * 1_000)
    moving.created = {row: float(number) for number, row in enumerate(moving.ids)}
    wanted = set(moving.ids[2_500:])
    came = moving.read(back_to=as_text(2_500.0))
    assert wanted <= set(came)
    assert len(came) == len(set(came))


def test_rows_that_follow_the_old_beginning_do_not_come_again_when_they_are_forgotten() -> None:
    def change(moving: MovingList) -> None:
        if len(moving.requests) == 250:
            del moving.ids[50:2_100]

    moving = MovingList(unsorted(40_000), changes=[change] * 1_000, step=-1)
    moving.created = {row: -float(number) for number, row in enumerate(moving.ids)}
    came = moving.read()
    assert len(came) == len(set(came)) == 40_000


def test_what_may_change_places_is_certain_only_when_read_twice() -> None:
    def swap(moving: MovingList) -> None:
        if len(moving.requests) == 5:
            moving.ids.insert(350, moving.ids.pop(900))
            moving.always.discard(moving.ids.pop(360))

    once = MovingList(unsorted(1_000), hints=frozenset({"has_next"}), changes=[swap] * 100)
    assert len(once.read()) == 999, "nothing tells"
    twice = MovingList(unsorted(1_000), hints=frozenset({"has_next"}), changes=[swap] * 100)
    listing = twice.listing(certain=True)
    came = [row.id for rows in listing.pages() for row in rows]
    assert len(came) == len(set(came)) == 1_000
    assert listing.complete


@pytest.mark.parametrize("remembered", [100_000, 5_000])
def test_a_list_too_long_to_be_read_twice_is_not_certain(
    remembered: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stitched, "REMEMBERED_UNSORTED", remembered)
    listing = MovingList(unsorted(20_000)).listing(certain=True)
    assert sum(map(len, listing.pages())) == 20_000
    assert listing.complete is (remembered == 100_000)


def test_a_list_that_grows_all_the_time_is_not_read_for_ever() -> None:
    moving = MovingList(unsorted(300), changes=[lambda one: one.insert(0, 60)] * 100_000)
    listing = moving.listing()
    came = [row.id for rows in listing.pages() for row in rows]
    assert set(rows_of(300)) <= set(came)
    assert len(moving.requests) < 200


def test_pages_are_asked_for_earlier_where_rows_keep_going() -> None:
    def delete(moving: MovingList) -> None:
        moving.delete(0, 1)

    moving = MovingList(rows_of(5_000), changes=[delete] * 1_000)
    assert moving.always <= set(moving.read())
    assert len(moving.requests) <= 1.06 * 5_000 / 99
