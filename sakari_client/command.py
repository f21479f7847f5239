"""What the commands `tap-sakari` and `target-sakari` have in common."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any

from sakari_client.errors import ConfigError, SakariError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping


def run(
    command: Callable[[], object],
    logger: logging.Logger,
    settings: Mapping[str, Mapping[str, Any]],
    prefix: str,
) -> None:
    """Run a command; an error that is no bug of ours becomes one line and exit code 1.

    Args:
        command: what to run.
        logger: where the line goes.
        settings: JSON Schema of each setting.
        prefix: what the settings' environment variables begin with.
    """
    try:
        _check_environment(settings, prefix)
        command()
    except SakariError as error:
        logger.error("%s", error)  # noqa: TRY400 - a traceback tells the user nothing
        sys.exit(1)


def _check_environment(settings: Mapping[str, Mapping[str, Any]], prefix: str) -> None:
    """Refuse values that the SDK would meet with a traceback.

    Raises:
        ConfigError: a variable holds no whole number, or no JSON, where it must.
    """
    readers: dict[str, tuple[Callable[[str], object], str]] = {
        "integer": (int, "a whole number"),
        "object": (json.loads, "JSON"),
    }
    for name, schema in settings.items():
        variable = f"{prefix}{name.upper()}"
        if isinstance(schema["type"], str) and schema["type"] in readers and variable in os.environ:
            read, meaning = readers[schema["type"]]
            try:
                read(os.environ[variable])
            except ValueError:
                raise ConfigError(name, f"must be {meaning}; look at {variable}.") from None
