"""Whatever the server sends as a row, the run goes on and nothing of the row is lost."""

from __future__ import annotations

import json
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from singer_sdk.contrib.msgspec import encoder

from sakari_client.answers import Answer
from sakari_client.clock import Clock
from sakari_client.page import read_page
from sakari_client.schemas import load_schema
from tap_sakari.reader import RecordReader
from tap_sakari.stream import SakariStream
from tap_sakari.streams import STREAMS
from tap_sakari.tap import TapSakari
from tests.conftest import settings_for
from tests.odd_server import OddServer, answer, odd_server
from tests.tap.command import errors, last_lines, tap
from tests.tap.losses import losses
from tests.tap.run import Output, run_tap

if TYPE_CHECKING:
    import socket
    from pathlib import Path

    from sakari_emulator.server import EmulatorServer
    from tap_sakari.conform import Drift

NAMES = [vars(one)["name"] for one in STREAMS]
SAME_RECORDS = {"contacts": {"id": "id", "__else__": None}}
"""A stream map has records take the SDK's path; this one leaves them as they are."""


# Any JSON object.

TRICKY = [
    "sNaN", "NaN", "1e400", "1_0", " 7 ", "0.050", "\uff11", "true", "True", "null", "", "\0", "{",
    "[1]", '{"a": "b"}', "no-id-1", "2024-01-01", "2024-02-30T00:00:00Z", "0001-01-01T00:00:00+09:00",
    "2024-02-29T10:00:00Z", "2024-01-01 10:00:00+02:00", "2024-01-01T00:00:00.123456789Z",
    "9999-12-31T23:59:59.999999Z", "24:00", "mobile.verified", "extra",
]  # fmt: skip
WORDS = st.sampled_from(TRICKY) | st.text(max_size=8)
FIELDS = st.sampled_from(
    ["at", "id", "number", "extra", "created_at", "updated_at", "tags[0]", "tags[0].visible",
     "mobile.verified", "created.at", "+15550100002", "x"]
) | st.text(max_size=4)  # fmt: skip
NUMBERS = (
    st.integers()
    | st.sampled_from([2**53 + 1, 2**63, -(2**63) - 1, 2**64, 10**308, 10**309, -(10**400)])
    | st.floats(allow_nan=False, allow_infinity=False)
)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=6,
)


def near(schema: dict[str, Any], depth: int = 4) -> st.SearchStrategy[Any]:
    """Anything, but more often than not something near what the schema says."""
    if depth and "properties" in schema:
        fields = {name: near(field, depth - 1) for name, field in schema["properties"].items()}
        known = st.fixed_dictionaries({}, optional=fields)
        return ANY_JSON | known | st.builds(_joined, known, st.dictionaries(FIELDS, ANY_JSON))
    if depth and "items" in schema:
        return ANY_JSON | st.lists(near(schema["items"], depth - 1), max_size=2)
    return ANY_JSON


def _joined(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**more, **known}


ROWS = {name: near(load_schema(name)).filter(lambda row: isinstance(row, dict)) for name in NAMES}
FITS = {name: jsonschema.Draft202012Validator(load_schema(name)) for name in NAMES}


def reader(stream: str, *, typed: bool, in_place: bool = False) -> RecordReader:
    """What a stream reads its rows with."""
    where = "in_place" if in_place else "extra"
    config = {"client_id": "a", "client_secret": "b", "account_id": "c", "unknown_fields": where}
    tap_sakari = TapSakari(config=config)
    tap_sakari.clock = Clock(time=lambda: 1_700_000_000.0)
    made = tap_sakari.streams[stream]
    assert isinstance(made, SakariStream)
    made.writes_pages = lambda: typed  # type: ignore[method-assign]
    return made.read_row


READERS = {
    (name, mode, in_place): reader(name, typed=mode == "typed", in_place=in_place)
    for name in NAMES
    for mode in ("typed", "dictionaries")
    for in_place in (False, True)
}


@pytest.mark.parametrize("in_place", [False, True], ids=["extra", "in_place"])
@pytest.mark.parametrize("stream", NAMES)
@hypothesis_settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_any_object_at_any_place_of_a_page_comes_whole(
    stream: str, in_place: bool, data: st.DataObject
) -> None:
    rows = data.draw(st.lists(ROWS[stream], min_size=1, max_size=3))
    rows.insert(data.draw(st.integers(0, len(rows))), {"id": "good", "name": "Ada"})
    body = json.dumps({"success": True, "data": rows}).encode()
    made = {}
    for mode in ("typed", "dictionaries"):
        read_row = READERS[stream, mode, in_place]
        page = read_page("GET /x", Answer(200, {}, body, 0.0), 0, read_row)
        made[mode] = [json.loads(encoder.encode(row.value)) for row in page.rows]
        assert [row.id for row in page.rows] == [
            record.get("id", row.id) for row, record in zip(page.rows, made[mode], strict=True)
        ]
    assert made["typed"] == made["dictionaries"]
    sent = json.loads(body.replace(rb"\u0000", rb"\ufffd"))["data"]
    for row, record in zip(sent, made["typed"], strict=True):
        FITS[stream].validate(record)
        assert losses(row, record) == []
        if not in_place:
            assert set(record) <= set(load_schema(stream)["properties"])
