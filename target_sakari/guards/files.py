"""Which local files a text may carry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from pathlib import Path

_MB = 1_000_000


def local_file(name: str, folder: Path | None, most_mb: float) -> Path:
    """The file that a record names, if it may go out.

    Args:
        name: its path, from the folder on or from the root.
        folder: media_folder; links in it must not lead out of it.
        most_mb: its largest size in megabytes.

    Raises:
        RejectedError: it is not there, not in the folder, not readable, empty, or too large.
    """
    if folder is None:
        _reject("is a local file, and media_folder is not set")
    try:
        root = folder.resolve()
        file = (root / name).resolve()
        if not file.is_relative_to(root):
            _reject("is not in media_folder")
        if not file.is_file():
            _reject("is no file in media_folder")
        size = file.stat().st_size
    except (OSError, RuntimeError, ValueError):  # also links in a circle, and NUL in a name
        _reject("cannot be read")
    if not size:
        _reject("is empty")
    if size > most_mb * _MB:
        _reject(f"is larger than max_media_mb, {most_mb:g}")
    return file


def _reject(problem: str) -> NoReturn:
    raise RejectedError(Reason.MEDIA, f"media: {problem}")
