"""How a run ends that did not go well: its exit code, and its last words."""

from __future__ import annotations

import traceback
from pathlib import Path

from singer_sdk.exceptions import (
    ConfigurationError,
    MappingError,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
)

from sakari_client.errors import (
    AccessDeniedError,
    AuthenticationError,
    ConfigError,
    InvalidInputError,
    RedirectedError,
    SakariError,
    TlsError,
)
from target_sakari.contacts.known import TemporaryFolderError
from target_sakari.contacts.mirror import MirrorRefusedError
from target_sakari.ledger.errors import LedgerError
from target_sakari.loading.loader import TooManyRejectedError
from target_sakari.loading.state_output import StateOutputError
from target_sakari.messages import InputError
from target_sakari.sends.errors import LowBalanceError

MISTAKE = 1
THRESHOLD = 3
ACCESS = 4
CREDIT = 5
OUT_OF_REACH = 6
LEDGER = 7

_NO_CREDIT = frozenset({"ACCT-001", "ACCT-006"})
_SETTINGS = (ConfigError, InvalidInputError, RedirectedError, TlsError)
"""Errors of the client that a setting mends."""

MISTAKES = (
    ConfigurationError,
    InputError,
    MappingError,
    MirrorRefusedError,
    MissingKeyPropertiesError,
    RecordsWithoutSchemaException,
    StateOutputError,
    TemporaryFolderError,
    TooManyRejectedError,
)
"""Errors besides the client's that say themselves what is wrong."""


class UnexpectedError(SakariError):
    """A mistake of the program. What it says is left out, as it may hold a record's values."""

    def __init__(self, error: BaseException) -> None:
        frames = traceback.extract_tb(error.__traceback__)
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        super().__init__(
            f"{type(error).__name__}{place}. This is a mistake in target-sakari; please report it."
        )


def is_explained(error: BaseException) -> bool:
    """Whether an error says itself what is wrong, and holds no values of records."""
    return isinstance(error, (SakariError, *MISTAKES))


def exit_code(error: Exception) -> int:
    """The exit code of a run that an error ended."""
    if isinstance(error, (TooManyRejectedError, MirrorRefusedError)):
        return THRESHOLD
    if not isinstance(error, SakariError) or isinstance(error, UnexpectedError):
        return MISTAKE
    if isinstance(error, LedgerError):
        return LEDGER
    if error.code in _NO_CREDIT or isinstance(error, LowBalanceError):
        return CREDIT
    of_account = error.code is not None and error.code.startswith("ACCT-")
    if of_account or isinstance(error, (AccessDeniedError, AuthenticationError)):
        return ACCESS
    return MISTAKE if isinstance(error, _SETTINGS) else OUT_OF_REACH
