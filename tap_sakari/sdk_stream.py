"""What we change of the SDK's stream below its documented surface; all of it is here.

`_sync_records` is where records become messages. Ours

* writes a page of records at once where nothing is to be done to them. Stream maps, flattening,
  deselected fields, partitions and `--test` take the SDK's own path, record by record;
* keeps a failure to its own stream: the others go on, and its bookmark stays where it was;
* has ACTIVATE_VERSION wait until the list was read completely, since targets then delete what did
  not come.
"""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk import Stream
from singer_sdk.exceptions import MappingError, SyncLifecycleSignal
from singer_sdk.mapper import SameRecordTransform

from sakari_client import auth
from sakari_client.errors import ConfigError, RateLimitError, SakariError, TlsError
from tap_sakari.access import latest
from tap_sakari.failure import RecordMapError
from tap_sakari.writer import BufferedWriter, OutputError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from contextlib import AbstractContextManager

    from singer_sdk.helpers.types import Context
    from singer_sdk.singerlib import RecordMessage

    from sakari_client.paging.page import Row

_OF_THE_WHOLE_RUN = (ConfigError, TlsError, OutputError, SyncLifecycleSignal)
"""What no other stream would fare better with."""

_ACCOUNT_CODES = frozenset({"ACCT-008", "ACCT-010", "ACCT-017"})
"""Sakari's codes for an account that is unknown, refused by address, or not verified."""


class SdkStream(Stream, ABC):
    """A stream that gives its records in pages."""

    @abstractmethod
    def read_pages(self) -> Generator[list[Row], None, None]:
        """Yield the records that are wanted, page by page."""

    @abstractmethod
    def counting(self) -> AbstractContextManager[None]:
        """Count what reading the stream takes, and take note of a failure."""

    @abstractmethod
    def count_emitted(self, records: int) -> None:
        """Count records that were written."""

    @abstractmethod
    def fail(self, error: Exception) -> None:
        """Say why the stream failed."""

    def writes_pages(self) -> bool:
        """Whether records go out just as they are read."""
        maps = self.stream_maps
        return (
            self.selected
            and isinstance(self._tap.message_writer, BufferedWriter)
            and len(maps) == 1
            and type(maps[0]) is SameRecordTransform
            and not maps[0].flattening_enabled
            and all(self.mask.values())
            and not self.partitions
            and self.ABORT_AT_RECORD_COUNT is None
        )

    def get_records(self, context: Context | None) -> Iterable[dict[str, Any]]:  # noqa: ARG002
        """Yield the records that are wanted, for the SDK's own path."""
        with contextlib.closing(self.read_pages()) as pages:
            for rows in pages:
                for row in rows:
                    record = row.value
                    yield record if isinstance(record, dict) else msgspec.to_builtins(record)

    def _sync_records(
        self, context: Context | None = None, *, write_messages: bool = True
    ) -> Generator[dict[str, Any], Any, Any]:
        try:
            with self.counting():
                if write_messages and context is None and self.writes_pages():
                    self._write_pages()
                else:
                    yield from super()._sync_records(context, write_messages=write_messages)
        except Exception as error:
            if self.ABORT_AT_RECORD_COUNT is not None or self._is_of_the_whole_run(error):
                raise
            self.keep_bookmark()
            self.fail(error)
        finally:
            if isinstance(self._tap.message_writer, BufferedWriter):
                self._tap.message_writer.flush()

    def keep_bookmark(self) -> None:
        """Have the bookmark stay where it was before the run."""
        # What the SDK would make the new one.
        self.stream_state.pop("progress_markers", None)

    def _write_pages(self) -> None:
        """Do what the SDK does for a record, for a page of them."""
        writer = self._tap.message_writer
        assert isinstance(writer, BufferedWriter)  # noqa: S101 - writes_pages has looked
        count = 0
        with (
            self.get_record_counter() as counter,
            self.get_sync_timer(),
            contextlib.closing(self.read_pages()) as pages,
        ):
            self._write_starting_replication_value(None)
            for rows in pages:
                records = [row.value for row in rows]
                writer.write_records(
                    self.name, records, self._stream_version, datetime.now(timezone.utc)
                )
                self.count_emitted(len(rows))
                self.state_manager.is_flushed = False
                self._move_bookmark(records)
                counter.increment(len(rows))
                before, count = count, count + len(rows)
                if count // self.STATE_MSG_FREQUENCY > before // self.STATE_MSG_FREQUENCY:
                    self._write_state_message()
        self._finalize_state(self.stream_state)
        self._write_state_message()

    def _generate_record_messages(
        self, record: dict[str, Any]
    ) -> Generator[RecordMessage, None, None]:
        try:
            for message in super()._generate_record_messages(record):
                self.count_emitted(1)
                yield message
        except MappingError:
            raise
        except Exception as error:  # noqa: BLE001 - an expression may raise anything
            # What it says may hold the record's values.
            raise RecordMapError(type(error)) from None

    def _move_bookmark(self, records: list[Any]) -> None:
        key = self.replication_key
        if key is not None:
            self._increment_stream_state({key: latest(records, key)})

    def _increment_stream_state(
        self, latest_record: dict[str, Any], *, context: Context | None = None
    ) -> None:
        # Not for a record without a date, of which the SDK would warn each time.
        if self.replication_key is None or latest_record.get(self.replication_key) is not None:
            super()._increment_stream_state(latest_record, context=context)

    def _write_activate_version_message(self, full_table_version: int) -> None:
        """Nothing yet: `activate_version` does it, when all records are out."""

    def activate_version(self) -> None:
        """Have targets delete the rows that did not come, where that was asked for."""
        if self._stream_version is not None:
            super()._write_activate_version_message(self._stream_version)

    def _is_of_the_whole_run(self, error: Exception) -> bool:
        """Whether no other stream would fare better."""
        if isinstance(error, RateLimitError):
            # The server asks to be left alone for longer than we wait.
            return (error.retry_after or 0) > float(self.config["retry_max_wait"])
        if isinstance(error, SakariError) and error.operation == auth.OPERATION:
            return True  # nothing can be read without an access token; one endpoint may refuse it
        code = error.code if isinstance(error, SakariError) else None
        return isinstance(error, _OF_THE_WHOLE_RUN) or code in _ACCOUNT_CODES
