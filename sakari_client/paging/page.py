"""One page of a list: its rows, and what the server says about the whole list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import msgspec

from sakari_client.errors import InvalidAnswerError
from sakari_client.http import answers

if TYPE_CHECKING:
    from sakari_client.http.answers import Answer


class Row(msgspec.Struct, gc=False):
    """One record of a list, and what paging needs to know of it.

    Attributes:
        value: the record, in the form that the reader of the list asked for.
        id: its identity within the list.
        created: when it was made, as text that sorts by time; None where that is not known.
        updated: when it last changed, likewise.
    """

    value: Any
    id: str
    created: str | None = None
    updated: str | None = None


ReadRow = Callable[[bytes], Row]
"""Reads the JSON text of one record. Called from several threads; a `ValueError` says that it
cannot be read at all."""


@dataclass(frozen=True)
class RowType:
    """What a page of rows is decoded into at once, where all of them fit; else each is read alone.

    Attributes:
        type: a type of msgspec's.
        row: makes a row of an object of that type.
    """

    type: Any
    row: Callable[[Any], Row]

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Any]:
        """Decodes a list's answer."""
        return msgspec.json.Decoder(_Envelope[self.type])  # type: ignore[name-defined]


@dataclass(frozen=True)
class Page:
    """One answer of a list.

    Attributes:
        offset: the offset asked for.
        rows: the records.
        total: the server's count of the whole list (`totalCount`), if it gives one.
        has_next: whether the server says that rows follow (`hasNext`), if it does.
    """

    offset: int
    rows: list[Row]
    total: int | None = None
    has_next: bool | None = None

    @property
    def end(self) -> int:
        """Offset of the row after the last one."""
        return self.offset + len(self.rows)

    @cached_property
    def ids(self) -> list[str]:
        """The ids of the rows."""
        return [row.id for row in self.rows]

    @property
    def says_more(self) -> bool | None:
        """Whether the server says that rows follow; None where it says nothing.

        Where its two hints differ, the one that promises more is believed. A total that is less
        than the rows already there is wrong, and says nothing.
        """
        if self.total is not None and self.end < self.total:
            return True
        if self.has_next is not None:
            return self.has_next
        return False if self.total == self.end else None


_R = TypeVar("_R")


class _Envelope(msgspec.Struct, Generic[_R]):
    """A list's answer: `{success, data, pagination}`.

    `pagination` is documented as `{offset, limit, totalCount}`, the same with `hasNext`, and
    without `totalCount`.
    """

    data: list[_R] | None = None
    success: Any = None
    pagination: Any = None

    @property
    def hints(self) -> dict[str, Any]:
        """What `pagination` holds, if anything."""
        return self.pagination if isinstance(self.pagination, dict) else {}


_RAW = msgspec.json.Decoder(_Envelope[msgspec.Raw])
"""Leaves the rows as they are."""


def read_page(
    operation: str,
    answer: Answer,
    offset: int,
    read_row: ReadRow,
    row_type: RowType | None = None,
) -> Page:
    """Take a list's answer apart.

    Raises:
        SakariError: the answer is an error, or holds no list of records.
    """
    if row_type:
        envelope = _decode(answer, row_type.decoder)
        if envelope and envelope.data is not None:
            return _page(envelope, offset, [row_type.row(record) for record in envelope.data])
    envelope = _decode(answer, _RAW) or _read_whole(operation, answer)
    data = [] if envelope.data is None and envelope.hints.get("totalCount") == 0 else envelope.data
    texts = [bytes(row) for row in data] if isinstance(data, list) else None
    if texts is None or not all(text.startswith(b"{") for text in texts):
        raise InvalidAnswerError(
            f"{operation}: the answer holds no list of records in `data`.", operation=operation
        )
    try:
        rows = [read_row(text) for text in texts]
    except ValueError:
        raise answers.unreadable(operation, answer) from None
    return _page(envelope, offset, rows)


def _page(envelope: _Envelope[Any], offset: int, rows: list[Row]) -> Page:
    total, has_next = envelope.hints.get("totalCount"), envelope.hints.get("hasNext")
    return Page(
        offset,
        rows,
        total=total if isinstance(total, int) and not isinstance(total, bool) else None,
        has_next=has_next if isinstance(has_next, bool) else None,
    )


def _decode(answer: Answer, decoder: msgspec.json.Decoder[Any]) -> _Envelope[Any] | None:
    """Decode a list's answer; None where it is none, or its rows are of another type."""
    if not answer.succeeded:
        return None
    try:
        envelope: _Envelope[Any] = decoder.decode(answers.without_nul(answer.body))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return None if envelope.success is False else envelope


def _read_whole(operation: str, answer: Answer) -> _Envelope[Any]:
    """Read an answer that is no plain list as leniently as can be."""
    document = answers.read(operation, answer)
    whole = document if isinstance(document, dict) else {}
    data = whole.get("data")
    rows = [msgspec.json.encode(row) for row in data] if isinstance(data, list) else data
    return _Envelope(rows, whole.get("success"), whole.get("pagination"))
