"""Uploading any number of contacts as CSV, and telling what became of each.

Rows go in chunks, in their order. A chunk holds each number once, as Sakari may count two rows of
one number as one contact. Its rows all have the same columns: whether an empty cell clears what the
contact has is not documented, so none is sent. Rows that take turns in what they hold thus make
small chunks, and many requests: sort them by what they hold to avoid it, or allow `blanks` where
the contacts are certain to be new and have nothing to be cleared.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sakari_client import phone
from sakari_client.errors import InvalidInputError
from sakari_client.http import answers
from sakari_client.http.bodies import as_csv
from sakari_client.http.envelope import objects, whole_if_any
from sakari_client.http.transport import Operation
from sakari_client.resources import csv_rows
from sakari_client.resources.strategy import check_strategy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sakari_client.http.answers import Answer
    from sakari_client.http.transport import Transport

logger = logging.getLogger(__name__)

CHUNK_ROWS = 1000
_CHUNK_BYTES = 5_000_000

# The number tells Sakari which contact is meant, so doing it twice does no harm.
_UPLOAD = Operation("POST", "/contacts")


Status = Literal["written", "rejected", "unknown"]


@dataclass(frozen=True)
class RowOutcome:
    """What became of one contact of an upload.

    A contact listed as written with `mobile.valid: false` is stored, and counted as a success: the
    status is `written`, and the description says that no text will arrive. With `valid: false` or
    an `error` of its own, the status is `rejected`.

    Attributes:
        index: which one, from 0.
        status: written; rejected, with the reason; or unknown, where the server's answer does not
            tell: look the contact up, or upload it again.
        contact: as the server answers it; it may leave them out.
        code: Sakari's error code, or None.
        description: why it is rejected or unknown, or written in vain. May be the server's words:
            do not log it.
    """

    index: int
    status: Status
    contact: dict[str, Any] | None = field(default=None, repr=False)
    code: str | None = None
    description: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Row:
    """A contact that can be sent.

    Attributes:
        index: which one, from 0.
        key: the number, to find it by in the answer.
        cells: what is sent.
        size: bytes of that, at most.
    """

    index: int
    key: str
    cells: csv_rows.Cells
    size: int


@dataclass(frozen=True)
class _Uploaded:
    """`data` of ContactUploadResponse.

    Attributes:
        written: contacts by number, as far as they are listed.
        refused: those with an error, likewise.
        listed: how many are listed as written, whatever their number.
        errors: how many are listed with an error.
        submitted: how many rows the server read; None where it does not say.
        success: how many of them it wrote; None where it does not say.
    """

    written: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    refused: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    listed: int = 0
    errors: int = 0
    submitted: int | None = None
    success: int | None = None

    @property
    def counts_fewer(self) -> bool:
        """Whether it counts fewer as written than it lists."""
        return self.success is not None and self.success < self.listed


@dataclass
class _Chunk:
    """Rows of one request, and the contacts between them that cannot be sent.

    Attributes:
        most: how many there may be.
        blanks: whether rows may have empty cells.
        entries: all of them, in their order.
        columns: those of each row, or with blanks of any.
        keys: the numbers of the rows.
        size: bytes of the rows, at most.
    """

    most: int
    blanks: bool = False
    entries: list[_Row | RowOutcome] = field(default_factory=list)
    columns: frozenset[str] = frozenset()
    keys: set[str] = field(default_factory=set)
    size: int = 0

    def takes(self, entry: _Row | RowOutcome) -> bool:
        """Whether it can go into this chunk; into an empty one, anything can."""
        if len(self.entries) >= self.most:
            return False
        if not isinstance(entry, _Row) or not self.keys:
            return True
        columns = self.columns | entry.cells.keys()
        commas = len(columns) * (len(self.keys) + 1)
        size = csv_rows.size(columns) + self.size + entry.size + commas
        fits = self.blanks or entry.cells.keys() == self.columns
        return fits and entry.key not in self.keys and size < _CHUNK_BYTES

    def add(self, entry: _Row | RowOutcome) -> None:
        """Put it at the end."""
        self.entries.append(entry)
        if not isinstance(entry, _Row):
            return
        self.columns |= entry.cells.keys()
        self.keys.add(entry.key)
        self.size += entry.size


class Uploader:
    """Sends contacts chunk by chunk."""

    def __init__(
        self, transport: Transport, merge: str, chunk_rows: int, *, blanks: bool = False
    ) -> None:
        check_strategy(merge)
        if not isinstance(chunk_rows, int) or isinstance(chunk_rows, bool) or chunk_rows < 1:
            raise InvalidInputError("chunk_rows", "must be a whole number, 1 or more.")
        self._transport = transport
        self._query = {"mergeStrategy": merge}
        self._chunk_rows = chunk_rows
        self._blanks = blanks

    def outcomes(self, contacts: Iterable[Mapping[str, Any]]) -> Iterator[RowOutcome]:
        """Send contacts, and say what became of each, in their order.

        Raises:
            InvalidInputError: at once, if these are no contacts one after the other.
        """
        if isinstance(contacts, str | bytes | Mapping) or not isinstance(contacts, Iterable):
            raise InvalidInputError("contacts", "must be a list of them, or another iterable.")
        return self._outcomes(contacts)

    def _outcomes(self, contacts: Iterable[Mapping[str, Any]]) -> Iterator[RowOutcome]:
        read = (_read(index, contact) for index, contact in enumerate(contacts))
        for chunk in self._chunks(read):
            rows = [one for one in chunk if isinstance(one, _Row)]
            told = {one.index: one for one in self._send(rows)} if rows else {}
            yield from (told[one.index] if isinstance(one, _Row) else one for one in chunk)

    def _chunks(self, rows: Iterator[_Row | RowOutcome]) -> Iterator[list[_Row | RowOutcome]]:
        chunk = _Chunk(self._chunk_rows, self._blanks)
        for row in rows:
            if not chunk.takes(row):
                yield chunk.entries
                chunk = _Chunk(self._chunk_rows, self._blanks)
            chunk.add(row)
        if chunk.entries:
            yield chunk.entries

    def _send(self, rows: Sequence[_Row]) -> list[RowOutcome]:
        body = as_csv(csv_rows.write(row.cells for row in rows))
        uploaded = self._transport.call(_UPLOAD, query=self._query, body=body, read=_uploaded)
        return _told(rows, uploaded)


def _read(index: int, contact: Mapping[str, Any]) -> _Row | RowOutcome:
    try:
        cells = csv_rows.cells_of(contact)
        return _Row(index, _key(contact), cells, csv_rows.size(cells.values()))
    except InvalidInputError as error:
        return RowOutcome(index, "rejected", description=str(error))


def _key(contact: Mapping[str, Any]) -> str:
    return phone.of(contact) or (phone.number_of(contact) or "").strip()


def _uploaded(operation: str, answer: Answer) -> _Uploaded:
    """Read ContactUploadResponse; a success without `data` tells nothing of any row."""
    data = whole_if_any(operation, answer) or {}
    contacts, errors = objects(data.get("contacts")), objects(data.get("errors"))
    written = [one for one in contacts if not _is_refused(one)]
    among = {_key(one): one for one in contacts if _is_refused(one)}
    refused = {_key(one): one for one in errors}
    return _Uploaded(
        written={_key(one): one for one in written},
        refused={**among, **refused},
        listed=len(written),
        errors=len(errors) + len(among.keys() - refused.keys()),
        submitted=_count(data.get("submitted")),
        success=_count(data.get("success")),
    )


def _is_refused(contact: Mapping[str, Any]) -> bool:
    """Whether a contact is none that was written, though it is listed among these."""
    error = contact.get("error")
    return contact.get("valid") is False or (isinstance(error, dict) and bool(error.get("code")))


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _told(rows: Sequence[_Row], uploaded: _Uploaded) -> list[RowOutcome]:
    """What became of each row: by its number, or else by how many the server counts."""
    _check(len(rows), uploaded)
    listed = [_listed(row, uploaded) for row in rows]
    counts = Counter(one.status for one in listed if one)
    status = _status_of_others(rows, counts, uploaded)
    return [
        one or RowOutcome(row.index, status, description=_BY_COUNT[status])
        for row, one in zip(rows, listed, strict=True)
    ]


def _listed(row: _Row, uploaded: _Uploaded) -> RowOutcome | None:
    """What the answer says of a row's number; None where it does not name it."""
    contact, refused = uploaded.written.get(row.key), uploaded.refused.get(row.key)
    if contact and refused:
        return RowOutcome(
            row.index, "unknown", contact, description="Sakari lists the number as written and not."
        )
    if contact and uploaded.counts_fewer:
        return RowOutcome(
            row.index, "unknown", contact, description="Sakari lists more than it counts."
        )
    if contact:
        return RowOutcome(row.index, "written", contact, description=_doubt(contact))
    if refused:
        error = refused.get("error")
        code, words = answers.code_and_message(error)
        return RowOutcome(row.index, "rejected", None, code, words)
    return None


def _doubt(contact: Mapping[str, Any]) -> str | None:
    """What a written contact's number is said to lack; `valid` in `mobile` is of the number."""
    mobile = contact.get("mobile")
    if isinstance(mobile, dict) and mobile.get("valid") is False:
        return "It is stored, but Sakari says that its number is not valid: no text will arrive."
    return None


def _status_of_others(rows: Sequence[_Row], counts: Counter[Status], uploaded: _Uploaded) -> Status:
    """What became of the rows that the answer does not name: the same for all, or unknown.

    Args:
        rows: all that were sent.
        counts: how many the answer names, by status.
        uploaded: the answer.
    """
    if uploaded.submitted != len(rows) or uploaded.success is None or uploaded.counts_fewer:
        return "unknown"
    written = uploaded.success - counts["written"]
    # An error without a number that was sent is of one of these, whatever the counts say.
    errors_joined = uploaded.errors <= counts["rejected"]
    if written == len(rows) - counts.total() and errors_joined:
        return "written"
    # Numbers without a country code may be the same contact, who is written and counted once.
    if uploaded.success == 0 or (written == 0 and all(phone.e164(row.key) for row in rows)):
        return "rejected"
    return "unknown"


_BY_COUNT: Mapping[Status, str | None] = {
    "written": None,
    "rejected": "Sakari counts it as failed, and does not say why.",
    "unknown": "Sakari's answer does not tell what became of it.",
}


def _check(rows: int, uploaded: _Uploaded) -> None:
    """Say so where the counts contradict what was sent, the lists, or each other."""
    submitted, success, errors = uploaded.submitted, uploaded.success, uploaded.errors
    disagree = submitted is not None and submitted != rows
    if submitted is not None and success is not None:
        disagree |= submitted != success + errors
    if disagree or uploaded.counts_fewer:
        logger.warning(
            "%s: %d contacts were uploaded; Sakari counts %s and writes %s, and lists %d as "
            "written and %d with an error. Look at the outcomes that are unknown or rejected.",
            _UPLOAD, rows, submitted, success, uploaded.listed, errors,
        )  # fmt: skip
