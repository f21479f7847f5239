"""The streams, a row of the table each: what is special about it stands here."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from tap_sakari.conform import utc_milliseconds
from tap_sakari.stream import SakariStream

if TYPE_CHECKING:
    from collections.abc import Generator

    from sakari_client.paging.page import Row
    from tap_sakari.access import Access, Get

Record = dict[str, Any]

_STAMPS = {"created": "at", "updated": "at"}
_CONTACT = {**_STAMPS, "tags[]": "tag"}


def _inside(path: str, scalars: dict[str, str]) -> dict[str, str]:
    return {f"{path}.{name}": key for name, key in scalars.items()}


class ContactsStream(SakariStream):
    """`GET /contacts`."""

    name = "contacts"
    # Tags are documented as {tag, visible}; plain words are accepted in requests.
    scalars: ClassVar[dict[str, str]] = _CONTACT


class MessagesStream(SakariStream):
    """`GET /messages`, both directions. A status can change for days after the text was sent."""

    name = "messages"
    stops_early = True
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        **_inside("contact", _CONTACT),
        **_inside("conversation", {**_STAMPS, "phoneNumber": "number"}),
    }

    @functools.cached_property
    def lookback(self) -> timedelta:  # type: ignore[override]
        """As long as the setting says."""
        return timedelta(days=float(self.config["lookback_days"]))

    def lift(self, access: Access) -> dict[str, Get]:
        """Lift our phone number too: API 1.0.1 has it as text, real answers in `conversation`."""
        paths = ("phoneNumber", "phoneNumber.number")
        nested = (f"conversation.{path}" for path in paths)
        return {"phone_number": access.text(*paths, *nested)}


class TemplatesStream(SakariStream):
    """`GET /templates`."""

    name = "templates"
    scalars: ClassVar[dict[str, str]] = _STAMPS


class CampaignsStream(SakariStream):
    """`GET /campaigns`."""

    name = "campaigns"
    # filters.list is documented as an id and as an object.
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        **_inside("lastJob", _STAMPS),
        "filters.list": "id",
        "filters.attributes[]": "attribute",
        "filters.tags[]": "tag",
    }


class ConversationsStream(SakariStream):
    """`GET /conversations`."""

    name = "conversations"
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        "phoneNumber": "number",
        **_inside("contact", _CONTACT),
        **_inside("lastMessage", _STAMPS),
        **_inside("lastMessage.contact", _CONTACT),
    }

    def lift(self, access: Access) -> dict[str, Get]:
        """Lift what `closed` means, and our phone number, which is an object or text."""
        closed = access.at("closed")
        return {
            "is_closed": lambda record: self.is_closed(closed(record)),
            "phone_number": access.text("phoneNumber.number", "phoneNumber"),
        }

    def changes(self, access: Access) -> Get:
        """A conversation also changes when its `closed` date comes; `updated` does not tell."""
        closed = access.text("closed")

        def closed_at(record: Any) -> str | None:
            date = closed(record)
            return utc_milliseconds(date) if self.is_closed(date) else None

        return closed_at


class WebhooksStream(SakariStream):
    """`GET /webhooks`. They carry no dates, so all are read each time."""

    name = "webhooks"
    replication_key = None
    dated = False


# What follows is in Sakari's newer documentation (developer.sakari.io, api-reference), not in its
# OpenAPI document of API 1.0.1, and was not tried against the live API. So it is off until somebody
# selects it: an account that lacks one of these endpoints must not fail for it.


class CallsStream(SakariStream):
    """`GET /calls`: the history of voice calls, both directions."""

    name = "calls"
    selected_by_default = False
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        "phoneNumber": "number",
        **_inside("contact", _CONTACT),
    }

    # A call without `updated` may still go on.
    lookback = timedelta(days=1)

    def lift(self, access: Access) -> dict[str, Get]:
        """Lift our phone number, which is an object."""
        return {"phone_number": access.text("phoneNumber.number", "phoneNumber")}


class LinksStream(SakariStream):
    """`GET /links`: shortened links and their clicks."""

    name = "links"
    selected_by_default = False
    scalars: ClassVar[dict[str, str]] = _STAMPS
    # Clicks are counted in `stats`; no document says that `updated` tells. So all are read.
    replication_key = None


class FormsStream(SakariStream):
    """`GET /forms`: lead forms, how often they were seen and filled in."""

    name = "forms"
    selected_by_default = False
    scalars: ClassVar[dict[str, str]] = _STAMPS
    # As of links: impressions and conversions are counters.
    replication_key = None


class SnapshotStream(SakariStream):
    """A stream of a single record: an object of the account as it is now, and no list."""

    selected_by_default = False
    replication_key = None

    def ask(self) -> Record:
        """Ask for the object."""
        raise NotImplementedError

    def identify(self, row: Record) -> str:
        """The id of the account, where it does not say its own."""
        row_id = row.get("id")
        plain = isinstance(row_id, (str, int)) and not isinstance(row_id, bool) and row_id != ""
        return str(row_id if plain else self.config["account_id"])

    def read_pages(self) -> Generator[list[Row], None, None]:
        """Yield the one record."""
        row = self.read_row.from_dictionary(self.ask())
        self.note_drift([row])
        self.tally.read = 1
        yield [row]


class BalanceStream(SnapshotStream):
    """`GET /balance`. The API tells no history, so each run adds a row, and they make one."""

    name = "balance"
    primary_keys = ("account_id", "observed_at")
    dated = False

    def ask(self) -> Record:
        """Ask for the balance."""
        return self._sakari_tap.client.account.balance()

    def lift(self, access: Access) -> dict[str, Get]:  # noqa: ARG002
        """Whose balance it is, and when it was so by the server's clock: it says neither."""
        return {"account_id": lambda _: self.config["account_id"], "observed_at": self._observed_at}

    def _observed_at(self, _: Record) -> str | None:
        now = datetime.fromtimestamp(self._sakari_tap.client.server_time(), timezone.utc)
        return utc_milliseconds(now.isoformat())


class AccountStream(SnapshotStream):
    """`GET /v1/accounts/{accountId}` itself; the client takes the secrets out of it."""

    name = "account"
    dated = False
    scalars: ClassVar[dict[str, str]] = {"options.customDomain.created": "at"}

    def ask(self) -> Record:
        """Ask for the account."""
        return self._sakari_tap.client.account.get()


STREAMS: tuple[type[SakariStream], ...] = (
    ContactsStream,
    MessagesStream,
    TemplatesStream,
    CampaignsStream,
    ConversationsStream,
    WebhooksStream,
    CallsStream,
    LinksStream,
    FormsStream,
    BalanceStream,
    AccountStream,
)
