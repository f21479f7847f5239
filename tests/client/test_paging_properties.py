"""Whatever happens to a list while it is read: no row that stayed is lost, none comes twice."""

from __future__ import annotations

import io
import logging

from hypothesis import given, settings
from hypothesis import strategies as st

from sakari_client.errors import PagingError
from tests.client.moving_list import Change, MovingList

HINTS = st.sampled_from(
    [
        frozenset({"total", "has_next"}),
        frozenset({"total"}),
        frozenset({"has_next"}),
        frozenset[str](),
    ]
)
PLACE = st.floats(0, 1)


def _insertion(where: float, rows: int) -> Change:
    return lambda moving: moving.insert(where, rows)


def _deletion(where: float, rows: int) -> Change:
    return lambda moving: moving.delete(where, rows)


def _move(where: float) -> Change:
    return lambda moving: moving.move_to_front(where)


CHANGE = st.one_of(
    st.none(),
    st.builds(_insertion, PLACE, st.integers(1, 12)),
    st.builds(_deletion, PLACE, st.integers(1, 12)),
)


@settings(max_examples=1500, deadline=None)
@given(
    size=st.integers(0, 60),
    hints=HINTS,
    cap=st.integers(2, 12),
    page_size=st.integers(1, 12),
    concurrency=st.sampled_from([1, 1, 3]),
    changes=st.lists(CHANGE, max_size=25),
)
def test_every_row_that_stayed_comes_exactly_once(  # noqa: PLR0913
    *,
    size: int,
    hints: frozenset[str],
    cap: int,
    page_size: int,
    concurrency: int,
    changes: list[Change | None],
) -> None:
    moving = MovingList(
        [f"row-{number}" for number in range(size)], hints=hints, cap=cap, changes=changes
    )
    came = moving.read(page_size=page_size, concurrency=concurrency)

    assert len(came) == len(set(came)), "a row came twice"
    assert moving.always <= set(came), f"lost {sorted(moving.always - set(came))}"
    assert set(came) <= moving.ever


@settings(max_examples=500, deadline=None)
@given(
    size=st.integers(0, 60),
    cap=st.integers(2, 12),
    concurrency=st.sampled_from([1, 3]),
    changes=st.lists(st.none() | st.builds(_move, PLACE), max_size=25),
)
def test_no_row_that_moves_to_the_front_is_lost_in_silence(
    size: int, cap: int, concurrency: int, changes: list[Change | None]
) -> None:
    moving = MovingList([f"row-{number}" for number in range(size)], cap=cap, changes=changes)
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logger = logging.getLogger("sakari_client.paging")
    logger.addHandler(handler)
    try:
        came = moving.read(concurrency=concurrency)
    except PagingError as error:
        said.write(str(error))
        return
    finally:
        logger.removeHandler(handler)
    assert len(came) == len(set(came))
    assert set(came) == set(moving.ids) or f"counts {size} rows, and {len(came)} came" in (
        said.getvalue()
    )
