"""Where the ledger is: an SQLite file on this machine, or a PostgreSQL database for several."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Engine, QueuePool, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from sakari_client.errors import ConfigError

_POSTGRES = ("postgres", "postgresql", "postgresql+psycopg")

_EXAMPLES = "Use sqlite:////folder/ledger.db or postgresql://user:password@host/database."

_PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "tcp_user_timeout": 60_000}
"""So that a server that is gone is noticed: seconds, seconds, milliseconds (libpq's names)."""


def find_place(ledger_url: str | None, account_id: str) -> URL:
    """The address of the ledger.

    Args:
        ledger_url: the setting. Default: a file of the account's in the user's state folder,
            `$XDG_STATE_HOME/singer-sakari` or `~/.local/state/singer-sakari`.
        account_id: of the Sakari account.

    Raises:
        ConfigError: it is no address of a ledger; the value is not shown.
    """
    if not ledger_url:
        file = _default_folder() / f"ledger-{quote(account_id, safe='')}.db"
        return URL.create("sqlite", database=str(file))
    try:
        url = make_url(ledger_url)
    except (ArgumentError, ValueError):
        raise ConfigError("ledger_url", f"is not an address. {_EXAMPLES}") from None
    if url.drivername in _POSTGRES:
        return url.set(drivername="postgresql+psycopg")
    if url.drivername != "sqlite":
        raise ConfigError("ledger_url", f"must be SQLite or PostgreSQL. {_EXAMPLES}")
    if url.query or url.host or not Path(url.database or "").is_absolute():
        # A relative one would be another ledger in another folder, without what was sent.
        raise ConfigError(
            "ledger_url", "must hold the whole path of a file: sqlite:////folder/ledger.db."
        )
    return url


def show(place: URL) -> str:
    """An address without user and password."""
    if place.drivername == "sqlite":
        return str(place.database)
    return (
        f"postgresql://{place.host or ''}{f':{place.port}' if place.port else ''}/{place.database}"
    )


def is_missing(place: URL) -> bool:
    """Whether the address is that of a file that is not there."""
    return place.drivername == "sqlite" and not Path(str(place.database)).exists()


def make_file(place: URL) -> None:
    """Make an empty file that its owner alone may read, and the default folder.

    No other folder is made: a slip in a path must not lead to an empty ledger.

    Raises:
        OSError: it cannot be made.
    """
    file = Path(str(place.database))
    if file.parent == _default_folder():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Never opened where it is there: closing it would end SQLite's locks in this process.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def make_engine(place: URL, wait: float) -> Engine:
    """An engine with one connection, which the threads of this process take turns with.

    Args:
        place: by `find_place`.
        wait: seconds to wait for others who write.

    Raises:
        ConfigError: the driver is not installed.
    """
    is_file = place.drivername == "sqlite"
    # Without isolation level, transactions begin where the ledger says so and nowhere else.
    more: dict[str, Any] = {"timeout": wait, "isolation_level": None} if is_file else _PATIENCE
    try:
        engine = create_engine(
            place, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=wait,
            pool_pre_ping=not is_file, connect_args=more, hide_parameters=True,
        )  # fmt: skip
    except ModuleNotFoundError:
        raise ConfigError(
            "ledger_url", "needs psycopg: pip install 'singer-sakari[postgres]'."
        ) from None
    if is_file:
        event.listen(engine, "connect", _make_durable)
    return engine


def _make_durable(connection: Any, _record: object) -> None:
    """Have a commit return only when the disk has it, and the removal of the journal too."""
    connection.execute("PRAGMA synchronous=EXTRA")


def _default_folder() -> Path:
    given = Path(os.environ.get("XDG_STATE_HOME", ""))
    # A relative one is to be ignored, says the XDG Base Directory Specification.
    state = given if given.is_absolute() else Path.home() / ".local" / "state"
    return state / "singer-sakari"
