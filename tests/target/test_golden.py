"""Golden files: what comes in as `NAME.singer`, and what becomes of it as `NAME.outcomes.jsonl`.

`NAME.before.singer` is loaded first, and `NAME.config.json` holds settings, where they are there.
Ids of Sakari's making stand as `<id>`. `python -m tests.target.test_golden` writes the outcomes
anew: look at each change.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import pytest

from devtools.meltano import CHECKOUT
from sakari_emulator.server import EmulatorServer
from tests.conftest import settings_for
from tests.crash.forkserver import ForkServer
from tests.target.golden import GOLDEN

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = sorted(one.name.removesuffix(".outcomes.jsonl") for one in GOLDEN.glob("*.outcomes.jsonl"))
FAILING = {"mirror_refused": 3, "unknown_stream": 1}
"""Exit codes that are not 0."""

PROGRAM = "target_sakari.__main__"

Row = dict[str, Any]


class Command:
    """The command, and an account that is empty but for what golden files bring."""

    def __init__(self) -> None:
        self._python = ForkServer(Path(sys.executable), PROGRAM, path=CHECKOUT, quick=True)
        self._account = EmulatorServer(contacts=0, templates=0, campaigns=0, webhooks=0)

    def __enter__(self) -> Command:  # noqa: PYI034 - Self needs Python 3.11
        self._account.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._python.__exit__()
        self._account.stop()

    def play(self, name: str, folder: Path, **more: Any) -> tuple[int, list[Row]]:
        """Load a golden file into the account as it is to be; returns exit code and outcomes."""
        self._account.reset()
        before = GOLDEN / f"{name}.before.singer"
        if before.exists():
            code, _ = self.load(name, before, folder)
            assert code == 0
        return self.load(name, GOLDEN / f"{name}.singer", folder, **more)

    def load(self, name: str, file: Path, folder: Path, **more: Any) -> tuple[int, list[Row]]:
        """Load a file with the settings of a golden one; returns exit code and outcomes."""
        given, paths = GOLDEN / f"{name}.config.json", _paths(folder)
        settings = json.loads(given.read_text()) if given.exists() else {}
        config = folder / "config.json"
        config.write_text(json.dumps({**settings_for(self._account), **paths, **settings, **more}))
        arguments = ["--config", str(config), "--input", str(file)]
        with (
            _files(folder) as files,
            self._python.start(f"{PROGRAM}:main", arguments, folder, files.streams) as child,
        ):
            code = child.exit_code()
        lines = Path(paths["outcomes_path"]).read_text("utf-8").splitlines()
        return code, [_without_ids(json.loads(line)) for line in lines]


class _Files:
    def __init__(self, streams: list[IO[Any]]) -> None:
        self.streams = streams

    def __enter__(self) -> _Files:  # noqa: PYI034 - Self needs Python 3.11
        return self

    def __exit__(self, *_: object) -> None:
        for one in self.streams:
            one.close()


def _files(folder: Path) -> _Files:
    output, log = ((folder / name).open("wb") for name in ("output", "log"))
    return _Files([Path("/dev/null").open("rb"), output, log])


def _paths(folder: Path) -> dict[str, str]:
    return {f"{name}_path": str(folder / name) for name in ("outcomes", "rejects")}


def _without_ids(row: Row) -> Row:
    ours, key = row["sakari_id"], row["key"]
    if row["action"] == "delete" and key == {"id": ours}:  # no record's, but mirror's
        key = {"id": "<id>"}
    return {**row, "key": key, "sakari_id": ours and "<id>"}


def expected(name: str) -> list[Row]:
    lines = (GOLDEN / f"{name}.outcomes.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def endings(rows: list[Row]) -> list[tuple[Any, ...]]:
    return [(one["stream"], one["key"], one["outcome"], one["reason"]) for one in rows]


@pytest.fixture(scope="module")
def command() -> Iterator[Command]:
    with Command() as made:
        yield made


def test_there_are_golden_files_and_each_has_its_outcomes() -> None:
    inputs = {one.name.removesuffix(".singer") for one in GOLDEN.glob("*.singer")}
    assert {one for one in inputs if not one.endswith(".before")} == set(NAMES)
    assert len(NAMES) > 5


@pytest.mark.parametrize("method", ["single", "bulk", "auto"])
@pytest.mark.parametrize("name", NAMES)
def test_outcomes_are_as_written_down(
    command: Command, tmp_path: Path, name: str, method: str
) -> None:
    code, rows = command.play(name, tmp_path, write_method=method)
    assert code == FAILING.get(name, 0), (tmp_path / "log").read_text()
    assert rows == expected(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_decides_alike(command: Command, tmp_path: Path, name: str) -> None:
    _, rows = command.play(name, tmp_path, dry_run=True)
    assert (tmp_path / "output").read_text() == ""
    planned = [
        {**one, "outcome": "planned"} if one["outcome"] == "written" else one
        for one in expected(name)
    ]
    assert endings(rows) == endings(planned)
    assert [one["action"] for one in rows] == [one["action"] for one in planned]


@pytest.mark.parametrize("name", NAMES)
def test_rejects_that_nobody_mended_are_rejected_again(
    command: Command, tmp_path: Path, name: str
) -> None:
    _, rows = command.play(name, tmp_path)
    rejects = tmp_path / "again.singer"
    (tmp_path / "rejects").rename(rejects)
    code, again = command.load(name, rejects, tmp_path)
    assert code == 0
    assert endings(again) == endings([one for one in rows if one["outcome"] == "rejected"])


def _write_anew() -> None:
    with Command() as command, tempfile.TemporaryDirectory() as folder:
        for file in GOLDEN.glob("*.singer"):
            name = file.name.removesuffix(".singer")
            if not name.endswith(".before"):
                _, rows = command.play(name, Path(folder))
                lines = (json.dumps(row, ensure_ascii=False) for row in rows)
                text = "".join(f"{line}\n" for line in lines)
                (GOLDEN / f"{name}.outcomes.jsonl").write_text(text, "utf-8")


if __name__ == "__main__":
    _write_anew()
