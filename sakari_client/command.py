"""What the commands `tap-sakari` and `target-sakari` have in common."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NoReturn

from sakari_client.errors import ConfigError, SakariError
from sakari_client.json_files import check_files

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Mapping


def run(
    command: Callable[[], object],
    logger: logging.Logger,
    mistakes: tuple[type[Exception], ...],
    exit_code: Callable[[Exception], int] = lambda _: 1,
) -> None:
    """Run a command; a mistake of the user becomes one line and exit code 1.

    Args:
        command: what to run.
        logger: where the line goes.
        mistakes: further errors that are the user's to mend, as the framework raises them.
        exit_code: the exit code of an error, where it is not always 1.
    """
    # Closed by the shell (`2>&-`): what is said then goes nowhere, and the exit code stays.
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        check_files(sys.argv[1:])
        command()
    except Exception as error:
        # Of json's and of simplejson's making alike; of a pipe, which cannot be looked at before.
        if isinstance(error, ValueError) and hasattr(error, "colno"):
            _end(logger, f"what --config, --state or --catalog gives is not JSON: {error}", 1)
        if not isinstance(error, (SakariError, FileNotFoundError, *mistakes)):
            raise
        _end(logger, str(error), exit_code(error))
    finally:
        forget_if_lost(sys.stderr)


def forget_if_lost(stream: IO[str]) -> None:
    """Have what is left of an output go nowhere if nobody takes it any more."""
    try:
        stream.flush()
    except OSError:
        forget(stream)


def forget(lost: IO[str]) -> None:
    """Have what nobody takes go nowhere: a last flush would change the exit code."""
    with contextlib.suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, lost.fileno())
        os.close(nowhere)


def _end(logger: logging.Logger, line: str, code: int) -> NoReturn:
    logger.error("%s", " ".join(line.split()))
    sys.exit(code)


def read_environment(
    settings: Mapping[str, Mapping[str, Any]],
    prefix: str,
    environment: Mapping[str, str] = os.environ,
) -> dict[str, Any]:
    """The settings that the environment gives, each as its schema wants it.

    Only the environment: a `.env` file is Meltano's to read. (The SDK would look for one from
    where it is installed, and let it win over what the user exported.)

    Args:
        settings: JSON Schema of each setting.
        prefix: what the settings' environment variables begin with.
        environment: the variables.

    Raises:
        ConfigError: a variable holds no whole number, no true or false, or no JSON, where it must.
    """
    found: dict[str, Any] = {}
    for name, schema in settings.items():
        variable = f"{prefix}{name.upper()}"
        if variable in environment:
            read, meaning = _READERS.get(_kind(schema), (str, "text"))
            try:
                found[name] = read(environment[variable])
            except ValueError:
                raise ConfigError(name, f"must be {meaning}; look at {variable}.") from None
    return found


def read_booleans(
    settings: Mapping[str, Mapping[str, Any]], given: Mapping[str, Any]
) -> dict[str, Any]:
    """What a file gives, with true and false also where they came as text.

    So they come from Meltano, which is told that they are text: of a word that it does not know it
    would make false, and a real run of a dry one.

    Args:
        settings: JSON Schema of each setting.
        given: the settings' values by name.

    Raises:
        ConfigError: a text is neither true nor false; the error names the setting, not the value.
    """
    read = dict(given)
    for name, value in given.items():
        if isinstance(value, str) and _kind(settings.get(name, {})) == "boolean":
            try:
                read[name] = _read_boolean(value)
            except ValueError:
                raise ConfigError(name, "must be true or false.") from None
    return read


def _kind(schema: Mapping[str, Any]) -> str:
    """What a setting is, if it is not null."""
    kinds = schema.get("type", "string")
    return str(kinds if isinstance(kinds, str) else kinds[0])


_TRUE = frozenset({"true", "t", "yes", "y", "1", "on"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "off"})


def _read_boolean(text: str) -> bool:
    """A yes or a no; a slip is neither, or a dry run would become a real one.

    Raises:
        ValueError: it is neither.
    """
    word = text.strip().lower()
    if word not in _TRUE | _FALSE:
        raise ValueError
    return word in _TRUE


_READERS: dict[str, tuple[Callable[[str], object], str]] = {
    "integer": (int, "a whole number"),
    "boolean": (_read_boolean, "true or false"),
    "object": (json.loads, "JSON"),
    "array": (json.loads, "JSON"),
}
