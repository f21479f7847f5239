"""What the commands `tap-sakari` and `target-sakari` have in common."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Any, NoReturn

from sakari_client.errors import ConfigError, SakariError

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping


def run(
    command: Callable[[], object],
    logger: logging.Logger,
    settings: Mapping[str, Mapping[str, Any]],
    prefix: str,
    mistakes: tuple[type[Exception], ...],
) -> None:
    """Run a command; a mistake of the user becomes one line and exit code 1.

    Args:
        command: what to run.
        logger: where the line goes.
        settings: JSON Schema of each setting.
        prefix: what the settings' environment variables begin with.
        mistakes: further errors that are the user's to mend, as the framework raises them.
    """
    try:
        if "ENV" in sys.argv or "--config=ENV" in sys.argv:
            _check_environment(settings, prefix)
        command()
    except Exception as error:
        # Of json's and of simplejson's making alike.
        if isinstance(error, ValueError) and hasattr(error, "colno"):
            _end(logger, f"a file given by --config, --state or --catalog is not JSON: {error}")
        if not isinstance(error, (SakariError, FileNotFoundError, *mistakes)):
            raise
        _end(logger, str(error))


def _end(logger: logging.Logger, line: str) -> NoReturn:
    logger.error("%s", " ".join(line.split()))
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
        kinds = schema.get("type", ())
        for kind in {kinds} if isinstance(kinds, str) else kinds:
            if kind in readers and variable in os.environ:
                read, meaning = readers[kind]
                try:
                    read(os.environ[variable])
                except ValueError:
                    raise ConfigError(name, f"must be {meaning}; look at {variable}.") from None
