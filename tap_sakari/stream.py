"""What all streams share: the client's pages in, records that fit the schema out."""

from __future__ import annotations

import functools
import logging
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk import Stream
from singer_sdk.exceptions import MappingError, SyncLifecycleSignal
from singer_sdk.helpers.conform import TypeConformanceLevel

from sakari_client.errors import SakariError
from sakari_client.resources import NO_ID
from sakari_client.schemas import load_schema
from tap_sakari.conform import EXTRA, conformer, parse_date_time, utc_milliseconds
from tap_sakari.writer import NoReaderError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from singer_sdk.helpers.types import Context

    from tap_sakari.tap import TapSakari

Record = dict[str, Any]


class SakariStream(Stream):
    """A stream of one kind of record, read from the client's resource of the same name."""

    primary_keys = ("id",)
    replication_key: str | None = "updated_at"

    # The records fit their schema before the SDK sees them (conform.py).
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    scalars: ClassVar[dict[str, str]] = {}
    """Objects that the server may send as a plain value; see `conform.conformer`."""

    lifted: ClassVar[tuple[str, ...]] = ("created_at", "updated_at")
    """Fields that `lift` makes; see there."""

    def __init__(self, tap: TapSakari) -> None:
        super().__init__(tap, schema=load_schema(self.name))
        self._sakari_tap = tap
        self._reported: set[str] = set()
        self._started = datetime.fromtimestamp(tap.initialized_at / 1000, timezone.utc)

    @functools.cached_property
    def _conform(self) -> Callable[[Record], dict[str, Any]]:
        """Makes a record fit the schema of the catalog in use, which may be an older one."""
        return conformer(self.effective_schema, self.scalars, self.lifted)

    def get_records(self, context: Context | None) -> Iterable[Record]:
        """Yield the stream's records: all of them, or those changed since the bookmark.

        The API has neither a date filter nor a sort order, so the whole list is read, and what
        is older than the bookmark is left out here. A record without any date is always given.
        """
        since = utc_milliseconds(self.get_starting_replication_key_value(context))
        resource = getattr(self._sakari_tap.client, self.name)
        listing = resource.read(
            self.config.get("filters", {}).get(self.name), page_size=self.config["page_size"]
        )
        try:
            for rows in listing.pages():
                for row in rows:
                    record = self.to_record(row, resource.identify(row))
                    changed = self.changed_at(record)
                    if since is None or changed is None or changed >= since:
                        yield record
        finally:
            self._sakari_tap.request_metrics.write_counts(self.name)

    def changed_at(self, record: Record) -> str | None:
        """When a record last changed, for the comparison with the bookmark."""
        changed: str | None = record.get("updated_at")
        return changed

    def get_replication_key_signpost(
        self,
        context: Context | None = None,  # noqa: ARG002 - the SDK's signature
    ) -> datetime | None:
        """The latest bookmark that this run may set: its start, by the server's clock.

        Ours may be fast, and would then set a bookmark past changes that are yet to come.
        """
        if self.replication_key is None:
            return None
        self._sakari_tap.client.auth.token()  # its answer tells the time
        return datetime.fromtimestamp(self._sakari_tap.client.server_time(), timezone.utc)

    def to_record(self, row: Record, row_id: str) -> Record:
        """Turn a row of the API into a record of the stream; changes the row."""
        made = {"id": row_id, **self.lift(row)}
        misfits = self._conform(row)
        if row_id.startswith(NO_ID):
            misfits["id"] = row.get("id")
            row[EXTRA] = misfits
        for field in misfits.keys() - self._reported:
            self._reported.add(field)
            self.logger.warning(
                "%s: what the server sends as %r does not fit the schema; it is kept in `extra`.",
                self.name,
                field,
            )
        row.update(made)
        properties = self.effective_schema["properties"]
        return {name: value for name, value in row.items() if name in properties}

    def _increment_stream_state(
        self, latest_record: Record, *, context: Context | None = None
    ) -> None:
        """Move the bookmark on; not for a record without a date, of which the SDK would warn."""
        if self.replication_key is None or latest_record.get(self.replication_key) is not None:
            super()._increment_stream_state(latest_record, context=context)

    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        """Log a message; of the SDK's, not the one that calls errors unhandled that are not.

        The command says what they mean, in one line (sakari_client/command.py). The end of a
        `--test` after one record is no error at all.
        """
        known = (SakariError, MappingError, NoReaderError, SyncLifecycleSignal)
        if not isinstance(sys.exc_info()[1], known):
            super().log(message, *args, level=level, **kwargs)

    def lift(self, row: Record) -> Record:
        """Fields that a target can use as columns and bookmarks, taken out of nested ones."""
        created_at = _moment(row.get("created"))
        return {
            "created_at": created_at,
            "updated_at": _moment(row.get("updated")) or created_at,
        }

    def is_closed(self, closed: Any) -> bool:
        """Whether a conversation is closed, by its `closed`.

        Documented as a boolean (API 1.0.1) and as a date (newer). A date may lie ahead: it is
        then when Sakari will close the conversation by itself.
        """
        if isinstance(closed, str):
            moment = parse_date_time(closed)
            return moment is not None and moment <= self._started
        return closed is True


def _moment(stamp: Any) -> str | None:
    """When something happened: `created` and `updated` are `{at, by}`, or only the date."""
    return utc_milliseconds(stamp.get("at") if isinstance(stamp, dict) else stamp)


def number_of(phone: Any) -> str | None:
    """The number of a phone number, which is an object or only the number."""
    number = phone.get("number") if isinstance(phone, dict) else phone
    return number if isinstance(number, str) else None
