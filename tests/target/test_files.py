"""The files of a run: nothing earlier is lost, and what cannot be written is said before."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from sakari_client.errors import ConfigError
from target_sakari.loading.run_file import RunFile
from tests.target.recorder import Recorder
from tests.target.run import lines, make_target, people, run_target, state

Settings = dict[str, Any]

WRITTEN = 1_795_869_856  # 2026-11-28T12:44:16Z


def write(path: Path, *lines: bytes) -> None:
    file = RunFile("outcomes_path", path)
    for line in lines:
        file.write(line)
    file.sync()
    file.close()
    os.utime(path, (WRITTEN, WRITTEN))


def test_what_earlier_runs_wrote_is_kept_under_the_time_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    for run in (b"1", b"2", b"3", b"4"):
        write(path, run)
    kept = {one.name: one.read_bytes() for one in tmp_path.iterdir()}
    assert kept == {
        "outcomes.jsonl": b"4\n",
        "outcomes.jsonl.20261128T124416Z": b"1\n",
        "outcomes.jsonl.20261128T124416Z-2": b"2\n",
        "outcomes.jsonl.20261128T124416Z-3": b"3\n",
    }


def test_a_file_that_holds_nothing_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "rejects.singer"
    write(path)
    write(path)
    assert [one.name for one in tmp_path.iterdir()] == ["rejects.singer"]


def test_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    write(tmp_path / "outcomes.jsonl")
    assert stat.S_IMODE((tmp_path / "outcomes.jsonl").stat().st_mode) == 0o600


def test_a_device_may_stand_for_a_file() -> None:
    file = RunFile("rejects_path", Path("/dev/null"))
    file.write(b"{}")
    file.sync()
    file.close()
    assert Path("/dev/null").is_char_device()


def test_a_full_disk_is_one_line_and_no_state_goes_out(settings: Settings, tmp_path: Path) -> None:
    full = {**settings, "outcomes_path": "/dev/full"}
    done = run_target(full, [*people(2), state(2)], tmp_path)
    assert isinstance(done.error, ConfigError)
    assert str(done.error) == (
        "outcomes_path: /dev/full cannot be written: No space left on device."
    )
    assert done.states == []


@pytest.mark.parametrize("setting", ["outcomes_path", "rejects_path"])
@pytest.mark.parametrize(
    ("path", "said"),
    [("nowhere/file", "there is no folder"), (".", "Is a directory")],
)
def test_a_path_that_cannot_be_is_refused_before_anything_is_written(
    settings: Settings, tmp_path: Path, setting: str, path: str, said: str
) -> None:
    writers = Recorder()
    wrong = {**settings, setting: str(tmp_path / path)}
    done = run_target(wrong, people(1), tmp_path, writers)
    assert isinstance(done.error, ConfigError)
    assert str(done.error).startswith(f"{setting}: ")
    assert said in str(done.error)
    assert writers.batches == []


@pytest.mark.parametrize("spelt", ["file", "./file", "folder/../file", "link/file", "alias"])
@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("outcomes_path", "rejects_path"),
        ("outcomes_path", "deferred_path"),
        ("rejects_path", "deferred_path"),
    ],
)
def test_one_file_cannot_be_two_however_it_is_spelt(
    settings: Settings, tmp_path: Path, spelt: str, one: str, other: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "alias").symlink_to("file")
    both = {one: str(tmp_path / "file"), other: f"{tmp_path}/{spelt}"}
    with pytest.raises(ConfigError, match=f"{other}: is the same file as {one}"):
        make_target({**settings, **both})


def test_a_path_from_here_is_the_same_as_from_the_top(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    both = {"outcomes_path": "file", "rejects_path": str(tmp_path / "file")}
    with pytest.raises(ConfigError, match="is the same file"):
        make_target({**settings, **both})


@pytest.mark.parametrize("setting", ["outcomes_path", "rejects_path", "deferred_path"])
def test_no_file_of_the_run_may_be_its_input(
    settings: Settings, tmp_path: Path, setting: str
) -> None:
    given, writers = tmp_path / "given.singer", Recorder()
    given.write_text(lines(people(1)).getvalue())
    (tmp_path / "link.singer").symlink_to(given)
    target = make_target({**settings, setting: str(tmp_path / "link.singer")}, writers)
    with given.open("rb") as source, pytest.raises(ConfigError) as caught:
        target.listen(source)  # type: ignore[arg-type]
    assert str(caught.value).startswith(f"{setting}: {tmp_path}/link.singer is the input")
    assert f"mv {tmp_path}/link.singer {tmp_path}/input.singer" in str(caught.value)
    assert given.read_text() == lines(people(1)).getvalue()
    assert writers.batches == []


def test_input_and_rejects_may_both_be_the_null_device(settings: Settings) -> None:
    target = make_target({**settings, "rejects_path": "/dev/null"})
    with Path("/dev/null").open("rb") as source:
        target.listen(source)  # type: ignore[arg-type]
