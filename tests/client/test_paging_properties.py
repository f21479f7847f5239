"""Whatever happens to a list while it is read: no row that stayed is lost, none comes twice."""

from __future__ import annotations

import io
import logging
import random
from typing import TYPE_CHECKING

from hypothesis import example, given
from hypothesis import strategies as st

from sakari_client.errors import PagingError
from tests.client.moving_list import AnyOrder, Change, MovingList, as_text
from tests.examples import examples

if TYPE_CHECKING:
    from sakari_client.paging.stitched import StitchedList

HINTS = st.sampled_from(
    [
        frozenset({"total", "has_next"}),
        frozenset({"total"}),
        frozenset({"has_next"}),
        frozenset[str](),
    ]
)
ORDERS = st.sampled_from(["newest", "oldest", "id", "mixed", "newest, tied", "oldest, tied"])
PLACE = st.floats(0, 1)
CHOICES = st.lists(st.integers(0, 7), max_size=20)
"""Which of the requests under way is answered next."""


def _insertion(where: float, rows: int) -> Change:
    return lambda moving: moving.insert(where, rows)


def _deletion(where: float, rows: int) -> Change:
    return lambda moving: moving.delete(where, rows)


def _move(where: float, to: float) -> Change:
    return lambda moving: moving.move(where, to)


def _all(changes: list[Change]) -> Change:
    def change(moving: MovingList) -> None:
        for one in changes:
            one(moving)

    return change


COMING_AND_GOING = st.one_of(
    st.builds(_insertion, PLACE, st.integers(1, 12)),
    st.builds(_deletion, PLACE, st.integers(1, 12)),
)
ALL_AT_ONCE = st.builds(_all, st.lists(COMING_AND_GOING, max_size=3))


def make_list(  # noqa: PLR0913
    size: int,
    order: str,
    hints: frozenset[str],
    cap: int,
    changes: list[Change | None],
    *,
    together: int = 3,
) -> MovingList:
    """A list in one of the orders. Its rows keep their places among each other.

    Tied, up to so many rows `together` were created at the same moment.
    """
    ids = [f"row-{number:03d}" for number in range(size)]
    if order == "mixed":
        random.Random(size).shuffle(ids)
    moving = MovingList(ids, hints=hints, cap=cap, changes=changes)
    kind, _, tied = order.partition(", ")
    if kind in {"newest", "oldest"}:
        moving.step = 1.0 if kind == "oldest" else -1.0
        wide = together if tied else 1
        moving.created = {
            row_id: moving.step * (number // wide * wide) for number, row_id in enumerate(ids)
        }
    return moving


def read_and_listen(listing: StitchedList) -> tuple[list[str], str]:
    """The ids that come, and what is said of them: in the log, or as the error that ends it."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logger = logging.getLogger("sakari_client")
    logger.addHandler(handler)
    came: list[str] = []
    try:
        for rows in listing.pages():
            came += [row.id for row in rows]
    except PagingError as error:
        said.write(str(error))
    finally:
        logger.removeHandler(handler)
    return came, said.getvalue()


@examples(1_000)
@given(
    size=st.integers(0, 60),
    order=ORDERS,
    hints=HINTS,
    cap=st.integers(2, 12),
    page_size=st.integers(1, 12),
    concurrency=st.sampled_from([1, 3, 8]),
    changes=st.lists(st.none() | ALL_AT_ONCE, max_size=25),
    choices=CHOICES,
)
def test_every_row_that_stayed_comes_exactly_once(  # noqa: PLR0913
    *,
    size: int,
    order: str,
    hints: frozenset[str],
    cap: int,
    page_size: int,
    concurrency: int,
    changes: list[Change | None],
    choices: list[int],
) -> None:
    moving = make_list(size, order, hints, cap, changes)
    came = moving.read(page_size=page_size, concurrency=concurrency, workers=AnyOrder(choices))

    assert len(came) == len(set(came)), "a row came twice"
    assert moving.always <= set(came), f"lost {sorted(moving.always - set(came))}"
    assert set(came) <= moving.ever


@examples(1_000)
@given(
    size=st.integers(0, 60),
    hints=HINTS,
    cap=st.integers(2, 12),
    concurrency=st.sampled_from([1, 3, 8]),
    changes=st.lists(st.none() | COMING_AND_GOING | st.builds(_move, PLACE, PLACE), max_size=25),
    choices=CHOICES,
)
# A page joins on by the row that was due, which stands at its end, or by another row.
@example(
    size=28,
    hints=frozenset({"has_next"}),
    cap=9,
    concurrency=8,
    choices=[3, 1],
    changes=[
        _deletion(0, 1),
        _deletion(0, 8),
        None,
        None,
        None,
        _deletion(1, 2),
        _move(0, 1),
        _insertion(0, 10),
    ],
)
@example(
    size=18, hints=frozenset({"has_next"}), cap=7, concurrency=3, choices=[1],
    changes=[None, _move(1, 0.25), _deletion(1, 11), _move(1, 0), _insertion(0, 8)],
)  # fmt: skip
def test_no_row_that_changes_places_is_lost_in_silence(  # noqa: PLR0913
    *,
    size: int,
    hints: frozenset[str],
    cap: int,
    concurrency: int,
    changes: list[Change | None],
    choices: list[int],
) -> None:
    moving = make_list(size, "mixed", hints, cap, changes)
    listing = moving.listing(concurrency=concurrency, workers=AnyOrder(choices))
    came, said = read_and_listen(listing)
    assert moving.always <= set(came) or said, "short, and nothing was said"
    assert moving.always <= set(came) or not listing.complete
    assert len(came) == len(set(came)), "a row came twice"


def _reordering_ties(seed: int) -> Change:
    """What a server does that sorts by creation only: rows of one moment come in any order."""
    chance = random.Random(seed)

    def change(moving: MovingList) -> None:
        moving.ids.sort(key=lambda row_id: (moving.step * moving.created[row_id], chance.random()))

    return change


@examples(600)
@example(  # ids rise with time, so that ties look sorted by them until they do not
    size=135,
    order="newest, tied",
    hints=frozenset({"has_next", "total"}),
    cap=12,
    together=3,
    concurrency=1,
    back_to=None,
    changes=[
        _all([_deletion(0.0, 1), _deletion(0.0, 12), _insertion(0.0, 11)]),
        _all([_deletion(1.0, 9), _deletion(0.0625, 8), _insertion(0.0, 10)]),
    ],
    seed=0,
    choices=[],
)
@given(
    size=st.integers(1, 200),
    order=st.sampled_from(["newest, tied", "oldest, tied"]),
    hints=HINTS,
    cap=st.integers(3, 30),
    together=st.integers(2, 6),
    concurrency=st.sampled_from([1, 3, 8]),
    back_to=st.none() | st.floats(-200, 200),
    changes=st.lists(st.none() | ALL_AT_ONCE, max_size=25),
    seed=st.integers(0, 1000),
    choices=CHOICES,
)
def test_rows_of_one_moment_may_come_in_another_order_each_time(  # noqa: PLR0913
    *,
    size: int,
    order: str,
    hints: frozenset[str],
    cap: int,
    together: int,
    concurrency: int,
    back_to: float | None,
    changes: list[Change | None],
    seed: int,
    choices: list[int],
) -> None:
    reorder = _reordering_ties(seed)
    both: list[Change | None] = [
        _all([change, reorder]) if change else reorder for change in changes
    ]
    moving = make_list(size, order, hints, cap, [*both, *[reorder] * 1_000], together=together)
    listing = moving.listing(
        concurrency=concurrency,
        back_to=None if back_to is None else as_text(back_to),
        workers=AnyOrder(choices),
    )
    came, said = read_and_listen(listing)
    assert len(came) == len(set(came)), "a row came twice"
    wanted = {one for one in moving.always if back_to is None or moving.created[one] >= back_to}
    assert wanted <= set(came) or said, f"lost {sorted(wanted - set(came))}"
    assert moving.always <= set(came) or not listing.complete


@examples(250)
@given(
    size=st.integers(20, 200),
    hints=HINTS,
    cap=st.integers(5, 30),
    concurrency=st.sampled_from([1, 3, 8]),
    back_to=st.none() | st.floats(-200, 0),
    moves=st.lists(st.none() | PLACE, max_size=8),
    choices=CHOICES,
)
def test_a_list_sorted_by_the_latest_change_looks_like_another_until_one_comes(  # noqa: PLR0913
    *,
    size: int,
    hints: frozenset[str],
    cap: int,
    concurrency: int,
    back_to: float | None,
    moves: list[float | None],
    choices: list[int],
) -> None:
    changes = [None if where is None else _move(where, 0) for where in moves]
    moving = make_list(size, "newest", hints, cap, changes)
    listing = moving.listing(
        concurrency=concurrency,
        back_to=None if back_to is None else as_text(back_to),
        workers=AnyOrder(choices),
    )
    came, said = read_and_listen(listing)
    failed = "Run again; to go on" in said  # a warning is no excuse
    assert len(came) == len(set(came)), "a row came twice"
    wanted = {one for one in moving.always if back_to is None or moving.created[one] >= back_to}
    assert failed or wanted <= set(came), f"lost {sorted(wanted - set(came))}"


@examples(250)
@given(
    size=st.integers(0, 200),
    hints=HINTS,
    cap=st.integers(2, 12),
    concurrency=st.sampled_from([1, 3]),
    incomplete=st.sampled_from(["fail", "warn"]),
    seed=st.integers(0, 1000),
    choices=CHOICES,
)
def test_an_order_that_changes_at_each_request_is_said(  # noqa: PLR0913
    *,
    size: int,
    hints: frozenset[str],
    cap: int,
    concurrency: int,
    incomplete: str,
    seed: int,
    choices: list[int],
) -> None:
    chance = random.Random(seed)
    shuffles: list[Change | None] = [lambda moving: chance.shuffle(moving.ids)] * 3_000
    moving = make_list(size, "mixed", hints, cap, shuffles)
    listing = moving.listing(
        concurrency=concurrency, incomplete=incomplete, workers=AnyOrder(choices)
    )
    came, said = read_and_listen(listing)
    assert len(came) == len(set(came))
    assert set(came) == moving.always or said, "short, and nothing was said"


@examples(1_000)
@given(
    size=st.integers(0, 200),
    order=ORDERS,
    hints=HINTS,
    cap=st.integers(2, 30),
    concurrency=st.sampled_from([1, 3, 8]),
    back_to=st.floats(-200, 200),
    changes=st.lists(st.none() | ALL_AT_ONCE, max_size=25),
    choices=CHOICES,
)
# Rows came from the end of the list before it turned out that it must be read whole.
@example(
    size=54,
    order="oldest",
    hints=frozenset({"has_next", "total"}),
    cap=24,
    concurrency=1,
    back_to=29.0,
    changes=[_deletion(0, 5), _insertion(0, 4)],
    choices=[],
)
def test_every_row_back_to_a_bound_comes_exactly_once(  # noqa: PLR0913
    *,
    size: int,
    order: str,
    hints: frozenset[str],
    cap: int,
    concurrency: int,
    back_to: float,
    changes: list[Change | None],
    choices: list[int],
) -> None:
    moving = make_list(size, order, hints, cap, changes)
    came = moving.read(concurrency=concurrency, back_to=as_text(back_to), workers=AnyOrder(choices))
    wanted = {
        row_id
        for row_id in moving.always
        if row_id not in moving.created or moving.created[row_id] >= back_to
    }
    assert len(came) == len(set(came)), "a row came twice"
    assert wanted <= set(came), f"lost {sorted(wanted - set(came))}"
