"""The emulator as a process, and what it says that it holds."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devtools.guarded import Guarded

if TYPE_CHECKING:
    from collections.abc import Iterator

STREAMS = ("contacts", "messages", "templates", "campaigns", "conversations", "webhooks")
"""The streams that are read unless somebody selects others."""

_SECONDS_TO_START = 30
_SETTINGS = ("API_URL", "CLIENT_ID", "CLIENT_SECRET", "ACCOUNT_ID")


@dataclass(frozen=True)
class Rows:
    """What a store holds of one stream; two stores hold the same rows if these are equal."""

    count: int
    ids_sha256: str


@dataclass(frozen=True)
class Emulator:
    """A running emulator."""

    settings: dict[str, str]
    """What the tap and the target need to reach it, by the names of their settings."""

    def environment(self, plugin: str = "TAP_SAKARI") -> dict[str, str]:
        """Return the settings as the environment variables of a plugin."""
        return {f"{plugin}_{name.upper()}": value for name, value in self.settings.items()}

    def rows(self, stream: str) -> Rows:
        """Return what it holds of a stream."""
        found = self._control("GET", f"rows/{stream}")
        return Rows(found["count"], found["ids_sha256"])

    def receive(self, mobile: str, message: str) -> None:
        """Let somebody text the account."""
        self._control("POST", "receive", {"mobile": mobile, "message": message})

    def switch(self, **switches: Any) -> None:
        """Change switches."""
        self._control("PATCH", "switches", switches)

    def request_methods(self) -> list[str]:
        """Return the methods of the API's requests so far; a token is none of them."""
        asked = self._control("GET", "requests")["requests"]
        return [one["method"] for one in asked if one["path"] != "/oauth2/token"]

    def forget_requests(self) -> None:
        """Clear its log of requests."""
        self._control("DELETE", "requests")

    def _control(self, method: str, path: str, body: Any = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 - our own process
            f"{self.settings['api_url']}/_emulator/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
            return json.load(answer)


@contextlib.contextmanager
def running_emulator(folder: Path, *, contacts: int, messages: int) -> Iterator[Emulator]:
    """Run an emulator for the length of a `with` block; its log goes into `folder`."""
    program = Path(sys.executable).with_name("sakari-emulator")
    with Guarded(
        [program, "--port", "0", "--contacts", str(contacts), "--messages", str(messages)],
        log=folder / "emulator.log",
        environment={**os.environ, "PYTHONUNBUFFERED": "1"},
        cwd=folder,
    ) as process:
        yield Emulator(_wait_for_settings(process))


def _wait_for_settings(process: Guarded) -> dict[str, str]:
    """Read the lines that it prints once it listens: `TAP_SAKARI_API_URL=...` and so on."""
    deadline = time.monotonic() + _SECONDS_TO_START
    while True:
        # The last piece may be half a line.
        lines = process.output().split("\n")[:-1]
        printed = dict(line.split("=", 1) for line in lines if line.startswith("TAP_SAKARI_"))
        with contextlib.suppress(KeyError):
            return {name.lower(): printed[f"TAP_SAKARI_{name}"] for name in _SETTINGS}
        if process.exit_code() is not None or time.monotonic() > deadline:
            raise RuntimeError(
                f"sakari-emulator did not start; its last words:\n{process.last_lines()}"
            )
        time.sleep(0.02)
