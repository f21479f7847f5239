"""A file that a run writes; what an earlier run wrote there is kept."""

from __future__ import annotations

import itertools
import os
import stat
from datetime import datetime, timezone
from typing import IO, TYPE_CHECKING, Any

from sakari_client.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_OURS_ALONE = 0o600
"""Rights of a new file: it holds people's data."""


class RunFile:
    """A file of lines.

    They outlive the process once `flush` has returned, and the machine once `sync` has.
    """

    def __init__(self, setting: str, path: Path) -> None:
        """Open it; a file that is there already is renamed to its name and the time it was written.

        Args:
            setting: that names the path, for messages.
            path: the file.

        Raises:
            ConfigError: it cannot be written.
        """
        self._setting = setting
        self._path = path
        if not path.parent.is_dir():
            raise ConfigError(setting, f"there is no folder {path.parent}. Make it first.")
        try:
            _keep(path)
            self._file = os.fdopen(
                os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _OURS_ALONE), "ab"
            )
        except OSError as error:
            raise self._unwritable(error) from None

    def write(self, line: bytes) -> None:
        """Write a line.

        Raises:
            ConfigError: it cannot be written.
        """
        try:
            self._file.write(line + b"\n")
        except OSError as error:
            raise self._unwritable(error) from None

    def flush(self) -> None:
        """Have the system take all lines.

        Raises:
            ConfigError: they cannot be written.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise self._unwritable(error) from None

    def sync(self) -> None:
        """Have all lines on disk.

        Raises:
            ConfigError: they cannot be written.
        """
        try:
            self._file.flush()
            if self._path.is_file():  # a pipe or /dev/null cannot be synced
                os.fsync(self._file.fileno())
        except OSError as error:
            raise self._unwritable(error) from None

    def close(self) -> None:
        """Close it; harmless when called again.

        Raises:
            ConfigError: the last lines cannot be written.
        """
        try:
            self._file.close()
        except OSError as error:
            raise self._unwritable(error) from None

    def _unwritable(self, error: OSError) -> ConfigError:
        return ConfigError(self._setting, f"{self._path} cannot be written: {error.strerror}.")


def refuse_own_input(source: IO[Any], paths: Mapping[str, Path | None]) -> None:
    """Refuse to write a file that is the input: the same command again would find it emptied.

    Args:
        source: the input.
        paths: of the files that the run writes, by their settings.

    Raises:
        ConfigError: one of them is it.
    """
    try:
        given = os.fstat(source.fileno())
    except (AttributeError, OSError, ValueError):
        return  # it has no descriptor
    if not stat.S_ISREG(given.st_mode):
        return
    for setting, path in paths.items():
        if path is not None and path.exists() and os.path.samestat(given, path.stat()):
            raise ConfigError(
                setting,
                f"{path} is the input, and each run begins it anew. Move it first, and pipe in "
                f"what was moved: mv {path} {path.with_name('input.singer')}",
            )


def _keep(path: Path) -> None:
    """Rename a file that holds something, to `PATH.20261128T124416Z`, or with `-2` and so on."""
    if not path.is_file() or not path.stat().st_size:
        return
    written = datetime.fromtimestamp(path.stat().st_mtime, timezone.utc)
    name = f"{path.name}.{written:%Y%m%dT%H%M%SZ}"
    names = itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2)))
    path.rename(next(one for one in map(path.with_name, names) if not one.exists()))
