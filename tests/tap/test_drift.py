"""Whatever the server sends as a row, the run goes on and nothing of the row is lost."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from singer_sdk.contrib.msgspec import encoder

from sakari_client.clock import Clock
from sakari_client.http.answers import Answer
from sakari_client.paging.page import read_page
from sakari_client.schemas import load_schema
from tap_sakari.reader import RecordReader
from tap_sakari.stream import SakariStream
from tap_sakari.streams import STREAMS
from tap_sakari.tap import TapSakari
from tests.odd_server import answer, odd_server
from tests.tap.losses import losses
from tests.tap.run import run_tap

if TYPE_CHECKING:
    import socket

    from sakari_emulator.server import EmulatorServer

NAMES = [vars(one)["name"] for one in STREAMS]
SDK_PATH = {"contacts": {"id": "id"}}
"""A stream map has records take the SDK's path; this one leaves them as they are."""


# Any JSON object.

TRICKY = [
    "sNaN", "NaN", "1e400", "1_0", " 7 ", "0.050", "\uff11", "true", "True", "null", "", "\0", "{",
    "[1]", '{"a": "b"}', "no-id-1", "2024-01-01", "2024-02-30T00:00:00Z",
    "0001-01-01T00:00:00+09:00",
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
    stream: str,
    in_place: bool,  # noqa: FBT001
    data: st.DataObject,
) -> None:
    rows = data.draw(st.lists(ROWS[stream], min_size=1, max_size=3))
    rows.insert(data.draw(st.integers(0, len(rows))), {"id": "good", "name": "Ada"})
    body = json.dumps({"success": True, "data": rows}).encode()
    made = {}
    for mode in ("typed", "dictionaries"):
        read_row = READERS[stream, mode, in_place]
        answer = Answer(200, {}, body, 0.0)
        page = read_page("GET /x", answer, 0, read_row, read_row.row_type)
        made[mode] = [json.loads(encoder.encode(row.value)) for row in page.rows]
        if "id" in load_schema(stream)["properties"]:
            assert [row.id for row in page.rows] == [record["id"] for record in made[mode]]
    assert made["typed"] == made["dictionaries"]
    sent = json.loads(body.replace(rb"\u0000", rb"\ufffd"))["data"]
    for row, record in zip(sent, made["typed"], strict=True):
        FITS[stream].validate(record)
        assert losses(row, record) == []
        if not in_place:
            assert set(record) <= set(load_schema(stream)["properties"])


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ({"price": 10**309}, {"price": str(10**309)}),
        ({"price": -(10**400)}, {"price": str(-(10**400))}),
        ({"price": "sNaN"}, {"price": "sNaN"}),
        ({"price": True, "extra": {"price": 1}}, {"price": "true", "extra": {"price": 1}}),
        (
            {"contact.blocked": 1, "contact": {"blocked": "no"}},
            {"contact.blocked": 1, "contact.blocked'": "no"},
        ),
        ({"media[0]": 1, "media": ["u"]}, {"media[0]": 1, "media[0]'": "u"}),
    ],
    ids=str,
)
def test_what_fits_nowhere_is_in_extra(row: dict[str, Any], kept: dict[str, Any]) -> None:
    text = json.dumps({"id": "1", **row}).encode()
    for mode in ("typed", "dictionaries"):
        record = json.loads(encoder.encode(READERS["messages", mode, False](text).value))
        assert record["extra"] == kept
        FITS["messages"].validate(record)


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**308, 0.1, 2**53 + 1])
def test_a_number_that_a_float_can_hold_stays_as_it_is(number: float) -> None:
    text = json.dumps({"id": "1", "price": number}).encode()
    for mode in ("typed", "dictionaries"):
        record = json.loads(encoder.encode(READERS["messages", mode, False](text).value))
        assert record["price"] == number
        assert "extra" not in record


# What a run says of it.


@pytest.mark.parametrize("maps", [{}, SDK_PATH], ids=["direct", "sdk"])
@pytest.mark.parametrize("where", ["extra", "in_place"])
def test_unknown_fields_are_kept_named_once_and_counted(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
    where: str,
    maps: dict[str, Any],
) -> None:
    emulator.switch(extra_fields=True)
    with caplog.at_level(logging.INFO):
        records = run_tap(
            {**settings, "unknown_fields": where, "stream_maps": maps}, select="contacts"
        ).records["contacts"]
    for record in records:
        at_top = record if where == "in_place" else record["extra"]
        assert at_top["emulatorExtra"] == "new"
        assert record["mobile"]["emulatorExtra"] == "new"
        assert ("extra" in record) is (where == "extra")
    said = [line for line in caplog.messages if "is not in the schema; it is kept" in line]
    named = re.findall(r"sends as '([^']+)'", " ".join(said))
    assert len(named) == len(set(named))
    assert {"emulatorExtra", "emulatorObject", "mobile.emulatorExtra"} <= set(named)
    [last] = [line for line in caplog.messages if "not in the schema, kept all the same" in line]
    assert f"emulatorExtra ({len(records):,} records)" in last


ODD_ROWS: dict[str, bytes] = {
    "surrogate": rb'{"id":"odd","message":"half \ud83d an emoji"}',
    "nul": rb'{"id":"odd","message":"a\u0000b"}',
    "not UTF-8": b'{"id":"odd","message":"caf\xe9"}',
    "not a number": b'{"id":"odd","price":NaN}',
    "too large": b'{"id":"odd","price":1e400}',
    "huge integer": b'{"id":"odd","price":' + b"9" * 5000 + b"}",
    "keys twice": b'{"id":"odd","status":"a","status":"sent"}',
    "deep": b'{"id":"odd","media":' + b"[" * 2000 + b"]" * 2000 + b"}",
    "deep and unknown": b'{"id":"odd","deep":' + b'{"a":' * 2000 + b"1" + b"}" * 2001,
    "no id": b'{"message":"hi"}',
    "no usable id": b'{"id":[7],"message":"hi"}',
    "all wrong": b'{"id":7,"contact":5,"conversation":[],"created":{"at":5},"updated":true}',
}


@pytest.mark.parametrize("odd", ODD_ROWS.values(), ids=ODD_ROWS.keys())
def test_an_odd_row_among_good_ones_stops_nothing(odd: bytes) -> None:
    good = b'{"id":"good-%d","status":"sent","created":{"at":"2024-01-01T00:00:00.000Z"}}'
    body = b'{"success":true,"data":[' + b",".join([good % 1, odd, good % 2]) + b"]}"
    for mode in ("typed", "dictionaries"):
        read_row = READERS["messages", mode, False]
        answer = Answer(200, {}, body, 0.0)
        page = read_page("GET /messages", answer, 0, read_row, read_row.row_type)
        records = [json.loads(encoder.encode(row.value)) for row in page.rows]
        assert [record["id"] for record in records][::2] == ["good-1", "good-2"]
        assert len(records) == 3
        for record in records:
            FITS["messages"].validate(record)
            assert "\0" not in json.dumps(record)


@pytest.mark.parametrize(
    ("stream", "row", "number"),
    [
        ("messages", {"phoneNumber": ""}, None),
        ("messages", {"phoneNumber": "", "conversation": {"phoneNumber": {"number": "+1"}}}, "+1"),
        ("messages", {"conversation": {"phoneNumber": {"number": ""}}}, None),
        ("messages", {"phoneNumber": {"number": "+1"}}, "+1"),
        ("messages", {"conversation": {"phoneNumber": "+1"}}, "+1"),
        ("conversations", {"phoneNumber": {"number": ""}}, None),
        ("conversations", {"phoneNumber": "+1"}, "+1"),
        ("calls", {"phoneNumber": {"number": ""}}, None),
    ],
)
def test_an_empty_phone_number_is_none(
    stream: str, row: dict[str, Any], number: str | None
) -> None:
    for mode in ("typed", "dictionaries"):
        read = READERS[stream, mode, False](json.dumps({"id": "1", **row}).encode())
        assert json.loads(encoder.encode(read.value))["phone_number"] == number


def test_a_page_of_rows_that_fit_is_read_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    good = b'{"id":"%d","status":"sent","created":{"at":"2024-01-01T00:00:00.000Z"}}'
    body = b'{"success":true,"data":[' + b",".join(good % n for n in range(9)) + b"]}"
    read_row = READERS["messages", "typed", False]
    answer = Answer(200, {}, body, 0.0)
    one_by_one = read_page("GET /messages", answer, 0, read_row)
    monkeypatch.setattr(RecordReader, "__call__", None)
    at_once = read_page("GET /messages", answer, 0, read_row, read_row.row_type)
    assert [encoder.encode(row.value) for row in at_once.rows] == [
        encoder.encode(row.value) for row in one_by_one.rows
    ]
    assert [row.created for row in at_once.rows] == ["2024-01-01T00:00:00.000Z"] * 9


@pytest.mark.parametrize("maps", [{}, {"messages": {"id": "id"}}], ids=["direct", "sdk"])
def test_a_run_goes_on_whatever_a_list_holds(
    settings: dict[str, Any], maps: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    good = b'{"id":"good-%d","status":"sent","created":{"at":"2024-01-01T00:00:00.000Z"}}'
    odd = [
        row.replace(b'"odd"', b'"odd-%d"' % index) for index, row in enumerate(ODD_ROWS.values())
    ]
    rows = [good % 0]
    for index, row in enumerate(odd, 1):
        rows += [row, good % index]
    page = b'{"success":true,"pagination":{"totalCount":%d,"hasNext":false},"data":[%s]}'

    def handle(connection: socket.socket, head: bytes) -> None:
        listed = rows if b"/messages?" in head else [good % 0]
        connection.sendall(answer(page % (len(listed), b",".join(listed))))

    with odd_server(handle) as server, caplog.at_level(logging.INFO):
        output = run_tap({**settings, "api_url": server.url, "stream_maps": maps})
    output.validate()
    ids = output.ids("messages")
    assert ids[::2] == [f"good-{index}" for index in range(len(odd) + 1)]
    assert len(set(ids)) == len(rows)
    assert set(output.tallies) == set(NAMES)
    tally = output.tallies["messages"]
    assert (tally.read, tally.emitted) == (len(rows), len(rows))
    kept = {record["id"]: record.get("extra") for record in output.records["messages"]}
    texts = [json.dumps(extra) for extra in kept.values() if extra]
    assert any('"price": "NaN"' in text for text in texts)
    assert any('"price": "1e400"' in text for text in texts)
    assert any("9" * 5000 in text for text in texts)
    assert (tally.misfits["price"], tally.misfits["id"]) == (3, 1)
    assert tally.unknown["deep"] == 1
    assert "price (3 values)" in caplog.text
