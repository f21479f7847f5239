"""Values of settings, as they are in a file or in the environment."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from sakari_client.errors import ConfigError


def number(name: str, value: Any, most: float) -> float:
    """A number from 0 to `most` that may be text, as it is in the environment.

    Raises:
        ConfigError: it is none.
    """
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not 0 <= found <= most:
        raise ConfigError(name, f"must be a number from 0 to {most:,}.")
    return found


def path(value: str | None) -> Path | None:
    """A path, `~` being the home folder; None where there is none, or blank text."""
    return Path(value).expanduser() if value and value.strip() else None


def same_file(one: Path | None, other: Path | None) -> bool:
    """Whether two paths lead to one file, by way of links and `..` too; not where there is none."""
    if one is None or other is None:
        return False
    return os.path.realpath(one) == os.path.realpath(other)
