"""The tap against the emulator with each switch turned on in turn: `python -m bench.switches`.

For each: rows that the account holds, rows that came out, rows that came twice, requests used.
"""

from __future__ import annotations

import logging

from sakari_client.clock import Clock
from sakari_client.errors import SakariError
from sakari_client.resources import RESOURCES
from sakari_emulator.server import EmulatorServer
from tap_sakari.tap import TapSakari
from tests.conftest import settings_for
from tests.tap.run import run_tap
from tests.tap.test_tap import UNKNOWNS

_ALSO: list[dict[str, object]] = [
    {"ignore_offset": True},
    {"wrong_total": "high"},
    {"order": "random"},
    {"success_false_every": 5},
    {"insert_every": 2, "insert_rows": 3, "delete_every": 2, "delete_rows": 3},
]
STREAMS = [resource.name for resource in RESOURCES]


def main() -> None:
    """Print a row for each switch."""
    logging.disable(logging.CRITICAL)
    TapSakari.clock = Clock(sleep=lambda _seconds: None)
    print("| switch | rows there | rows out | twice | lost | requests | ended |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | --- |")
    with EmulatorServer(contacts=250, messages=1_000, seed=1) as emulator:
        for switches in [*UNKNOWNS, *_ALSO]:
            emulator.reset()
            before = _ids(emulator)
            emulator.switch(**switches)
            shape = _ids(emulator) if "_form" in str(switches) else before
            ended = "ok"
            collected: list[tuple[str, str]] = []
            try:
                output = run_tap({**settings_for(emulator), "page_size": 50})
                collected = [(one, row) for one in STREAMS for row in output.ids(one)]
            except SakariError as error:
                ended = f"error: {str(error).split(';')[0].split(',')[0]}"
            there = shape & _ids(emulator)
            said = ", ".join(f"{name}={value}" for name, value in switches.items()) or "none"
            print(
                f"| {said} | {len(there):,} | {len(collected):,} | "
                f"{len(collected) - len(set(collected))} | "
                f"{len(there - set(collected)) if ended == 'ok' else '-'} | "
                f"{len(emulator.requests)} | {ended} |",
                flush=True,
            )


def _ids(emulator: EmulatorServer) -> set[tuple[str, str]]:
    return {(stream, row_id) for stream in STREAMS for row_id in emulator.ids(stream)}


if __name__ == "__main__":
    main()
