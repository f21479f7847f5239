"""One run of one tap, as a process of its own, against the server, as another."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from sakari_emulator.tokens import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

CHECKOUT = Path(__file__).parent.parent
LONGEST = 600
"""Seconds after which a tap is stopped."""

_STREAM = "messages"
_SET_ASIDE = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
"""What a developer's machine may set, and a server does not."""


@dataclass(frozen=True)
class Server:
    """The running message server."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        """The settings with which either tap reaches it."""
        return {
            "api_url": self.url,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "account_id": ACCOUNT_ID,
        }

    def reset(self, **behaviour: int) -> None:
        """Begin to count anew, and behave so from now on; see bench/server.py."""
        self._ask(f"reset?{urllib.parse.urlencode(behaviour)}", "POST")

    def stats(self) -> dict[str, Any]:
        """Return what was asked of it since the last reset."""
        found: dict[str, Any] = self._ask("stats", "GET")
        return found

    def _ask(self, what: str, method: str) -> Any:
        request = urllib.request.Request(f"{self.url}/_bench/{what}", method=method)  # noqa: S310
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own process
            return json.load(answer)


@contextlib.contextmanager
def running_server(messages: int) -> Iterator[Server]:
    """Run the server for the length of a `with` block; it ends with this process at the latest."""
    with subprocess.Popen(
        [sys.executable, "-m", "bench.server", "--messages", str(messages), "--until-stdin-closes"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C is for this process, which then ends the server
    ) as process:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        assert process.stdout is not None  # noqa: S101
        url = process.stdout.readline().decode().strip()
        try:
            if not url:
                raise RuntimeError("bench.server did not start")
            yield Server(url)
        finally:
            process.stdin.close()


@dataclass(frozen=True)
class Run:
    """What a run cost.

    Attributes:
        seconds: from its start to its end, by the clock.
        cpu_seconds: of the tap alone.
        peak_mb: the most memory it held, by the kernel's account.
        requests: list requests, those that failed included.
        most_in_flight: list requests at the same time.
    """

    seconds: float
    cpu_seconds: float
    peak_mb: float
    requests: int
    most_in_flight: int


class TapError(Exception):
    """A tap or a target did not end well."""


@dataclass(frozen=True)
class Tap:
    """A tap that reads the messages, and nothing else.

    Attributes:
        module: what `python -m` starts.
        folder: where its files are; another tap has another.
        server: what it reads from.
        settings: besides those that reach the server.
    """

    module: str
    folder: Path
    server: Server
    settings: Mapping[str, Any]

    @property
    def output(self) -> Path:
        """What it wrote last, unless into a pipe."""
        return self.folder / "output.singer"

    def select(self) -> None:
        """Make the catalog that `run` needs: what the tap discovers, without other streams."""
        self.folder.mkdir()
        with self.output.open("wb") as file:
            self._execute({}, file, "--discover")
        catalog = json.loads(self.output.read_bytes())
        for stream in catalog["streams"]:
            for entry in stream["metadata"]:
                if not entry["breadcrumb"]:
                    entry["metadata"]["selected"] = stream["tap_stream_id"] == _STREAM
        self._catalog.write_text(json.dumps(catalog), "utf-8")

    def run(self, in_flight: Mapping[str, Any], *, piped: bool = False) -> Run:
        """Read all messages once.

        Args:
            in_flight: more settings.
            piped: whether to write into a pipe to a process that reads it, not to `output`.

        Raises:
            TapError: its exit code was not 0.
        """
        with _reader() if piped else self.output.open("wb") as output:
            cost = self._execute(in_flight, output, "--catalog", str(self._catalog))
        stats = self.server.stats()
        return Run(**cost, requests=stats["list_requests"], most_in_flight=stats["most_in_flight"])

    @property
    def _catalog(self) -> Path:
        return self.folder / "catalog.json"

    def _execute(
        self, settings: Mapping[str, Any], output: IO[bytes], *arguments: str
    ) -> dict[str, float]:
        given = {**self.server.settings, **self.settings, **settings}
        return execute(self.module, self.folder, given, *arguments, stdout=output)


def execute(
    module: str,
    folder: Path,
    config: Mapping[str, Any],
    *arguments: str,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
    stdout: IO[bytes] | int = subprocess.DEVNULL,
) -> dict[str, float]:
    """Run a tap or a target; return `seconds`, `cpu_seconds` and `peak_mb`.

    Args:
        module: what `python -m` starts.
        folder: where its files go.
        config: its settings.
        arguments: further ones of its command.
        stdin: what it reads.
        stdout: where it writes.

    Raises:
        TapError: its exit code was not 0.
    """
    path, report, log = (folder / name for name in ("config.json", "report", "log"))
    path.write_text(json.dumps(config), "utf-8")
    timed = [sys.executable, "-I", "-S", "bench/timed.py", str(report), str(LONGEST)]
    command = [sys.executable, "-m", module, "--config", str(path), *arguments]
    environment = {
        # As in an installation: there the modules are compiled already. Writing the catalog
        # has compiled them here.
        **{name: value for name, value in os.environ.items() if name not in _SET_ASIDE},
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
    }
    with log.open("wb") as errors:
        _run([*timed, *command], stdin, stdout, errors, environment)
    cost: dict[str, float] = json.loads(report.read_bytes())
    exit_code = cost.pop("exit_code")
    if exit_code != 0:
        last = "\n".join(log.read_text("utf-8", "replace").splitlines()[-15:])
        raise TapError(f"{module} ended with exit code {exit_code}; last words:\n{last}")
    return cost


def _run(
    command: list[str],
    stdin: IO[bytes] | int,
    stdout: IO[bytes] | int,
    errors: IO[bytes],
    environment: Mapping[str, str],
) -> None:
    """Run a command to its end; end it, and what it started, where this process cannot wait."""
    process = subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdin=stdin,
        stdout=stdout,
        stderr=errors,
        start_new_session=True,
    )
    try:
        process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise


@contextlib.contextmanager
def _reader() -> Iterator[IO[bytes]]:
    """A pipe to a process that reads what comes and does nothing with it."""
    command = ["cat"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as process:
        assert process.stdin is not None  # noqa: S101 - for the type checker
        yield process.stdin
