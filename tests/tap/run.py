"""Run the tap inside the test's process and look at what it writes."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import jsonschema

from tap_sakari.tap import TapSakari
from tap_sakari.writer import BufferedWriter

Record = dict[str, Any]


@dataclass
class Output:
    """What a tap wrote.

    Attributes:
        records: the records by stream, in order.
        schemas: the latest schema by stream.
        state: the latest state.
        types: of all messages, in order.
    """

    records: dict[str, list[Record]] = field(default_factory=lambda: defaultdict(list))
    schemas: dict[str, Record] = field(default_factory=dict)
    state: Record = field(default_factory=dict)
    types: list[str] = field(default_factory=list)

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
        self.output.types.append(written["type"])


def run_tap(settings: Record, *, select: str | None = None, state: Record | None = None) -> Output:
    """Sync every stream, or one, and return what came out.

    Args:
        settings: the tap's settings.
        select: the one stream to sync.
        state: the state that the run before ended with.
    """
    collector = _Collector()
    tap = TapSakari(config=dict(settings), state=state, message_writer=collector)
    for name, stream in tap.streams.items():
        stream.selected = select in {None, name}
    tap.sync_all()
    return collector.output
