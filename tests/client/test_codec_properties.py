"""What is written and read, for whatever values there are: JSON, CSV, outcomes, numbers."""

from __future__ import annotations

import copy
import csv
import datetime as dt
import io
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sakari_client import phone
from sakari_client.errors import InvalidInputError, SakariError
from sakari_client.http import answers
from sakari_client.http.answers import Answer
from sakari_client.http.bodies import as_json
from sakari_client.http.envelope import one
from sakari_client.paging.page import Page, read_page
from sakari_client.resources import csv_rows
from sakari_client.resources.base import Resource
from sakari_client.resources.merge import merged
from sakari_client.resources.sent import names_asked, read_result
from sakari_client.resources.upload import _key, _read, _Row, _told, _uploaded

if TYPE_CHECKING:
    from collections.abc import Mapping

MANY = settings(max_examples=200, deadline=None)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=20)
TEXT = st.text(max_size=20)
NUMBERS = (
    st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**53 + 1, 2**63, 2**64, -(2**64), 10**400, 5e-324, 1e308, -0.0])
)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT


def json_of(leaves: st.SearchStrategy[Any], names: st.SearchStrategy[str]) -> Any:
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
        max_leaves=12,
    )


JSON = json_of(SCALARS, TEXT)
HUGE = st.sampled_from(
    [Decimal("1E+999999999"), Decimal("-1E+5000"), Decimal("Infinity"), Decimal("NaN"),
     Decimal("sNaN"), math.nan, -math.inf]
)  # fmt: skip
ANYTHING = json_of(
    SCALARS | ANY_TEXT | HUGE | st.decimals() | st.dates() | st.times() | st.datetimes()
    | st.binary(max_size=4) | st.sets(st.integers(), max_size=2) | st.timedeltas(),
    ANY_TEXT,
)  # fmt: skip


# JSON out


@MANY
@given(JSON)
def test_json_gives_back_what_was_written(value: Any) -> None:
    assert json.loads(as_json(value, "POST /contacts").content) == value


@MANY
@given(
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
)
def test_a_decimal_number_is_a_number(number: Decimal) -> None:
    assume(number.adjusted() < 300)
    written = json.loads(as_json([number], "POST /contacts").content)[0]
    assert isinstance(written, int | float)
    assert written == (number if number == number.to_integral_value() else float(number))


@MANY
@given(st.dates() | st.times() | st.datetimes(timezones=st.none() | st.just(dt.timezone.utc)))
def test_a_date_is_text(date: dt.date | dt.time) -> None:
    written = json.loads(as_json([date], "POST /contacts").content)[0]
    assert type(date).fromisoformat(written) == date


@MANY
@given(ANYTHING)
def test_what_json_cannot_hold_is_refused_and_nothing_else_happens(value: Any) -> None:
    try:
        written = as_json(value, "POST /contacts")
    except InvalidInputError as error:
        assert error.operation == "POST /contacts"  # noqa: PT017
    else:
        json.loads(written.content.decode("utf-8"))


@pytest.mark.parametrize("depth", [50, 100_000])
def test_what_is_too_deep_or_holds_itself_is_refused(depth: int) -> None:
    value: Any = []
    innermost = value
    for _ in range(depth):
        value = [value]
    if depth < 1000:
        innermost.append(value)
    with pytest.raises(InvalidInputError):
        as_json(value, "POST /contacts")


@pytest.mark.parametrize(
    "number",
    [10**5_000, Decimal("1E+5000"), Decimal("1E+999999999")],
    ids=["integer", "decimal", "larger than memory"],
)
def test_a_number_that_no_text_can_hold_is_refused(number: Any) -> None:
    with pytest.raises(InvalidInputError, match="huge number"):
        as_json({"a": [number]}, "POST /contacts")


def test_a_number_that_no_cell_can_hold_is_refused() -> None:
    contact = {"mobile": {"number": "+15550100002"}, "attributes": {"a": 10**5_000}}
    with pytest.raises(InvalidInputError, match="attributes"):
        csv_rows.cells_of(contact)


# JSON in


@MANY
@given(st.binary(max_size=200) | st.text('[]{}",:\\u0d8en1.eE- \0é', max_size=60).map(str.encode))
def test_any_bytes_are_json_or_a_value_error(body: bytes) -> None:
    try:
        document = answers.decode(body)
    except ValueError:
        return
    json.dumps(document, allow_nan=False).encode("utf-8", "strict")


@MANY
@given(json_of(SCALARS, TEXT), st.booleans())
def test_valid_json_is_read_as_json_reads_it(value: Any, ascii_only: bool) -> None:  # noqa: FBT001
    text = json.dumps(value, ensure_ascii=ascii_only)
    expected = json.loads(json.dumps(value, ensure_ascii=False).replace("\\u0000", "\ufffd"))
    assume("\\\\u0000" not in text)
    assert answers.decode(text.encode()) == expected


@MANY
@given(
    st.sampled_from([200, 204, 400, 404, 429, 500, 302, 103, 999]),
    st.binary(max_size=40) | JSON.map(lambda value: json.dumps({"data": value}).encode()),
    st.text(st.characters(max_codepoint=255), max_size=20) | st.just("9" * 500),
)
def test_any_answer_is_a_record_a_page_or_a_clear_error(
    status: int, body: bytes, retry_after: str
) -> None:
    answer = Answer(status, {"Retry-After": retry_after}, body, 0.0)
    for read in (one, read_things):
        try:
            read("GET /things", answer)
        except SakariError as error:  # noqa: PERF203
            assert str(error).startswith("GET /things: ")  # noqa: PT017


def read_things(operation: str, answer: Answer) -> Page:
    return read_page(operation, answer, 0, Things(None).read_row)  # type: ignore[arg-type]


class Things(Resource):
    name = "things"


# CSV

CELL = TEXT | st.text("\",;|\r\n\t =+-@'\\ é\u2028", max_size=8)
ROW = st.fixed_dictionaries(
    {"mobile": CELL}, optional={name: CELL for name in csv_rows.COLUMNS if name != "mobile"}
)
ROWS = st.lists(
    st.tuples(ROW, st.dictionaries(CELL.filter(bool), CELL, max_size=3)).map(
        lambda both: {**both[1], **both[0]}
    ),
    max_size=5,
)


def no_nul(rows: list[dict[str, str]]) -> bool:
    return not any("\0" in text for row in rows for pair in row.items() for text in pair)


@MANY
@given(ROWS.filter(no_nul))
def test_csv_gives_back_just_the_cells(rows: list[dict[str, str]]) -> None:
    reader = csv.DictReader(io.StringIO(csv_rows.write(rows), newline=""), strict=True)
    found = list(reader)
    assert [{name: text for name, text in row.items() if text} for row in found] == [
        {name: text for name, text in row.items() if text} for row in rows
    ]
    header = list(reader.fieldnames or ())
    known = [name for name in csv_rows.COLUMNS if any(name in row for row in rows)]
    assert header[: len(known)] == known
    assert set(header) == {name for row in rows for name in row}


CONTACT = st.dictionaries(
    st.sampled_from(["firstName", "email", "mobile", "tags", "attributes", "id"]) | ANY_TEXT,
    ANYTHING
    | st.fixed_dictionaries({"number": ANY_TEXT | st.just("+15550100002"), "country": ANYTHING}),
    max_size=4,
) | st.fixed_dictionaries(
    {"mobile": st.just({"number": "+15550100002"})},
    optional={
        "tags": st.lists(ANY_TEXT | ANYTHING, max_size=3),
        "attributes": st.dictionaries(ANY_TEXT | st.integers(), ANYTHING, max_size=3),
        "firstName": ANYTHING,
    },
)


@MANY
@given(CONTACT)
def test_a_contact_has_cells_or_is_refused(contact: Mapping[str, Any]) -> None:
    before = repr(contact)
    try:
        cells = csv_rows.cells_of(contact)
    except InvalidInputError:
        return
    finally:
        assert repr(contact) == before
    assert all(text and isinstance(text, str) for text in cells.values())
    header, row = cells.keys(), cells.values()
    written = csv_rows.write([cells]).encode()
    assert len(written) <= csv_rows.size(header) + csv_rows.size(row)


# Merging

RECORD = st.dictionaries(st.sampled_from("abc"), json_of(SCALARS, st.sampled_from("abc")))


@MANY
@given(RECORD, RECORD)
def test_merging(current: dict[str, Any], changes: dict[str, Any]) -> None:
    before = copy.deepcopy((current, changes))
    result = merged(current, changes)
    assert (current, changes) == before
    assert merged(result, changes) == result
    assert merged(current, {}) == current
    assert result.keys() == current.keys() | changes.keys()
    for name, value in result.items():
        if name not in changes:
            assert value == current[name]
        elif not isinstance(changes[name], dict) or not isinstance(current.get(name), dict):
            assert value == changes[name]
        else:
            assert value == merged(current[name], changes[name])


# Outcomes

NUMBER = st.sampled_from(["+15550100002", "+15550100003", "(555) 010-0002", "nobody", ""])
PERSON = st.fixed_dictionaries(
    {},
    optional={
        "id": st.sampled_from(["1", "2", 1]) | ANYTHING,
        "mobile": st.fixed_dictionaries({"number": NUMBER | ANYTHING}) | ANYTHING,
        "error": st.just({"code": "CONT-001", "description": "No"}) | ANYTHING,
        "conversation": st.just({"id": "c"}) | ANYTHING,
        "contact": st.just({"id": "1"}) | ANYTHING,
    },
)
COUNT = st.integers(-1, 4) | st.sampled_from(["2", "NaN", "1e999", 10**400, 2.0]) | JSON
DATA = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("jobId", "job"), JSON),
        **dict.fromkeys(
            ("requested", "valid", "queued", "estimatedPrice", "submitted", "success"), COUNT
        ),
        **dict.fromkeys(
            ("messages", "invalid", "contacts", "errors"), st.lists(PERSON, max_size=3) | JSON
        ),
    },
)
ASKED: st.SearchStrategy[list[Any]] = st.lists(
    st.sampled_from(
        [
            {"conversation": "c"},
            {"contact": {"id": "1"}},
            {"contact": {"mobile": {"number": "+15550100002", "country": "US"}}},
            {"contact": {"id": "2", "mobile": {"number": "+15550100003"}}},
        ]
    ),
    unique_by=lambda asked: tuple(names_asked(asked)),
    max_size=4,
)


@MANY
@given(ASKED, DATA)
def test_each_recipient_has_one_outcome(asked: list[Any], data: dict[str, Any]) -> None:
    result = read_result(asked, data)
    assert [one.asked for one in result.recipients] == asked
    made = [id(one.message) for one in result.recipients if one.message is not None]
    assert len(made) == len(set(made))


@MANY
@given(st.lists(PERSON, max_size=5), DATA)
def test_each_row_of_an_upload_has_one_outcome(people: list[Any], data: dict[str, Any]) -> None:
    read = [_read(index, person) for index, person in enumerate(people)]
    rows = [one for one in read if isinstance(one, _Row)]
    try:
        body = json.dumps({"data": data}, default=str).encode()
    except ValueError:  # a number of more digits than Python writes
        assume(False)  # noqa: FBT003
    uploaded = _uploaded("POST /contacts", Answer(200, {}, body, 0.0))
    outcomes = _told(rows, uploaded)
    assert [one.index for one in outcomes] == [row.index for row in rows]
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.contact is not None:
            assert _key(outcome.contact) == row.key


# Numbers


@MANY
@given(
    ANY_TEXT | st.text("+0123456789 ()-.;=extphonectl:*#٣\u200b", max_size=40) | st.just("9" * 999),
    st.none() | st.sampled_from(["US", "us", "", "XX", "ZZ", "001"]) | ANY_TEXT,
)
def test_any_text_is_a_number_or_none(text: str, country: str | None) -> None:
    number = phone.e164(text, country)
    if number is not None:
        assert number[0] == "+"
        assert number[1:].isdecimal()
        assert number[1:].isascii()
        assert phone.e164(number) == number
        phone.country_of(number)
