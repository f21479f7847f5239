"""The API's resources: one method per operation."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import TYPE_CHECKING, Any

from sakari_client.ahead import Page, Row
from sakari_client.errors import ConfigError, InvalidAnswerError
from sakari_client.filters import ignored_filter
from sakari_client.paging import StitchedList
from sakari_client.transport import Operation, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

logger = logging.getLogger(__name__)

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

    def identify(self, row: Row) -> str:
        """The id of a row; text, also where the server sends a number.

        A row without one, which the API does not document, is known by its content, so that it
        is neither lost nor taken for another one.
        """
        for name in self.keys:
            value = row.get(name)
            if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "":
                return str(value)
        content = json.dumps(row, sort_keys=True, default=str).encode()
        return f"{NO_ID}{hashlib.sha256(content).hexdigest()[:24]}"

    def read(
        self, filters: Mapping[str, str] | None = None, *, page_size: int = MAX_PAGE_SIZE
    ) -> StitchedList:
        """Prepare to read the list; its `pages()` yields the rows, and it counts them."""
        wanted = dict(filters or {})
        for name in wanted:
            if name not in self.filters:
                known = ", ".join(self.filters) or "none"
                raise ConfigError("filters", f"{self.name} has no filter {name!r}; it has {known}.")
        if not 1 <= page_size <= MAX_PAGE_SIZE:
            raise ConfigError("page_size", f"must be from 1 to {MAX_PAGE_SIZE}.")

        def fetch(offset: int, limit: int) -> Page:
            query: dict[str, str | int] = {"offset": offset, "limit": limit, **wanted}
            page: Page = self._transport.call(
                self._list,
                query=query,
                parse=lambda document: _page(str(self._list), offset, document),
            )
            if offset == 0:
                self._check_filters(page, wanted)
            return page

        return StitchedList(
            self.name,
            fetch,
            self.identify,
            page_size=page_size,
            concurrency=self._transport.config.concurrency,
            paged=self.paged,
        )

    def _check_filters(self, page: Page, filters: Mapping[str, str]) -> None:
        """Say so where the first page holds a row that a filter should have left out."""
        ignored = next(filter(None, (ignored_filter(row, filters) for row in page.rows)), None)
        if ignored:
            logger.warning(
                "%s: rows came that the filter %r should have left out. Sakari may no longer know "
                "it; do not rely on it.",
                self.name,
                ignored,
            )

    def list(
        self, filters: Mapping[str, str] | None = None, *, page_size: int = MAX_PAGE_SIZE
    ) -> Iterator[Row]:
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
            yield from rows


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


def _page(operation: str, offset: int, document: Any) -> Page:
    """Take a list's answer apart.

    The envelope is `{success, data, pagination}`; `pagination` is documented as `{offset, limit,
    totalCount}`, the same with `hasNext`, and without `totalCount`.
    """
    envelope = document if isinstance(document, dict) else {}
    pagination = envelope.get("pagination")
    hints = pagination if isinstance(pagination, dict) else {}
    total, has_next = hints.get("totalCount"), hints.get("hasNext")
    rows = envelope.get("data")
    if rows is None and total == 0:
        rows = []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InvalidAnswerError(
            f"{operation}: the answer holds no list of records in `data`.", operation=operation
        )
    return Page(
        offset,
        rows,
        total=total if isinstance(total, int) and not isinstance(total, bool) else None,
        has_next=has_next if isinstance(has_next, bool) else None,
    )


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
