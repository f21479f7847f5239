"""What all streams share: the client's pages in, records that fit the schema out."""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, ClassVar

from singer_sdk.exceptions import SyncLifecycleSignal
from singer_sdk.helpers.conform import TypeConformanceLevel

from sakari_client.schemas import load_schema
from tap_sakari.conform import parse_date_time, utc_milliseconds
from tap_sakari.failure import EXPLAINED, explain, traced
from tap_sakari.reader import Lift, ReadRow, RecordReader
from tap_sakari.scope import Scope
from tap_sakari.sdk_stream import SdkStream
from tap_sakari.summary import ODD_NAME, Tally, field_name
from tap_sakari.window import Window, as_text, plan

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Generator
    from contextlib import AbstractContextManager

    from singer_sdk.helpers.types import Context

    from sakari_client.paging.page import Row
    from sakari_client.paging.stitched import StitchedList
    from tap_sakari.access import Access, Get
    from tap_sakari.tap import TapSakari

_MOST_FIELDS = 1_000
"""Fields that are counted by name; a server that sends more sends data as names."""

_SCANNED_AT = "scanned_at"
"""In the state: when the whole list was last read, where that is not every run."""


class SakariStream(SdkStream):
    """A stream of one kind of record, read from the client's resource of the same name."""

    primary_keys: tuple[str, ...] = ("id",)
    replication_key: str | None = "updated_at"

    # The records fit their schema before the SDK sees them (reader.py).
    TYPE_CONFORMANCE_LEVEL = TypeConformanceLevel.NONE

    scalars: ClassVar[dict[str, str]] = {}
    """Objects that the server may send as a plain value; see `conform.conformer`."""

    dated = True
    """Whether records say when they were created and updated; see `reader.Lift`."""

    changes: Callable[[Access], Get] | None = None
    """See `reader.Lift`."""

    lookback = timedelta(0)
    """How long after it was made a record may change without the server telling."""

    stops_early = False
    """Whether a run after the first reads a list sorted by creation only back to the lookback."""

    def __init__(self, tap: TapSakari) -> None:
        super().__init__(tap, schema=load_schema(self.name))
        self._sakari_tap = tap
        self.tally = Tally()
        self._started = datetime.fromtimestamp(tap.clock.time(), timezone.utc)

    # Reading.

    def read_pages(self) -> Generator[list[Row], None, None]:
        """Yield the records that are wanted, page by page: all, or those that changed.

        Raises:
            SakariError: the list could not be read completely.
        """
        self._started = now = self._now()
        window = self._window(now)
        listing = self._list(window)
        everything = window == Window()
        with contextlib.closing(listing.pages()) as pages:
            for rows in pages:
                self.note_drift(rows)  # type: ignore[arg-type]  # read_row made them
                wanted = rows if everything else [row for row in rows if window.wants(row)]
                self.tally.unchanged += len(rows) - len(wanted)
                self._count(listing)
                if wanted:
                    yield wanted
        self._count(listing)
        self._finish(listing, window, now)

    def counting(self) -> AbstractContextManager[None]:
        """Count requests and seconds, and take note of a failure."""
        return self._sakari_tap.counting(self)

    def count_emitted(self, records: int) -> None:
        """Count records that were written."""
        self.tally.emitted += records

    @functools.cached_property
    def read_row(self) -> RecordReader:
        """Reads rows as records that fit the schema of the catalog in use, maybe an older one."""
        return RecordReader(
            self.effective_schema,
            identify=self.identify,
            lift=Lift(self.lift, self.dated, self.changes),
            scalars=self.scalars,
            in_place=self.config["unknown_fields"] == "in_place",
            typed=self.writes_pages(),
        )

    def identify(self, row: dict[str, Any]) -> str:
        """The id of a row."""
        row_id: str = getattr(self._sakari_tap.client, self.name).identify(row)
        return row_id

    def _list(self, window: Window) -> StitchedList:
        listing: StitchedList = getattr(self._sakari_tap.client, self.name).read(
            self.config.get("filters", {}).get(self.name),
            page_size=self.config["page_size"],
            read_row=self.read_row,
            row_type=self.read_row.row_type,
            back_to=window.back_to,
            incomplete=self.config["incomplete_lists"],
            certain=self._stream_version is not None,
        )
        return listing

    def _count(self, listing: StitchedList) -> None:
        self.tally.read = listing.count
        self.tally.duplicates = listing.duplicates
        self._sakari_tap.progress.advance(listing.count, listing.total)

    # What is wanted, and what the next run will want.

    def _now(self) -> datetime:
        """The start of the run by the server's clock: ours may be off by any time."""
        self._sakari_tap.client.auth.token()  # its answer tells the time
        return datetime.fromtimestamp(self._sakari_tap.client.server_time(), timezone.utc)

    def _window(self, now: datetime) -> Window:
        if self.replication_method != "INCREMENTAL":
            return Window()
        # No bookmark passes the start of the run.
        self._write_replication_key_signpost(None, as_text(now))
        every = self.config.get("full_scan_every")
        known = self._scope().is_covered_by(self.stream_state)
        if not known and self._bookmark():
            self.logger.warning(
                "%s: account, filters or start_date are not those of the bookmark; this run reads "
                "as the first one does.",
                self.name,
            )
        return plan(
            self.name,
            bookmark=self._bookmark() if known else None,
            start=self.config.get("start_date"),
            until=self.config.get("end_date"),
            now=now,
            lookback=self.lookback,
            stops_early=self.stops_early,
            scanned_at=self.stream_state.get(_SCANNED_AT) if known else None,
            full_scan_every=None if every is None else timedelta(days=float(every)),
        )

    def _scope(self) -> Scope:
        return Scope.of(
            self._sakari_tap.client.config.account_id,
            self.config.get("filters", {}).get(self.name),
            self.config.get("start_date"),
        )

    def _bookmark(self) -> str | None:
        """The bookmark of the run before; of another replication key it is none."""
        state = self.stream_state
        found: str | None = state.get("replication_key_value")
        return found if state.get("replication_key") == self.replication_key else None

    def get_replication_key_signpost(self, context: Context | None = None) -> None:
        """None yet: the latest bookmark that this run may set is written with the first request."""

    def compare_start_date(self, value: str, start_date_value: str) -> str:
        """The later one; the SDK's own way fails for a date-time that ends in a lower-case z."""
        return max(value, start_date_value, key=lambda text: utc_milliseconds(text) or "")

    def _finish(self, listing: StitchedList, window: Window, now: datetime) -> None:
        """Take note of how the list was read, when that is done."""
        if listing.stopped_at is not None:
            self.tally.note = f"read back to {listing.stopped_at}"
        if self.replication_method == "INCREMENTAL":
            if listing.doubtful:
                self.keep_bookmark()
                self.logger.warning(
                    "%s: the bookmark stays where it was, so that the next run reads again what "
                    "may be missing.",
                    self.name,
                )
            else:
                whole = listing.stopped_at is None and listing.complete
                self._note_reading(window.scanned_by(now, whole=whole))
        if listing.complete:
            self.activate_version()
        elif self._stream_version is not None:
            self.logger.warning(
                "%s: the list moved while it was read, so no ACTIVATE_VERSION is written: rows "
                "that are gone stay in the target until a run reads it in peace.",
                self.name,
            )

    def _note_reading(self, scanned_at: str) -> None:
        """Write into the state what the bookmark is about, which this run is about to move."""
        state, scope = self.stream_state, self._scope()
        if not scope.is_covered_by(state):
            # It may be that no record comes that moves the bookmark: the old one must not stand
            # for what it is not about.
            state.pop("replication_key", None)
            state.pop("replication_key_value", None)
        scope.write(state)
        if self.stops_early:
            state[_SCANNED_AT] = scanned_at

    # Records.

    def lift(self, access: Access) -> dict[str, Get]:
        """Fields besides the dates that are made of nested ones; see `reader.Lift`."""
        del access
        return {}

    def is_closed(self, closed: Any) -> bool:
        """Whether a conversation is closed, by its `closed`.

        Documented as a boolean (API 1.0.1) and as a date (newer). A date may lie ahead: it is
        then when Sakari will close the conversation by itself.
        """
        if isinstance(closed, str):
            moment = parse_date_time(closed)
            return moment is not None and moment <= self._started
        return closed is True

    def note_drift(self, rows: list[ReadRow]) -> None:
        """Count how rows differed from the schema, and say so once for each field."""
        for drift in [row.drift for row in rows if row.drift]:
            for path in drift.misfits:
                self._count_drift(
                    self.tally.misfits, path, "does not fit the schema", "as text in `extra`"
                )
            # A field counts once in a record, however many elements of an array have it.
            for path in {field_name(path): path for path in drift.unknown}.values():
                place = "in `extra`" if path in drift.moved else "in its place"
                self._count_drift(self.tally.unknown, path, "is not in the schema", place)

    def _count_drift(self, counter: Counter[str], path: str, what: str, place: str) -> None:
        field = field_name(path)
        if field not in counter and len(counter) >= _MOST_FIELDS:
            field = ODD_NAME
        if field not in counter:
            self.logger.warning(
                "%s: what the server sends as %r %s; it is kept %s.", self.name, field, what, place
            )
        counter[field] += 1

    # What went wrong.

    def fail(self, error: Exception) -> None:
        """Say why the stream failed: the others go on."""
        self.logger.error(
            "%s: %s The other streams go on.%s",
            self.name, explain(error).removeprefix(f"{self.name}: "), traced(error),
        )  # fmt: skip

    def log(self, message: str, *args: Any, level: int = logging.INFO, **kwargs: Any) -> None:
        """Log a message; of the SDK's, not the one that calls errors unhandled that are not.

        The command says what they mean, in one line (sakari_client/command.py). The end of a
        `--test` after one record is no error at all.
        """
        if not isinstance(sys.exc_info()[1], (*EXPLAINED, SyncLifecycleSignal)):
            super().log(message, *args, level=level, **kwargs)
