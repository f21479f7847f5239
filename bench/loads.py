"""The target against a plain one: `script/bench load-20ms`; see docs/performance.md.

Both load the same contacts into an empty account of the emulator. A plain target asks once for each
contact, so it loads a tenth of them, and its time is that of all: start + ten times the rest.
"""

from __future__ import annotations

import json
import sys
import urllib.request
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.measure import Row
from bench.runs import execute
from devtools.emulator import Emulator, running_emulator

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OURS, _PLAIN = "target_sakari", "bench.plain_target"
_SETTINGS = {"requests_per_second": 100_000}
_PLAIN_SHARE = 10
_PAGE = 100


@dataclass(frozen=True)
class Load:
    """Contacts into an empty account, by a plain target and by ours in all its ways.

    Attributes:
        name: by which it is selected.
        latency_ms: before each answer.
        contacts: how many.
        single: how many times faster than the plain target single writes are to be.
        bulk: and bulk writes.
    """

    name: str
    latency_ms: int
    contacts: int = 10_000
    single: float = 0
    bulk: float = 0

    def quick(self) -> Load:
        """The same with a tenth of the contacts."""
        return replace(self, contacts=self.contacts // 10)


LOADS = (
    Load("load-0ms", 0),
    Load("load-20ms", 20, single=6.5, bulk=40),
    Load("load-100ms", 100),
)


@dataclass(frozen=True)
class _Cost:
    seconds: float
    peak_mb: float
    requests: int
    writes: int


class LoadBench:
    """An emulator, and both targets.

    Attributes:
        rows: the table, which grows here.
        right: whether each account held what was loaded into it, and nothing was written in vain.
    """

    def __init__(self, emulator: Emulator, folder: Path, rows: list[Row]) -> None:
        self._emulator = emulator
        self._folder = folder
        self.rows = rows
        self.right = True

    def measure(self, load: Load) -> None:
        """Load the contacts in every way, and look at what came of it."""
        latency = f"{load.latency_ms} ms" if load.latency_ms else "no latency"
        title = f"{load.contacts:,} contacts, {latency}"
        share = load.contacts // _PLAIN_SHARE
        self._run(_PLAIN, load, 0, {})  # compiles its modules
        start = self._run(_PLAIN, load, 0, {}).seconds
        part = self._run(_PLAIN, load, share, {})
        plain = start + (part.seconds - start) * _PLAIN_SHARE
        asked = 1 + (part.requests - 1) * _PLAIN_SHARE
        for way, goal, settings in (
            ("single, 8 workers", load.single, {"write_method": "single", "concurrency": 8}),
            ("bulk", load.bulk, {"write_method": "bulk"}),
        ):
            cost = self._run(_OURS, load, load.contacts, settings)
            self._row(f"{title}, {way}", plain, asked, cost, goal)
        again = self._run(_OURS, load, load.contacts, {}, fresh=False)
        self._row(f"{title}, again, unchanged", plain, asked, again, 0)
        if again.writes:
            self.right = False
            print(f"{again.writes} contacts were written though unchanged", file=sys.stderr)

    def _run(
        self,
        module: str,
        load: Load,
        count: int,
        settings: Mapping[str, Any],
        *,
        fresh: bool = True,
    ) -> _Cost:
        if fresh:
            self._ask("POST", "reset")
        self._ask("DELETE", "requests")
        self._ask("PATCH", "switches", {"latency_ms": load.latency_ms})
        source = self._folder / "contacts.singer"
        source.write_text("".join(map(_line, _messages(count))), "utf-8")
        config = {**self._emulator.settings, **(_SETTINGS if module == _OURS else {}), **settings}
        with source.open("rb") as stdin:
            cost = execute(module, self._folder, config, stdin=stdin)
        asked = self._ask("GET", "requests")["requests"]
        found = self._ask("GET", "rows/contacts")["count"]
        if found != count:
            self.right = False
            print(f"{load.name}: {module} made {found:,} of {count:,} contacts", file=sys.stderr)
        writes = sum(one["method"] != "GET" and "/accounts/" in one["path"] for one in asked)
        print(
            f"{load.name}: {module} {cost['seconds']:.2f} s ({cost['cpu_seconds']:.2f} s CPU), "
            f"{count:,} contacts, {len(asked):,} requests, {writes:,} of them writes {settings}",
            file=sys.stderr,
        )
        return _Cost(cost["seconds"], cost["peak_mb"], len(asked), writes)

    def _row(self, case: str, plain: float, asked: int, ours: _Cost, goal: float) -> None:
        ratio = plain / ours.seconds
        self.rows.append(
            Row(
                case=case,
                plain=f"{plain:.2f}",
                ours=f"{ours.seconds:.2f}",
                ratio=f"{ratio:.1f}",
                goal=f"≥ {goal:g}" if goal else "",
                reached=ratio >= goal,
                peak=f"{ours.peak_mb:.1f}",
                requests=f"{asked:,} / {ours.requests:,}",
            )
        )

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own process
            f"{self._emulator.settings['api_url']}/_emulator/{what}",
            data=None if body is None else json.dumps(body).encode(),
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.load(answer)


def measure(loads: list[Load], rows: list[Row], folder: Path) -> bool:
    """Measure some loads against an emulator of their own; return whether all went right."""
    with running_emulator(folder, contacts=0, messages=0) as emulator:
        bench = LoadBench(emulator, folder, rows)
        for load in loads:
            bench.measure(load)
    return bench.right


def _messages(count: int) -> list[dict[str, Any]]:
    text, free = {"type": ["string", "null"]}, {"type": ["object", "null"]}
    names = ("id", "firstName", "lastName", "email")
    schema = {
        "type": "object",
        "properties": {**dict.fromkeys(names, text), "mobile": free, "attributes": free},
    }
    head = {"type": "SCHEMA", "stream": "contacts", "schema": schema, "key_properties": ["id"]}
    rows = [{"type": "RECORD", "stream": "contacts", "record": _contact(n)} for n in range(count)]
    return [head, *rows, {"type": "STATE", "value": {"bookmarks": {"contacts": {"n": count}}}}]


def _contact(number: int) -> dict[str, Any]:
    return {
        "id": f"crm-{number}",
        "firstName": f"First{number}",
        "lastName": f"Last{number}",
        "email": f"somebody{number}@example.com",
        "mobile": {"number": f"+1212{2_000_000 + number}", "country": "US"},
        "attributes": {"plan": ("free", "pro", "team")[number % 3], "city": f"City {number % 50}"},
    }


def _line(message: dict[str, Any]) -> str:
    return json.dumps(message) + "\n"
