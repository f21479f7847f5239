"""How the command ends: an exit code, and one line on stderr that says why."""

from __future__ import annotations

import contextlib
import enum
import sys
from typing import TYPE_CHECKING

import click

from sakari_client.cli.plain import plain
from sakari_client.cli.words import discreet, told
from sakari_client.command import forget
from sakari_client.errors import (
    AccessDeniedError,
    AmbiguousError,
    AuthenticationError,
    ConfigError,
    InvalidInputError,
    SakariError,
    TlsError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Code(enum.IntEnum):
    """The exit codes."""

    RIGHT = 0
    REFUSED = 1
    WRONG_USE = 2
    UNKNOWN = 3
    SETTINGS = 4
    STOPPED = 130


class Ended(click.ClickException):
    """Ends the command with a code and a line."""

    def __init__(self, code: Code, line: str) -> None:
        super().__init__(line)
        self.code = code


_CODES: tuple[tuple[type[SakariError], Code], ...] = (
    (AmbiguousError, Code.UNKNOWN),
    (ConfigError, Code.SETTINGS),
    (AuthenticationError, Code.SETTINGS),
    (AccessDeniedError, Code.SETTINGS),
    (TlsError, Code.SETTINGS),
    (InvalidInputError, Code.WRONG_USE),
    (SakariError, Code.REFUSED),
)
"""The first that fits counts."""

_OF_SETTINGS = frozenset({"ACCT-008", "ACCT-010", "ACCT-016", "ACCT-017"})
"""Sakari's codes for a wrong account, and for one that may not do this, whatever the status."""

MAY_BE_REPEATED = "It may have been carried out, and may be repeated."


def code_of(error: SakariError) -> Code:
    """The exit code for an error of the client."""
    if error.code in _OF_SETTINGS and not isinstance(error, AmbiguousError):
        return Code.SETTINGS
    return next(code for kind, code in _CODES if isinstance(error, kind))


def explain(error: Exception) -> Code | None:
    """Say on stderr why the command ends.

    Returns:
        The exit code; None for an error that is a mistake in this program.
    """
    match error:
        case click.exceptions.NoArgsIsHelpError():
            _show(error.format_message())
            return Code.WRONG_USE
        case Ended():
            code, line = error.code, error.message
        case click.ClickException():
            # What was typed is repeated in some of these.
            code, line = Code(error.exit_code), discreet(error.format_message())
        case click.Abort():
            code, line = Code.STOPPED, "stopped."
        case SakariError():
            code, line = code_of(error), told(error)
        case UnicodeEncodeError():
            code, line = Code.WRONG_USE, "an argument holds bytes that are not UTF-8."
        case OSError():
            code, line = Code.REFUSED, f"{error.strerror or type(error).__name__}."
        case _:
            return None
    say(f"sakari: {line}" if line.endswith((".", "?")) else f"sakari: {line}.")
    return code


@contextlib.contextmanager
def if_stopped(line: str, code: Code = Code.STOPPED) -> Iterator[None]:
    """What to say, and how to end, where Ctrl-C comes while something is carried out, or shown.

    Likewise where nobody knows whether it was, as the client then says what to look up in Python.
    """
    try:
        yield
    except KeyboardInterrupt:
        raise Ended(code, f"stopped. {line}") from None
    except AmbiguousError as error:
        raise Ended(Code.UNKNOWN, f"{error.__cause__} {line}") from None


def say(line: str) -> None:
    """Write one line to stderr; stdout is for data."""
    _show(plain(" ".join(line.split())))


def _show(text: str) -> None:
    """Write to stderr; where that is full, or nobody reads it, the exit code tells it."""
    try:
        click.echo(text, err=True)
    except OSError:
        forget(sys.stderr)
