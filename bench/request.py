"""Processor time of one request: `python -m bench.request`.

The time of the calling thread alone, from `Transport.call` to the decoded answer, over kept-alive
connections to an emulator that is a process of its own. Decoding is measured once more by itself.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from devtools.emulator import running_emulator
from sakari_client.config import ClientConfig
from sakari_client.http import answers
from sakari_client.http.transport import Operation, Transport
from sakari_client.http.wire import Request

if TYPE_CHECKING:
    from collections.abc import Callable

REQUESTS = 2_000
ROUNDS = 4
_LIST = Operation("GET", "/messages")


def microseconds(action: Callable[[int], object]) -> float:
    """Processor time of an action: that of the best of several rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        started = time.thread_time()
        for number in range(REQUESTS // ROUNDS):
            action(number)
        best = min(best, (time.thread_time() - started) / (REQUESTS // ROUNDS))
    return best * 1e6


def measure(transport: Transport, limit: int) -> tuple[int, float, float]:
    """Ask for pages of so many rows.

    Returns:
        Bytes of a page, microseconds of a request, and of decoding its answer by itself.
    """
    config = transport.config
    path = f"/v1/accounts/{config.account_id}/messages?offset=0&limit={limit}"
    request = Request(str(_LIST), "GET", f"{config.api_url}{path}")
    answer = transport._wire.send(request, transport.auth.token())  # noqa: SLF001
    whole = microseconds(
        lambda number: transport.call(_LIST, query={"offset": number, "limit": limit})
    )
    return len(answer.body), whole, microseconds(lambda _: answers.read(str(_LIST), answer))


def main() -> None:
    """Print a row for a small and for a large page."""
    print("| page | all in all | decoding | without decoding |")
    print("| ---: | ---: | ---: | ---: |")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_emulator(Path(folder), contacts=10, messages=REQUESTS) as emulator,
    ):
        settings = {**emulator.settings, "requests_per_second": 1_000_000}
        transport = Transport(ClientConfig.from_settings(settings))
        for limit in (1, 100):
            size, whole, decoding = measure(transport, limit)
            print(
                f"| {size / 1000:.1f} kB | {whole:.0f} µs | {decoding:.0f} µs | "
                f"{whole - decoding:.0f} µs |",
                flush=True,
            )
        transport.close()


if __name__ == "__main__":
    main()
