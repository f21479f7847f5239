"""Whether two taps wrote the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_START = b'{"type":"RECORD"'


class _Line(msgspec.Struct):
    stream: str
    record: msgspec.Raw


class _Record(msgspec.Struct):
    id: str


_line = msgspec.json.Decoder(_Line)
_record = msgspec.json.Decoder(_Record)


def differences(one: Path, other: Path, rows: int) -> Iterator[str]:
    """Tell what is not the same in the output of two taps.

    Records are compared by stream and id, field by field. Numbers are compared as numbers, so that
    1 and 1.0 are the same. Their order, and when each was extracted, does not matter.

    Args:
        one: what a tap wrote to its standard output.
        other: likewise.
        rows: how many records there must be.
    """
    left: dict[str, bytes] = {}
    for name, record in _records(one):
        if name in left:
            yield f"{name}: twice in {one}"
        left[name] = record
    if len(left) != rows:
        yield f"{len(left):,} records in {one}, but there are {rows:,}"
    seen = set()
    for name, record in _records(other):
        if name in seen:
            yield f"{name}: twice in {other}"
        seen.add(name)
        if name not in left:
            yield f"{name}: not in {one}"
        else:
            values = msgspec.json.decode(left[name]), msgspec.json.decode(record)
            yield from (f"{name}: {path} differs" for path in _unequal(*values, ""))
    yield from (f"{name}: not in {other}" for name in left if name not in seen)


def _records(output: Path) -> Iterator[tuple[str, bytes]]:
    """Each record with its stream and id; as text, which takes less memory."""
    with output.open("rb") as lines:
        for text in lines:
            if text.startswith(_START):
                line = _line.decode(text)
                record = bytes(line.record)
                yield f"{line.stream} {_record.decode(record).id}", record


def _unequal(left: Any, right: Any, path: str) -> Iterator[str]:
    """The paths at which two JSON values differ."""
    if isinstance(left, dict) and isinstance(right, dict):
        for name in left.keys() | right.keys():
            inner = f"{path}.{name}" if path else name
            if name in left and name in right:
                yield from _unequal(left[name], right[name], inner)
            else:
                yield inner
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            yield from _unequal(*pair, f"{path}[{index}]")
    elif left != right or isinstance(left, bool) != isinstance(right, bool):
        yield path
