"""Make what the server sent fit the stream's schema, and lose nothing on the way.

A value of another type than the schema's is converted where nothing is lost (a number sent as text,
an id sent as a number). What cannot be converted is kept as text in the record's free object
`extra`; every top-level field that the schema does not know goes there too, unless it is to stay in
place. Unknown fields inside an object stay where they are. Whatever the server sends, the record
fits its schema, so no target stops at it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import msgspec

EXTRA = "extra"

_MISFIT: Any = object()
_STRICT_DATE_TIME = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_BELOW_MICROSECONDS = re.compile(r"\.\d{6}0*[1-9]", re.ASCII)
_JSON_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UTC_MILLISECONDS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)


@dataclass
class Drift:
    """How a record differs from its schema.

    Attributes:
        misfits: values that do not fit, as text, by their path in the record, such as
            `contact.mobile.verified`.
        unknown: paths of the fields that the schema does not know.
        moved: those of them that were put into `extra`.
    """

    misfits: dict[str, str] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)


Convert = Callable[[Any, str, Drift], Any]
"""Takes a value, its path and the drift; returns the value that fits, or `_MISFIT`."""


def conformer(
    schema: Mapping[str, Any],
    scalars: Mapping[str, str],
    made: Collection[str] = (),
    *,
    in_place: bool = False,
) -> Callable[[dict[str, Any]], Drift]:
    """Compile a stream's schema into a function that makes a record fit, in place.

    Args:
        schema: the stream's JSON Schema; plain `type` lists, no references.
        scalars: objects that the server may also send as a plain value, and the key that the
            value then stands for: `{"created": "at"}` reads `"2024-…"` as `{"at": "2024-…"}`.
            Elements of an array are named `tags[]`.
        made: fields that we make ourselves. What the server sends by their names is none of
            them.
        in_place: leave unknown fields where they are, rather than put them into `extra`.

    Returns:
        A function that changes a record and returns how it differed.
    """
    convert = _object(schema, "", scalars)
    ours = {EXTRA, *made}
    known = set(schema["properties"]) - ours

    def conform(record: dict[str, Any]) -> Drift:
        drift = Drift(unknown=[name for name in record if name not in known])
        drift.moved = [name for name in drift.unknown if not in_place or name in ours]
        extra = {name: record.pop(name) for name in drift.moved}
        convert(record, "", drift)
        for path, text in drift.misfits.items():
            extra[_free_name(path, extra)] = text
        if extra:
            record[EXTRA] = extra
        return drift

    return conform


def _free_name(path: str, extra: Mapping[str, Any]) -> str:
    """A name for a misfit in `extra`, where an unknown field may have the same."""
    while path in extra:
        path += "'"
    return path


def utc_milliseconds(value: Any) -> str | None:
    """A date-time in the one form in which text sorts by time; None where it is no date-time.

    Targets and state compare bookmarks as text, so they must all look the same.
    """
    if not isinstance(value, str):
        return None
    moment = parse_date_time(value)
    if moment is None:
        return None
    if _UTC_MILLISECONDS.fullmatch(value):
        return value
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_date_time(text: str) -> datetime | None:
    """Read an RFC 3339 date-time, or a date as its midnight; None where it is neither.

    Where it names no zone it is taken as UTC.
    """
    try:
        if _DATE.fullmatch(text):
            text += "T00:00:00Z"
        moment = msgspec.convert(text, datetime)
        return (
            moment.replace(tzinfo=timezone.utc)
            if moment.tzinfo is None
            else (moment.astimezone(timezone.utc))
        )
    except (msgspec.ValidationError, OverflowError):
        return None


def _compile(schema: Mapping[str, Any], path: str, scalars: Mapping[str, str]) -> Convert:
    declared = schema.get("type", ())
    kinds = [declared] if isinstance(declared, str) else [one for one in declared if one != "null"]
    if len(kinds) != 1 or kinds[0] == "integer":
        # Not one of our schemas: a catalog that somebody wrote says what it takes.
        return lambda value, _path, _drift: value
    kind = kinds[0]
    if kind == "object":
        return _object(schema, path, scalars)
    if kind == "array":
        return _array(schema, path, scalars)
    if schema.get("format") == "date-time":
        return _date_time
    return {"string": _string, "number": _number, "boolean": _boolean}[kind]


def _object(schema: Mapping[str, Any], path: str, scalars: Mapping[str, str]) -> Convert:
    inside = f"{path}." if path else ""
    fields = {
        name: _compile(field, f"{inside}{name}", scalars)
        for name, field in schema.get("properties", {}).items()
        if name not in {"id", EXTRA} or path
    }
    declared = schema.get("properties", {}).keys()
    stands_for = scalars.get(path)

    def convert(value: Any, path: str, drift: Drift) -> Any:
        if not isinstance(value, dict):
            if stands_for is None or isinstance(value, list):
                return _MISFIT
            value = {stands_for: value}
        inside = f"{path}." if path else ""
        if path and declared:
            drift.unknown += [inside + name for name in value if name not in declared]
        for name, convert_field in fields.items():
            before = value.get(name)
            if before is None:
                continue
            after = convert_field(before, inside + name, drift)
            if after is _MISFIT:
                drift.misfits[inside + name] = _text(before)
                value[name] = None
            elif after is not before:
                value[name] = after
        return value

    return convert


def _array(schema: Mapping[str, Any], path: str, scalars: Mapping[str, str]) -> Convert:
    if "items" not in schema:
        return lambda value, _path, _drift: value if isinstance(value, list) else [value]
    element = _compile(schema["items"], f"{path}[]", scalars)

    def convert(value: Any, path: str, drift: Drift) -> list[Any]:
        fitting = []
        for index, before in enumerate(value if isinstance(value, list) else [value]):
            place = f"{path}[{index}]"
            after = None if before is None else element(before, place, drift)
            if after is _MISFIT:
                drift.misfits[place] = _text(before)
                after = None
            fitting.append(after)
        return fitting

    return convert


def _string(value: Any, _path: str, _drift: Drift) -> str:
    return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _number(value: Any, _path: str, _drift: Drift) -> Any:
    if isinstance(value, str):
        # As JSON spells numbers; others, such as 0010, may be names.
        value = Decimal(value) if _JSON_NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return _MISFIT
    # Beyond the range of a float, or too small for it, no target can hold it.
    try:
        nearest = float(value)
    except (OverflowError, ValueError):
        return _MISFIT
    return value if math.isfinite(nearest) and bool(nearest) == bool(value) else _MISFIT


def _boolean(value: Any, _path: str, _drift: Drift) -> Any:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value, _MISFIT) if isinstance(value, str) else _MISFIT


def _date_time(value: Any, _path: str, _drift: Drift) -> Any:
    moment = parse_date_time(value) if isinstance(value, str) else None
    if moment is None or _BELOW_MICROSECONDS.search(value):
        return _MISFIT
    return value if _STRICT_DATE_TIME.fullmatch(value) else moment.isoformat()
