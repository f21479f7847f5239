"""What is wrong with a ledger, said in one line that holds no password."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from target_sakari.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

DAMAGED = (
    "is damaged, or is no ledger. Restore it from a backup. A new one in its place knows of no "
    "text that was sent"
)
_LOCKED = "is locked by another process. Wait until that has ended, and start again"
_FULL = "cannot grow: the disk is full. Make room, and start again"
_CLOSED = "may not be written. Give this user the right to write it, and its folder"

_OUT_OF_REACH = "is out of reach. See whether the server runs, and whether its name is right"

_PROBLEMS: tuple[tuple[str, str], ...] = (
    # SQLite tells them by their words alone, up to Python 3.10.
    ("database (table )?is locked", _LOCKED),
    ("database or disk is full", _FULL),
    ("malformed|file is not a database|Could not decode|no such (table|column)", DAMAGED),
    ("readonly database|unable to open database file", _CLOSED),
    ("disk I/O error", "cannot be read or written: the disk is full, or fails. See to that"),
    # PostgreSQL by its codes; to whoever is not let in it sends none.
    ("^55P03", _LOCKED),
    ("^53100", _FULL),
    ("^(XX00[12]|42P01|42703)", DAMAGED),
    ("^(42501|25006)", _CLOSED),
    ("^(08|57P)", _OUT_OF_REACH),
    (
        "authentication failed|no password supplied|role .* does not exist|pg_hba",
        "lets nobody in with this user and password. Mend them",
    ),
    ("database .* does not exist", "is not there. Create it, or mend its name"),
)
"""What is found in an error's code and words, and what that means. The first that fits counts."""


@contextlib.contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn what the database raises into a LedgerError.

    The original is not chained: its text may hold what was to be written.
    """
    try:
        yield
    except DBAPIError as error:
        raise LedgerError(place, _problem(error)) from None
    except PoolTimeoutError:
        raise LedgerError(place, _LOCKED) from None
    except (SQLAlchemyError, ValueError, ArithmeticError):
        # Values that are no time or no price.
        raise LedgerError(place, DAMAGED) from None
    except OSError as error:
        raise LedgerError(place, f"cannot be made: {error.strerror}") from None


def _problem(error: DBAPIError) -> str:
    code = getattr(error.orig, "sqlstate", None) or ""
    told = f"{code} {error.orig}"
    for pattern, problem in _PROBLEMS:
        if re.search(pattern, told):
            return problem
    if isinstance(error, OperationalError) and not code:
        return _OUT_OF_REACH
    return f"fails with {type(error).__name__} {code}".rstrip()
