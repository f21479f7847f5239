"""An open ledger: made where there is none, looked at, and what each transaction begins with."""

from __future__ import annotations

import contextlib
import datetime as dt
from typing import TYPE_CHECKING

from target_sakari.ledger import place, tables
from target_sakari.ledger.errors import LedgerError, NoLedgerError
from target_sakari.ledger.problems import DAMAGED, explained
from target_sakari.ledger.tables import sends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from sqlalchemy import URL, Connection, Engine
    from typing_extensions import Self

WAIT = 30.0
"""Seconds to wait for others who write, each of whom is done in a moment."""

HOLD = dt.timedelta(minutes=15)
"""For how long a claim is left alone by others, unless its run says otherwise."""

_LOCKS = {
    "sqlite": "BEGIN IMMEDIATE",
    "postgresql": f"LOCK TABLE {sends.name} IN SHARE ROW EXCLUSIVE MODE",
}
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', true) "
    "WHERE current_setting('synchronous_commit') = 'off'"
)
"""Have a commit return only when the disk has it, though the server be set otherwise."""

_LOCKS_TO_CREATE = {**_LOCKS, "postgresql": "SELECT pg_advisory_xact_lock(7253741)"}


class OpenLedger:
    """An open ledger, for any number of threads.

    Attributes:
        made: whether it was not there before.
    """

    def __init__(self, engine: Engine, place: str, wait: float, hold: dt.timedelta) -> None:
        """Use `open` instead."""
        self._engine = engine
        self._place = place
        self._wait = wait
        self._hold = hold
        self.made = False

    @classmethod
    def open(
        cls, url: URL, *, make: bool = True, wait: float = WAIT, hold: dt.timedelta = HOLD
    ) -> Self:
        """Open a ledger, and look whether it is a sound one of this version.

        Args:
            url: by `place.find_place`.
            make: whether to make one where there is none.
            wait: seconds to wait for others who write.
            hold: for how long a claim may be about to be asked for; until then others leave it
                alone.

        Raises:
            LedgerError: it cannot be used.
            ConfigError: the driver is not installed.
        """
        shown = place.show(url)
        if not make and place.is_missing(url):
            raise NoLedgerError(shown)
        ledger = cls(place.make_engine(url, wait), shown, wait, hold)
        try:
            with explained(shown):
                if url.drivername == "sqlite":
                    place.make_file(url)
                ledger._prepare(make=make)
        except BaseException:
            ledger.close()
            raise
        return ledger

    def close(self) -> None:
        """End the connection."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """Close it at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __str__(self) -> str:
        """Where it is, without user and password."""
        return self._place

    def _prepare(self, *, make: bool) -> None:
        if self._engine.dialect.name == "sqlite":
            with self._reading() as connection:
                found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
            if found != "ok":
                raise LedgerError(self._place, DAMAGED)
        with self._writing(_LOCKS_TO_CREATE) as connection:
            version = tables.find_version(connection)
            if version is None and make:
                tables.create(connection)
                self.made = True
            elif version is None:
                raise NoLedgerError(self._place)
            elif version != tables.VERSION:
                raise LedgerError(
                    self._place,
                    f"is of version {version}, and this target knows {tables.VERSION}. "
                    "Use the version of singer-sakari that made it, or a later one",
                )

    @contextlib.contextmanager
    def _reading(self) -> Iterator[Connection]:
        with explained(self._place), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def _writing(self, locks: dict[str, str] = _LOCKS) -> Iterator[Connection]:
        """A transaction that nobody else writes beside."""
        with explained(self._place), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {int(self._wait * 1000)}")
                connection.exec_driver_sql(_DURABLE)
            connection.exec_driver_sql(locks[connection.dialect.name])
            yield connection
