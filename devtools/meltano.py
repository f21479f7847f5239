"""Meltano as a person would run it, kept apart from what that person has set up."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from devtools.guarded import Guarded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).parent.parent

_NOT_INHERITED = ("MELTANO_", "TAP_", "TARGET_")


@dataclass(frozen=True)
class Run:
    """How one Meltano command ended."""

    exit_code: int
    seconds: float
    log: Path

    def records_read(self, extractor: str = "tap-sakari") -> Counter[str]:
        """Return the number of records that the extractor sent, by stream.

        The SDK reports what it counted since it last did, so the numbers add up.
        """
        read: Counter[str] = Counter()
        for line in _json_lines(self.log):
            metric = line.get("metric_info") or {}
            if metric.get("metric") == "record_count" and line.get("name") == extractor:
                read[metric["tags"]["stream"]] += metric["value"]
        return read

    def last_words(self, count: int = 15) -> str:
        """Return the end of the log in plain text, without the metrics."""
        words = [
            f"  {line.get('name', 'meltano')}: {line.get('event', '')}"
            for line in _json_lines(self.log)
            if "metric_info" not in line
        ]
        return "\n".join(words[-count:])


@dataclass(frozen=True)
class Meltano:
    """The checkout's project, with a system database and settings of its own.

    Neither the user's `.env`, nor `TAP_...` and `TARGET_...` variables, nor the state of earlier
    runs have a say in it.
    """

    folder: Path
    """Where its system database and logs go."""
    settings: Mapping[str, str]

    @property
    def program(self) -> Path:
        """Meltano's program."""
        program = CHECKOUT / ".venv-meltano" / "bin" / "meltano"
        if not program.exists():
            raise FileNotFoundError("Meltano is not installed: run script/setup")
        return program

    def __call__(self, name: str, *arguments: str) -> Run:
        """Run one command to its end, once no other one runs; its log is `{name}.log`."""
        with _alone():
            return self._run(name, arguments)

    def _run(self, name: str, arguments: Sequence[str]) -> Run:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(_NOT_INHERITED)
        }
        started = time.monotonic()
        with Guarded(
            [self.program, "--log-format=json", f"--env-file={os.devnull}", *arguments],
            log=self.folder / f"{name}.log",
            environment={
                **kept,
                "MELTANO_DATABASE_URI": f"sqlite:///{self.folder / 'meltano.db'}",
                "XDG_STATE_HOME": str(self.folder),  # else it writes logs into the home folder
                "MELTANO_AUTO_INSTALL": "false",  # script/setup installed what is pinned
                **self.settings,
            },
            cwd=CHECKOUT,
            grace=3,  # there is nothing to save: state and tables are thrown away anyway
        ) as process:
            code = process.wait()
        return Run(code, time.monotonic() - started, self.folder / f"{name}.log")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Wait for other runs to end: by `.meltano/run` they would take each other's catalogs away."""
    folder = CHECKOUT / ".cache"
    folder.mkdir(exist_ok=True)
    with (folder / "meltano.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _json_lines(log: Path) -> Iterator[dict[str, Any]]:
    """Yield the log's lines; what is no JSON, such as a traceback, counts as the text of one."""
    for text in log.read_text(errors="replace").splitlines():
        try:
            line = json.loads(text)
        except ValueError:
            line = None
        yield line if isinstance(line, dict) else {"event": text}
