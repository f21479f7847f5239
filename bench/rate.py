"""The client against a server that limits requests: `python -m bench.rate [SECONDS [CEILING]]`.

For each limit, form of the 429 and concurrency: one client reads the same list again and again for
so many seconds (60 where none are given), never faster than the ceiling, in requests per second
(the default of `requests_per_second` where none is given).
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from itertools import product
from typing import TYPE_CHECKING

from sakari_client.client import SakariClient
from sakari_client.config import ClientConfig
from sakari_emulator.server import EmulatorServer

if TYPE_CHECKING:
    from sakari_client.http.transport import Try

SECONDS = 60.0
LIMITS = (5, 20)
RETRY_AFTER = ("none", "seconds")
CONCURRENCY = (1, 8, 16)
LATENCY_MS = 50
_REFUSED = 429


def measure(  # noqa: PLR0913, PLR0917
    server: EmulatorServer,
    limit: int,
    retry_after: str,
    concurrency: int,
    seconds: float,
    ceiling: float,
) -> tuple[int, int, float]:
    """Read for some seconds.

    Returns:
        Requests, how many of them were refused, and accepted ones per second in the last half.
    """
    server.reset()
    server.switch(rate_limit=limit, retry_after=retry_after, latency_ms=LATENCY_MS)
    accepted: list[float] = []
    refused: list[float] = []

    def note(one: Try) -> None:
        if one.operation == "GET /messages":
            (refused if one.status == _REFUSED else accepted).append(time.monotonic())

    config = ClientConfig(
        server.client_id,
        server.client_secret,
        server.account_id,
        api_url=server.url,
        requests_per_second=ceiling,
        concurrency=concurrency,
    )
    started = time.monotonic()
    with SakariClient(config, on_try=note) as sakari:
        threading.Thread(target=_read, args=(sakari,), daemon=True).start()
        time.sleep(seconds)
        half = sum(at > started + seconds / 2 for at in accepted)
        return len(accepted) + len(refused), len(refused), half / (seconds / 2)


def _read(sakari: SakariClient) -> None:
    """Read until the client is closed, which ends in an error."""
    while True:
        for _ in sakari.messages.list(page_size=100):
            pass


def main() -> None:
    """Print a row for each limit, form of the 429 and concurrency."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    default = ClientConfig("id", "secret", "account").requests_per_second
    ceiling = float(sys.argv[2]) if len(sys.argv) > 2 else default  # noqa: PLR2004
    logging.disable(logging.CRITICAL)
    threading.excepthook = lambda _: None
    print("| limit | Retry-After | concurrency | requests | refused | % | per second at the end |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    with EmulatorServer(contacts=10, messages=20_000) as server:
        for limit, retry_after, concurrency in product(LIMITS, RETRY_AFTER, CONCURRENCY):
            requests, refused, rate = measure(
                server, limit, retry_after, concurrency, seconds, ceiling
            )
            print(
                f"| {limit}/s | {retry_after} | {concurrency} | {requests} | {refused} | "
                f"{100 * refused / requests:.1f} | {rate:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
