"""A process that claims sends one after the other, and says each number once it is claimed.

Its first line of input is an `Order` as JSON; with the second one it begins.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import resource
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from sakari_client.errors import SakariError
from target_sakari.ledger.entries import Cap
from tests.target.sends.places import HOUR, NOW, intent, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_sakari.ledger.entries import Intent

CHECKOUT = Path(__file__).parents[3]
RECIPIENTS = 5
CAP = 3


@dataclass(frozen=True)
class Order:
    """What is to be claimed.

    Attributes:
        address: of the ledger.
        run: id of the run.
        kind: sends told apart by keys; those without any, told apart by recipients; or those of few
            recipients, who may get few.
        count: how many.
        at_once: how many in one claim.
        file_bytes: that a file of this process may have at most.
        user: id of the user to become, once the ledger is open.
    """

    address: str
    run: str
    kind: Literal["keys", "keyless", "capped"] = "keys"
    count: int = 500
    at_once: int = 1
    file_bytes: int | None = None
    user: int | None = None

    def intent(self, number: int) -> Intent:
        match self.kind:
            case "keys":
                return intent(f"k{number}")
            case "keyless":
                return intent(None, recipient=f"r{number}")
            case "capped":
                return intent(f"{self.run}-{number}", recipient=f"r{number % RECIPIENTS}")


@contextlib.contextmanager
def claimer(order: Order) -> Iterator[subprocess.Popen[str]]:
    """The process, ready to begin; gone after the block."""
    with subprocess.Popen(
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
    ) as process:  # fmt: skip
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(asdict(order)) + "\n")
            process.stdin.flush()
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


def begin(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("begin\n")
    process.stdin.flush()


def main() -> None:
    order = Order(**json.loads(sys.stdin.readline()))
    numbers = list(range(order.count))
    random.shuffle(numbers)
    cap = Cap(CAP, NOW - HOUR) if order.kind == "capped" else None
    with open_ledger(order.address) as ledger:
        if order.file_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (order.file_bytes, order.file_bytes))
        if order.user:
            os.seteuid(order.user)
        say("ready")
        sys.stdin.readline()
        for start in range(0, order.count, order.at_once):
            some = numbers[start : start + order.at_once]
            wanted = [order.intent(number) for number in some]
            claims = ledger.claim(wanted, run=order.run, now=NOW, cap=cap)
            for number, claim in zip(some, claims, strict=True):
                if claim.outcome == "claimed":
                    say(str(number))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        main()
    except SakariError as error:
        sys.exit(str(error))
