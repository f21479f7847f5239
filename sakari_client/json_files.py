"""The JSON files that a command is given: what is wrong with one is said before it is used."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema

from sakari_client.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OBJECT: dict[str, Any] = {"type": "object"}
_CATALOG: dict[str, Any] = {
    "type": "object",
    "required": ["streams"],
    "properties": {
        "streams": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tap_stream_id", "schema"],
                "properties": {
                    "tap_stream_id": {"type": "string"},
                    "schema": {
                        "type": "object",
                        "properties": {"properties": {"type": "object"}},
                    },
                    "metadata": {"type": "array", "items": {"type": "object"}},
                },
            },
        }
    },
}
_SHAPES = {"config": _OBJECT, "state": _OBJECT, "catalog": _CATALOG}


def check_files(arguments: Sequence[str]) -> None:
    """Check the files among a command's arguments.

    What is no plain file is left alone: a pipe can be read only once.

    Raises:
        ConfigError: one of them is not what it must be; the error names option and file.
    """
    for option, path in _given(arguments):
        try:
            is_folder, is_file = path.is_dir(), path.is_file()
        except OSError:
            # Not shown: it may be the file's content, with a secret in it.
            raise ConfigError(f"--{option}", "is not the path of a file.") from None
        if is_folder:
            raise ConfigError(f"--{option}", f"{path} is a folder.")
        if is_file:
            _check(option, path)


def _given(arguments: Sequence[str]) -> Iterator[tuple[str, Path]]:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for option in _SHAPES:
        parser.add_argument(f"--{option}", action="append", default=[], nargs="?")
    for option, paths in vars(parser.parse_known_args(arguments)[0]).items():
        yield from ((option, Path(path)) for path in paths if path and path != "ENV")


def _check(option: str, path: Path) -> None:
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        problem = f"{path} is not JSON: {error}."
    except (ValueError, RecursionError):
        problem = f"{path} is not JSON."
    except OSError as error:
        problem = f"{path} cannot be read: {error.strerror}."
    else:
        if jsonschema.Draft202012Validator(_SHAPES[option]).is_valid(document):
            return
        shape = "a catalog, as --discover writes it" if option == "catalog" else "a JSON object"
        problem = f"{path} must hold {shape}."
    raise ConfigError(f"--{option}", problem)
