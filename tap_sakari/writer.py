"""Singer messages to stdout, many records in one write."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import msgspec
from singer_sdk.contrib.msgspec import MsgSpecWriter, encoder
from singer_sdk.singerlib.messages import RecordMessage

from sakari_client.command import forget

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


class OutputError(Exception):
    """The output cannot be written."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            "whatever reads the output, the target most likely, has ended before all was written; "
            "its own log says why. The next run begins at the last state that was kept."
            if isinstance(error, BrokenPipeError)
            else f"the output cannot be written: {error.strerror or type(error).__name__}."
        )


class BufferedWriter(MsgSpecWriter):
    """Holds records back until there are enough for a write, or any other message comes.

    What is held back is lost when the process is killed; no STATE message has covered it then.
    A signal does not cut a line in two, unless it comes a second time.
    """

    def __init__(self) -> None:
        super().__init__()
        self._buffer = bytearray()
        self._writing = False
        self._interrupted = False
        self._afterwards: Callable[[], None] | None = None

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
        """Write what was held back.

        Raises:
            OutputError: it cannot be written.
        """
        if not self._buffer:
            return
        self._writing = True
        try:
            # The buffer is emptied first: what a signal's handler writes must not repeat it.
            pending, self._buffer = self._buffer, bytearray()
            self.send(pending)
        except OSError as error:
            forget(sys.stdout)
            raise OutputError(error) from None
        finally:
            self._writing = False
        act, self._afterwards = self._afterwards, None
        if act:
            act()

    def send(self, messages: bytearray) -> None:
        """Hand whole lines to the operating system."""
        # Unbuffered (python -u), a write may take less than it was given.
        remaining = memoryview(messages)
        while remaining:
            remaining = remaining[sys.stdout.buffer.write(remaining) :]
        sys.stdout.flush()

    def between_lines(self, act: Callable[[], None]) -> None:
        """Do what ends the run: now, or as soon as the lines are out that are being written.

        Where nobody takes them, that may be never. So the second time it is done at once.
        """
        again, self._interrupted = self._interrupted, True
        if self._writing and not again:
            self._afterwards = act
            return
        if self._writing:
            forget(sys.stdout)
        act()
