"""Run the tap inside the test's process and look at what it writes."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema

from tap_sakari.tap import StreamsFailedError, TapSakari
from tap_sakari.writer import BufferedWriter

if TYPE_CHECKING:
    from tap_sakari.summary import Tally

Record = dict[str, Any]


@dataclass
class Output:
    """What a tap wrote.

    Attributes:
        records: the records by stream, in order.
        schemas: the latest schema by stream.
        state: the latest state.
        messages: all of them, in order.
        tallies: what became of each stream that was begun.
        failure: what the tap said when some streams failed; else None.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    schemas: dict[str, Record] = field(default_factory=dict)
    state: Record = field(default_factory=dict)
    messages: list[Record] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    failure: str | None = None

    def bookmark(self, stream: str) -> Any:
        return self.state["bookmarks"][stream].get("replication_key_value")

    @property
    def types(self) -> list[str]:
        """The types of all messages, in order."""
        return [message["type"] for message in self.messages]

    def ids(self, stream: str) -> list[str]:
        return [record["id"] for record in self.records[stream]]

    def validate(self) -> None:
        """Hold every record against the schema that went before it."""
        for stream, records in self.records.items():
            validator = jsonschema.Draft202012Validator(self.schemas[stream])
            for record in records:
                validator.validate(record)


class _Collector(BufferedWriter):
    """Takes messages in the form in which they would go over the wire."""

    def __init__(self) -> None:
        super().__init__()
        self.output = Output()

    def send(self, messages: bytearray) -> None:
        for line in messages.splitlines():
            self.take(json.loads(line))

    def take(self, written: Record) -> None:
        if written["type"] == "RECORD":
            self.output.records[written["stream"]].append(written["record"])
        elif written["type"] == "SCHEMA":
            self.output.schemas[written["stream"]] = written["schema"]
        elif written["type"] == "STATE":
            self.output.state = written["value"]
        self.output.messages.append(written)


def run_tap(
    settings: Record,
    *,
    select: str | None = None,
    state: Record | None = None,
    catalog: Record | None = None,
    may_fail: bool = False,
) -> Output:
    """Sync every stream, or one, or those of a catalog, and return what came out.

    Args:
        settings: the tap's settings.
        select: the one stream to sync.
        state: the state that the run before ended with.
        catalog: says itself what is selected.
        may_fail: whether streams may fail; if not, that is an error.
    """
    collector = _Collector()
    tap = TapSakari(config=dict(settings), state=state, catalog=catalog, message_writer=collector)
    for name, stream in tap.streams.items():
        if catalog is None:
            stream.selected = select in {None, name}
    try:
        tap.sync_all()
    except StreamsFailedError as error:
        if not may_fail:
            raise
        collector.output.failure = str(error)
    collector.output.tallies = tap.tallies
    return collector.output
