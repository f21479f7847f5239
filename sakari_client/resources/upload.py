"""Uploading any number of contacts as CSV, and telling what became of each."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sakari_client import phone
from sakari_client.errors import InvalidInputError
from sakari_client.http import answers
from sakari_client.http.bodies import as_csv
from sakari_client.http.envelope import whole
from sakari_client.http.transport import Operation
from sakari_client.resources import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sakari_client.http.answers import Answer
    from sakari_client.http.transport import Transport

logger = logging.getLogger(__name__)

CHUNK_ROWS = 1000
_CHUNK_CHARACTERS = 5_000_000

# The number tells Sakari which contact is meant, so doing it twice does no harm.
_UPLOAD = Operation("POST", "/contacts")


@dataclass(frozen=True)
class RowOutcome:
    """What became of one contact of an upload.

    Attributes:
        index: which one, from 0.
        status: written; rejected, with the reason; or unknown, where the server's answer does not
            tell: look the contact up, or upload it again.
        contact: as the server answers it; it may leave them out.
        code: Sakari's error code, or None.
        description: why it is rejected or unknown. May be the server's words: do not log it.
    """

    index: int
    status: Literal["written", "rejected", "unknown"]
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
    """

    index: int
    key: str
    cells: csv_rows.Cells


@dataclass(frozen=True)
class _Uploaded:
    """`data` of ContactUploadResponse.

    Attributes:
        written: contacts by number, as far as they are listed.
        refused: those with an error, likewise.
        submitted: how many rows the server read; None where it does not say.
        success: how many of them it wrote; None where it does not say.
    """

    written: Mapping[str, dict[str, Any]]
    refused: Mapping[str, dict[str, Any]]
    submitted: int | None
    success: int | None


class Uploader:
    """Sends contacts chunk by chunk."""

    def __init__(self, transport: Transport, merge: str, chunk_rows: int) -> None:
        if chunk_rows < 1:
            raise InvalidInputError("chunk_rows", "must be 1 or more.")
        self._transport = transport
        self._query = {"mergeStrategy": merge}
        self._chunk_rows = chunk_rows

    def outcomes(self, contacts: Iterable[Mapping[str, Any]]) -> Iterator[RowOutcome]:
        """Send contacts, and say what became of each, in their order."""
        read = (_read(index, contact) for index, contact in enumerate(contacts))
        for chunk in self._chunks(read):
            rows = [one for one in chunk if isinstance(one, _Row)]
            told = {one.index: one for one in self._send(rows)} if rows else {}
            yield from (told[one.index] if isinstance(one, _Row) else one for one in chunk)

    def _chunks(self, rows: Iterator[_Row | RowOutcome]) -> Iterator[list[_Row | RowOutcome]]:
        chunk: list[_Row | RowOutcome] = []
        size = 0
        for row in rows:
            more = sum(map(len, row.cells.values())) if isinstance(row, _Row) else 0
            if chunk and (len(chunk) >= self._chunk_rows or size + more > _CHUNK_CHARACTERS):
                yield chunk
                chunk, size = [], 0
            chunk.append(row)
            size += more
        if chunk:
            yield chunk

    def _send(self, rows: Sequence[_Row]) -> list[RowOutcome]:
        body = as_csv(csv_rows.write(row.cells for row in rows))
        uploaded = self._transport.call(_UPLOAD, query=self._query, body=body, read=_uploaded)
        return _told(rows, uploaded)


def _read(index: int, contact: Mapping[str, Any]) -> _Row | RowOutcome:
    try:
        return _Row(index, _key(contact), csv_rows.cells_of(contact))
    except InvalidInputError as error:
        return RowOutcome(index, "rejected", description=str(error))


def _key(contact: Mapping[str, Any]) -> str:
    return phone.of(contact) or phone.number_of(contact) or ""


def _uploaded(operation: str, answer: Answer) -> _Uploaded:
    """Read ContactUploadResponse."""
    data = whole(operation, answer)
    return _Uploaded(
        {_key(one): one for one in _objects(data.get("contacts"))},
        {_key(one): one for one in _objects(data.get("errors"))},
        _count(data.get("submitted")),
        _count(data.get("success")),
    )


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _told(rows: Sequence[_Row], uploaded: _Uploaded) -> list[RowOutcome]:
    """What became of each row: by its number, or else by how many the server counts."""
    listed = [_listed(row, uploaded) for row in rows]
    counts = Counter(one.status for one in listed if one)
    _check(len(rows), counts["rejected"], uploaded)
    unlisted = len(rows) - counts.total()
    unaccounted = None
    if uploaded.submitted == len(rows) and uploaded.success is not None:
        unaccounted = uploaded.success - counts["written"]
    return [
        one or _by_count(row.index, unlisted, unaccounted)
        for row, one in zip(rows, listed, strict=True)
    ]


def _listed(row: _Row, uploaded: _Uploaded) -> RowOutcome | None:
    """What the answer says of a row's number; None where it does not name it."""
    contact, refused = uploaded.written.get(row.key), uploaded.refused.get(row.key)
    if contact and refused:
        return RowOutcome(
            row.index, "unknown", contact, description="Sakari lists the number as written and not."
        )
    if contact:
        return RowOutcome(row.index, "written", contact)
    if refused:
        error = refused.get("error")
        code, words = answers.code_and_message(error)
        return RowOutcome(row.index, "rejected", None, code, words)
    return None


def _by_count(index: int, unlisted: int, written: int | None) -> RowOutcome:
    """What became of a row that the answer does not name.

    Args:
        index: of the row.
        unlisted: how many there are of its kind.
        written: how many of these the server counts as written; None where that is not known.
    """
    if written == unlisted:
        return RowOutcome(index, "written")
    if written == 0:
        return RowOutcome(
            index, "rejected", description="Sakari counts it as failed, and does not say why."
        )
    return RowOutcome(
        index, "unknown", description="Sakari's answer does not tell what became of it."
    )


def _check(rows: int, rejected: int, uploaded: _Uploaded) -> None:
    """Say so where the counts contradict what was sent, or each other."""
    submitted, success = uploaded.submitted, uploaded.success
    if submitted is None or success is None:
        return
    if submitted != rows or submitted < success + rejected:
        logger.warning(
            "%s: %d contacts were uploaded; Sakari counts %d, writes %d and refuses %d. Look at "
            "the outcomes that are unknown.",
            _UPLOAD, rows, submitted, success, rejected,
        )  # fmt: skip
