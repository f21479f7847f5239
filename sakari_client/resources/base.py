"""What the resources have in common: lists, single records, writes."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sakari_client.errors import ConfigError, InvalidInputError, NotFoundError
from sakari_client.http import answers
from sakari_client.http.bodies import as_json
from sakari_client.http.envelope import one, one_if_any
from sakari_client.http.transport import Operation, Transport
from sakari_client.paging.page import Page, ReadRow, Row, RowType, read_page
from sakari_client.paging.stitched import Incomplete, StitchedList
from sakari_client.resources.filters import ignored_filter
from sakari_client.resources.merge import alike, merged, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sakari_client.http.answers import Answer
    from sakari_client.http.transport import Query

logger = logging.getLogger(__name__)

Record = dict[str, Any]
"""A record as the API has it: names of fields and their values."""

MAX_PAGE_SIZE = 100
"""Largest `limit` that the API documents."""


NO_ID = "no-id-"
"""What the ids begin with that we make up."""


class Resource:
    """A kind of record that can be listed.

    Attributes:
        name: its name in the API's paths.
        filters: query parameters by which the list can be narrowed.
        paged: whether the API documents `offset` and `limit` for it.
        keys: the fields that may hold a row's id, the best first.
        read_only: fields of a record that are Sakari's to write; `mobile.valid` is inside `mobile`.
    """

    name: str
    filters: tuple[str, ...] = ()
    paged = True
    keys: tuple[str, ...] = ("id",)
    read_only: frozenset[str] = frozenset({"id", "created", "updated"})

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._list = Operation("GET", f"/{self.name}")

    def identify(self, record: Record) -> str:
        """The id of a record; text, also where the server sends a number.

        A record without one, which the API does not document, is known by its content, so that
        it is neither lost nor taken for another one.
        """
        for name in self.keys:
            value = record.get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
                return str(value)
        content = json.dumps(record, sort_keys=True, default=str).encode()
        return f"{NO_ID}{hashlib.sha256(content).hexdigest()[:24]}"

    def read_row(self, text: bytes) -> Row:
        """Read a record as the plain object that the server sent."""
        record = answers.decode(text)
        return Row(
            record, self.identify(record), _at(record.get("created")), _at(record.get("updated"))
        )

    def read(  # noqa: PLR0913
        self,
        filters: Mapping[str, str] | None = None,
        *,
        page_size: int = MAX_PAGE_SIZE,
        read_row: ReadRow | None = None,
        row_type: RowType | None = None,
        back_to: str | None = None,
        incomplete: Incomplete = "fail",
        certain: bool = False,
    ) -> StitchedList:
        """Prepare to read the list; its `pages()` yields the rows, and it counts them.

        Args:
            filters: query parameters to narrow the list, by name.
            page_size: records to ask for in one request, 1 to 100.
            read_row: reads one record. Default: as the server sent it.
            row_type: reads a page of records at once, where they are of that type.
            back_to: see `StitchedList`.
            incomplete: see `StitchedList`.
            certain: see `StitchedList`.

        Raises:
            ConfigError: no such filter, or the page size is out of range.
            InvalidInputError: a filter's value is no text, or empty.
        """
        wanted = dict(required_object(filters or {}, "filters"))
        for name in wanted:
            if name not in self.filters:
                known = ", ".join(self.filters) or "none"
                raise ConfigError("filters", f"{self.name} has no filter {name!r}; it has {known}.")
        for name, value in wanted.items():
            if not isinstance(value, str) or not value.strip():
                raise InvalidInputError(f"filters.{name}", "must be text that is not empty.")
        if not (isinstance(page_size, int) and 1 <= page_size <= MAX_PAGE_SIZE):
            raise ConfigError("page_size", f"must be from 1 to {MAX_PAGE_SIZE}.")
        read_one = read_row or self.read_row
        if wanted:
            read_one, row_type = self._checking_filters(read_one, wanted), None

        return StitchedList(
            self.name,
            lambda offset, limit: self._fetch(offset, limit, wanted, read_one, row_type),
            page_size=page_size,
            concurrency=self._transport.config.concurrency,
            paged=self.paged,
            back_to=back_to,
            incomplete=incomplete,
            certain=certain,
            width=self._transport.width,
        )

    def _checking_filters(self, read_row: ReadRow, filters: Mapping[str, str]) -> ReadRow:
        """Read rows, and say so once where one comes that a filter should have left out."""
        said: set[str] = set()

        def read(text: bytes) -> Row:
            ignored = None if said else ignored_filter(answers.decode(text), filters)
            if ignored:
                said.add(ignored)
                logger.warning(
                    "%s: rows came that the filter %r should have left out. Sakari may no longer "
                    "know it; do not rely on it.",
                    self.name,
                    ignored,
                )
            return read_row(text)

        return read

    def list(
        self, filters: Mapping[str, str] | None = None, *, page_size: int = MAX_PAGE_SIZE
    ) -> Iterator[Record]:
        """`GET /v1/accounts/{accountId}/<name>`: every record once, page after page.

        Args:
            filters: query parameters to narrow the list, by name.
            page_size: records to ask for in one request, 1 to 100.

        Yields:
            The records as the API sends them.

        Raises:
            ConfigError: no such filter, or the page size is out of range.
            InvalidInputError: a filter's value is no text, or empty.
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        for rows in self.read(filters, page_size=page_size).pages():
            for row in rows:
                yield row.value

    def first_page(self, *, page_size: int = MAX_PAGE_SIZE) -> Page:
        """`GET /v1/accounts/{accountId}/<name>`: the first records, and how many there are.

        Args:
            page_size: records to ask for, 1 to 100.

        Returns:
            The page; its `total` is the server's count of the list, None where it gives none.

        Raises:
            SakariError: the request failed for good.
        """
        return self._fetch(0, page_size, {}, self.read_row, None)

    def _fetch(
        self,
        offset: int,
        limit: int,
        filters: Mapping[str, str],
        read_row: ReadRow,
        row_type: RowType | None,
    ) -> Page:
        page: Page = self._transport.call(
            self._list,
            query={"offset": offset, "limit": limit, **filters},
            read=lambda operation, answer: read_page(operation, answer, offset, read_row, row_type),
        )
        return page

    def _get(self, operation: Operation, **ids: str) -> Record:
        """Read one record."""
        record: Record = self._transport.call(operation, ids=ids, read=one)
        return record

    def _create(
        self, operation: Operation, record: Mapping[str, Any], query: Query | None = None
    ) -> Record:
        """Write a new record; gives it as the server answers it, with its id.

        An answer that holds no record says no less that it is written: then it is as given.
        """
        created = self._created(operation, record, query)
        return dict(record) if created is None else created

    def _created(
        self, operation: Operation, record: Mapping[str, Any], query: Query | None = None
    ) -> Record | None:
        """Write a new record; None where the answer is one of success without a record."""
        body = as_json(dict(required_object(record, "the record")), str(operation))
        created: Record | None = self._transport.call(
            operation, query=query, body=body, read=one_if_any
        )
        return created

    def _update(
        self,
        get: Operation,
        put: Operation,
        changes: Mapping[str, Any],
        merge: Callable[[Record, Mapping[str, Any]], Record] = merged,
        **ids: str,
    ) -> Record:
        """Change some fields of a record, and write it only if that changes anything.

        All of it is written, as the API does not say what PUT does to fields that are not sent.
        So a record that was not read exactly as it is is not written, to spoil nothing.
        """
        for name in required_object(changes, "changes"):
            if name in self.read_only:
                raise InvalidInputError(
                    name, "is written by Sakari alone; leave it out.", operation=str(put)
                )
        current, is_exact = self._transport.call(get, ids=ids, read=_one_and_whether_exact)
        wanted = merge(current, changes)
        before, after = without(current, self.read_only), without(wanted, self.read_only)
        if alike(before, after, str(put)):
            return dict(current)
        if not is_exact:
            raise InvalidInputError(
                "the record",
                "holds what cannot be written back exactly as Sakari has it (a number too large or "
                "too long, half a character, NUL, or more than 100 levels), so nothing was "
                "changed. Change it at hub.sakari.io, or write all of it with replace.",
                operation=str(put),
            )
        return self._replace(put, wanted, **ids)

    def _replace(self, put: Operation, record: Mapping[str, Any], **ids: str) -> Record:
        """Write a whole record."""
        writable = without(required_object(record, "the record"), self.read_only)
        body = as_json(writable, str(put))
        written: Record | None = self._transport.call(put, ids=ids, body=body, read=one_if_any)
        return dict(record) if written is None else written

    def _delete(self, operation: Operation, **ids: str) -> bool:
        """Delete a record; whether it was there, to this try or perhaps to an earlier one."""
        try:
            self._transport.call(operation, ids=ids)
        except NotFoundError as error:
            if error.code and error.code.startswith("ACCT-"):
                raise  # it is the account that was not found
            return error.earlier_may_have_acted
        return True


def _one_and_whether_exact(operation: str, answer: Answer) -> tuple[Record, bool]:
    return one(operation, answer), answers.is_exact(answer.body)


def required_object(value: Any, what: str) -> Mapping[str, Any]:
    """What was given, if it is an object: names and their values.

    Raises:
        InvalidInputError: it is something else.
    """
    if not isinstance(value, Mapping):
        raise InvalidInputError(what, "must be an object: names and their values.")
    return value


def _at(stamp: Any) -> str | None:
    """When something happened: `created` and `updated` are `{at, by}`, or only the date."""
    at = stamp.get("at") if isinstance(stamp, dict) else stamp
    return at if isinstance(at, str) else None
