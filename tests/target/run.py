"""Run the target inside the test's process and look at what it writes."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from target_sakari.target import TargetSakari
from tests.target.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from target_sakari.loading.loader import MakeWriters
    from tests.fake_clock import FakeClock

Message = dict[str, Any]


def schema(stream: str, *fields: str, key: list[str] | None = None, **more: Any) -> Message:
    """A SCHEMA message; the key is the first field unless it is given."""
    return {
        "type": "SCHEMA",
        "stream": stream,
        "schema": {"type": "object", "properties": {one: {} for one in fields}},
        "key_properties": list(fields[:1]) if key is None else key,
        **more,
    }


def record(stream: str, **fields: Any) -> Message:
    """A RECORD message."""
    return {"type": "RECORD", "stream": stream, "record": fields}


def state(value: Any) -> Message:
    """A STATE message."""
    return {"type": "STATE", "value": {"bookmarks": value}}


def people(count: int, stream: str = "contacts") -> list[Message]:
    """A SCHEMA and so many records."""
    numbers = (f"+1212555{one:04}" for one in range(count))
    records = (record(stream, id=one, mobile=number) for one, number in enumerate(numbers))
    return [schema(stream, "id", "mobile"), *records]


@dataclass
class Done:
    """What a run did.

    Attributes:
        states: that went out, in order; each its `bookmarks`.
        outcomes: the lines of the outcomes file.
        rejects: the lines of the rejects file.
        summary: the figures in the log.
        log: all lines of the log.
        stderr: what went to stderr besides.
        error: what ended the run, if not its input.
    """

    states: list[Any] = field(default_factory=list)
    outcomes: list[dict[str, Any]] = field(default_factory=list)
    rejects: list[Message] = field(default_factory=list)
    summary: dict[str, Any] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)
    stderr: str = ""
    error: BaseException | None = None

    @property
    def ended(self) -> list[str]:
        """How the records ended, in the order of the outcomes file: `written`, `rejected key…`."""
        return [" ".join(filter(None, (one["outcome"], one["reason"]))) for one in self.outcomes]


def lines(messages: Iterable[Message | str]) -> io.StringIO:
    """Messages as input; text is a line as it is."""
    return io.StringIO(
        "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in messages)
    )


def run_target(  # noqa: PLR0913
    settings: dict[str, Any],
    messages: Iterable[Message | str],
    folder: Path,
    writers: MakeWriters | None = None,
    *,
    clock: FakeClock | None = None,
    watched: bool = False,
) -> Done:
    """Run the target with outcomes and rejects in a folder; `watched` on a terminal."""
    paths = {name: folder / f"{name}.jsonl" for name in ("outcomes", "rejects")}
    given = {f"{name}_path": str(path) for name, path in paths.items()}
    target = make_target({**given, **settings}, writers, clock=clock)
    done, output, errors = Done(), io.StringIO(), _Screen(watched=watched)
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors), log_of() as log:
        try:
            target.listen(lines(messages))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the test looks at it
            done.error = error
    done.states = [json.loads(line)["bookmarks"] for line in output.getvalue().splitlines()]
    done.outcomes, done.rejects = (_read(paths[name]) for name in ("outcomes", "rejects"))
    done.log, done.stderr = log, errors.getvalue()
    found = [one for one in map(re.compile(r"summary ({.*})").fullmatch, log) if one]
    done.summary = json.loads(found[0][1]) if found else {}
    return done


def make_target(
    settings: dict[str, Any],
    writers: MakeWriters | None = None,
    *,
    clock: FakeClock | None = None,
) -> TargetSakari:
    """A target that writes with a recorder, unless other writers are given."""
    target = TargetSakari(config=dict(settings))
    target.make_writers = writers or Recorder()  # type: ignore[misc]
    if clock is not None:
        target.clock = clock.clock
    return target


class _Screen(io.StringIO):
    def __init__(self, *, watched: bool) -> None:
        super().__init__()
        self._watched = watched

    def isatty(self) -> bool:
        return self._watched


class _Sayings(logging.Handler):
    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


@contextlib.contextmanager
def log_of(name: str = TargetSakari.name) -> Iterator[list[str]]:
    """What a logger says meanwhile."""
    said: list[str] = []
    handler = _Sayings(said)
    logger = logging.getLogger(name)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield said
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)


def _read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
