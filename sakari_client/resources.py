"""The API's resources: one method per operation."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

from sakari_client.errors import ConfigError
from sakari_client.filters import ignored_filter
from sakari_client.http import answers
from sakari_client.http.transport import Operation, Transport
from sakari_client.paging.page import Page, ReadRow, Row, RowType, read_page
from sakari_client.paging.stitched import Incomplete, StitchedList

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logger = logging.getLogger(__name__)

Record = dict[str, Any]

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
    """

    name: str
    filters: tuple[str, ...] = ()
    paged = True
    keys: tuple[str, ...] = ("id",)

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
        """
        wanted = dict(filters or {})
        for name in wanted:
            if name not in self.filters:
                known = ", ".join(self.filters) or "none"
                raise ConfigError("filters", f"{self.name} has no filter {name!r}; it has {known}.")
        if not 1 <= page_size <= MAX_PAGE_SIZE:
            raise ConfigError("page_size", f"must be from 1 to {MAX_PAGE_SIZE}.")
        read_one = read_row or self.read_row
        if wanted:
            read_one, row_type = self._checking_filters(read_one, wanted), None

        def fetch(offset: int, limit: int) -> Page:
            query: dict[str, str | int] = {"offset": offset, "limit": limit, **wanted}
            page: Page = self._transport.call(
                self._list,
                query=query,
                read=lambda operation, answer: read_page(
                    operation, answer, offset, read_one, row_type
                ),
            )
            return page

        return StitchedList(
            self.name,
            fetch,
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
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        for rows in self.read(filters, page_size=page_size).pages():
            for row in rows:
                yield row.value


class Contacts(Resource):
    """`/contacts`. The filters find parts of a value, not whole ones (OpenAPI document)."""

    name = "contacts"
    filters = ("firstName", "lastName", "mobile", "email", "tags")


class Messages(Resource):
    """`/messages`, sent and received."""

    name = "messages"
    filters = ("contactId", "conversationId")


class Templates(Resource):
    """`/templates`. The filter finds parts of a name."""

    name = "templates"
    filters = ("name",)


class Campaigns(Resource):
    """`/campaigns`. The filter finds parts of a name."""

    name = "campaigns"
    filters = ("name",)


class Conversations(Resource):
    """`/conversations`."""

    name = "conversations"


class Webhooks(Resource):
    """`/webhooks`: subscriptions to events."""

    name = "webhooks"
    # The OpenAPI document gives this list a `pagination` object but no `offset` and `limit`.
    # They are sent all the same: the API ignores parameters it does not know.
    paged = False
    # A webhook of the old shape has no id.
    keys = ("id", "url")


# Calls, links and forms are in Sakari's newer documentation (developer.sakari.io, api-reference),
# not in its OpenAPI document of API 1.0.1, and were not tried against the live API.


class Calls(Resource):
    """`/calls`: the history of voice calls.

    The newer documentation shows no `offset` and `limit`, but a `pagination` object as of every
    list that has them; so they are taken to be there. No filter is documented.
    """

    name = "calls"


class Links(Resource):
    """`/links`: shortened links and their clicks. The filter searches several fields."""

    name = "links"
    filters = ("q",)
    # As of webhooks: a `pagination` object, but no `offset` and `limit`.
    paged = False


class Forms(Resource):
    """`/forms`: lead forms. The filter searches several fields.

    `orderBy` is documented too, but not what it may be; it is left out.
    """

    name = "forms"
    filters = ("q",)


def _at(stamp: Any) -> str | None:
    """When something happened: `created` and `updated` are `{at, by}`, or only the date."""
    at = stamp.get("at") if isinstance(stamp, dict) else stamp
    return at if isinstance(at, str) else None


RESOURCES: tuple[type[Resource], ...] = (
    Contacts,
    Messages,
    Templates,
    Campaigns,
    Conversations,
    Webhooks,
    Calls,
    Links,
    Forms,
)
"""Every resource that can be listed."""
