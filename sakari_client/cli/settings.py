"""Where the command finds its settings: the tap's environment variables, and a `.env` file."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

import click
from dotenv import dotenv_values
from dotenv.parser import parse_stream

from sakari_client.cli import ended
from sakari_client.cli.words import PREFIX
from sakari_client.client import SakariClient
from sakari_client.command import read_environment
from sakari_client.config import REQUIRED, SETTINGS, ClientConfig
from sakari_client.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DEFAULT_FILE = ".env"

_WHITHER = ("api_url", "auth_url", "proxy_url", "ca_file")
"""Settings that decide who sees the credentials."""

_Given = ParamSpec("_Given")
_Result = TypeVar("_Result")


def with_client(
    command: Callable[Concatenate[SakariClient, _Given], _Result],
) -> Callable[_Given, _Result]:
    """Give a command a client, made from the settings when the command is run."""

    @functools.wraps(command)
    def opened(*args: _Given.args, **kwargs: _Given.kwargs) -> _Result:
        with SakariClient(read_config(click.get_current_context().obj)) as sakari:
            return command(sakari, *args, **kwargs)

    return opened


def read_config(env_file: str | None) -> ClientConfig:
    """Read the settings; exported variables win over those in the file.

    Args:
        env_file: the file. Default: `.env` in the current folder, if it is there.

    Raises:
        ConfigError: a setting is missing or wrong; the error names it.
    """
    in_file = _in_file(env_file)
    if env_file is None:
        _tell_where_secrets_go(in_file)
    found = read_environment(SETTINGS, PREFIX, {**in_file, **os.environ})
    for name in REQUIRED:
        if name not in found:
            raise ConfigError(
                f"{PREFIX}{name.upper()}",
                f"is not set. Export it, or write it into {env_file or DEFAULT_FILE}.",
            )
    return ClientConfig.from_settings(found)


def _tell_where_secrets_go(in_file: Mapping[str, str]) -> None:
    """Say so where a file that nobody named decides who gets the credentials."""
    names = [f"{PREFIX}{name.upper()}" for name in _WHITHER]
    deciding = [name for name in names if name in in_file and name not in os.environ]
    if deciding:
        ended.say(
            f"sakari: the {DEFAULT_FILE} in this folder sets {', '.join(deciding)}, and so decides "
            f"who gets the credentials. If that is meant, give --env-file {DEFAULT_FILE}."
        )


def read_variables(env_file: str | None) -> dict[str, str]:
    """All variables: those in the file, and the exported ones, which win.

    Raises:
        ConfigError: the file cannot be read.
    """
    return {**_in_file(env_file), **os.environ}


def _in_file(env_file: str | None) -> dict[str, str]:
    path = Path(env_file or DEFAULT_FILE)
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8") as file:
            lines = [one.original.line for one in parse_stream(file) if one.error]
        values = dotenv_values(path)
    except (OSError, UnicodeDecodeError):
        raise ConfigError(str(path), "cannot be read as UTF-8 text.") from None
    if lines:
        numbers = ", ".join(map(str, lines))
        ended.say(f"sakari: {path}: what is no NAME=VALUE was left out, in line {numbers}.")
    return {name: value for name, value in values.items() if value is not None}
