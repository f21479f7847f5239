"""Singer messages to stdout, many records in one write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecWriter, encoder
from singer_sdk.singerlib.messages import RecordMessage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from singer_sdk.singerlib.messages import Message

_FULL = 64 * 1024
"""Bytes that are worth a write: what a pipe holds."""


class _Record(msgspec.Struct, tag_field="type", tag="RECORD", omit_defaults=True):
    """A RECORD message; its fields in the SDK's order."""

    stream: str
    record: Any
    version: int | None = None
    time_extracted: datetime | None = None


class BufferedWriter(MsgSpecWriter):
    """Holds records back until there are enough for a write, or any other message comes.

    What is held back is lost when the process is killed; no STATE message has covered it then.
    """

    def __init__(self) -> None:
        super().__init__()
        self._buffer = bytearray()
        self._writing = False
        self._when_written: Callable[[], None] | None = None

    def write_message(self, message: Message) -> None:
        """Write a message, or hold it back if it is a record."""
        self._buffer += self.format_message(message)
        if len(self._buffer) >= _FULL or not isinstance(message, RecordMessage):
            self.flush()

    def write_records(
        self, stream: str, records: Iterable[Any], version: int | None, time_extracted: datetime
    ) -> None:
        """Write a RECORD message for each of some records, dictionaries or msgspec's objects."""
        self._buffer += encoder.encode_lines(
            [_Record(stream, record, version, time_extracted) for record in records]
        )
        if len(self._buffer) >= _FULL:
            self.flush()

    def flush(self) -> None:
        """Write what was held back."""
        if not self._buffer:
            return
        self._writing = True
        try:
            # The buffer is emptied first: what a signal's handler writes must not repeat it.
            pending, self._buffer = self._buffer, bytearray()
            self.send(pending)
        finally:
            self._writing = False
        if self._when_written:
            self._when_written()

    def send(self, messages: bytearray) -> None:
        """Hand whole lines to the operating system."""
        # Unbuffered (python -u), a write may take less than it was given.
        remaining = memoryview(messages)
        while remaining:
            remaining = remaining[sys.stdout.buffer.write(remaining) :]
        sys.stdout.flush()

    def is_busy(self, then: Callable[[], None]) -> bool:
        """Whether a write is under way, which a signal's handler must not cut in two.

        Args:
            then: called when it is done.
        """
        busy = self._writing and self._when_written is None
        if busy:
            self._when_written = then
        return busy
