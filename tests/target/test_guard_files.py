"""Which local files may go out."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from target_sakari.guards.files import local_file
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    (folder / "deep").mkdir(parents=True)
    (tmp_path / "media-secret").mkdir()
    (folder / "a.png").write_bytes(b"x" * 1_000)
    (folder / "deep" / "b.png").write_bytes(b"x" * 1_001)
    (folder / "empty.png").touch()
    for secret in (tmp_path / "secret", tmp_path / "media-secret" / "secret"):
        secret.write_text("secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "within").symlink_to(folder / "a.png")
    (folder / "circle").symlink_to(folder / "circle")
    os.mkfifo(folder / "pipe")
    return folder


def test_files_in_the_folder(folder: Path) -> None:
    file = (folder / "a.png").resolve()
    for name in ("a.png", "./deep/../a.png", "within", str(folder / "a.png")):
        assert local_file(name, folder, 0.001) == file


@pytest.mark.parametrize(
    ("name", "detail"),
    [
        ("../secret", "is not in media_folder"),
        ("../media-secret/secret", "is not in media_folder"),
        ("/etc/passwd", "is not in media_folder"),
        ("link", "is not in media_folder"),
        ("circle", ""),
        ("pipe", "is no file in media_folder"),
        ("deep", "is no file in media_folder"),
        ("nothing.png", "is no file in media_folder"),
        ("a\0.png", "cannot be read"),
        ("a" * 5_000, "cannot be read"),
        ("empty.png", "is empty"),
        ("deep/b.png", "is larger than max_media_mb, 0.001"),
    ],
)
def test_others_are_refused(folder: Path, name: str, detail: str) -> None:
    with pytest.raises(RejectedError) as raised:
        local_file(name, folder, 0.001)
    assert raised.value.reason is Reason.MEDIA
    assert detail in raised.value.detail
    assert str(folder) not in raised.value.detail


def test_without_a_folder_there_are_no_files() -> None:
    with pytest.raises(RejectedError, match="media_folder is not set"):
        local_file("a.png", None, 1)
