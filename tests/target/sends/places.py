"""Places for ledgers, and what is written into them."""

from __future__ import annotations

import contextlib
import datetime as dt
import sqlite3
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from target_sakari.ledger.entries import Intent
from target_sakari.ledger.ledger import Ledger
from target_sakari.ledger.place import find_place
from target_sakari.ledger.tables import as_text

if TYPE_CHECKING:
    from pathlib import Path

    from devtools.private_postgres import Database

Fresh = Callable[[], str]

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.timezone.utc)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


def age(ledger: Path, by: dt.timedelta) -> None:
    """Have all sends of a ledger intended earlier than they were."""
    with contextlib.closing(sqlite3.connect(ledger)) as database:
        for column in ("intended_at", "held_until", "changed_at"):
            rows = database.execute(f"SELECT key, {column} FROM sakari_sends")  # noqa: S608
            for key, at in rows.fetchall():
                earlier = dt.datetime.fromisoformat(at.replace("Z", "+00:00")) - by
                database.execute(
                    f"UPDATE sakari_sends SET {column} = ? WHERE key = ?",  # noqa: S608
                    (as_text(earlier), key),
                )
        database.commit()


def fresh_file(folder: Path) -> str:
    return f"sqlite:///{folder}/{uuid.uuid4().hex}.db"


def fresh_schema(database: Database) -> str:
    name = f"ledger_{uuid.uuid4().hex}"
    with database.connect() as connection:
        connection.execute(f"CREATE SCHEMA {name}")
    return f"{address_of(database)}?options=-csearch_path%3D{name}"


def address_of(server: Database, /, **other: object) -> str:
    at = {**vars(server), **other}
    return "postgresql://{user}:{password}@{host}:{port}/{database}".format(**at)


def open_ledger(address: str, **more: Any) -> Ledger:
    return Ledger.open(find_place(address, "a" * 24), **more)


def intent(key: str | None = "k", **other: Any) -> Intent:
    given = {"stream": "sends", "content": "c", "recipient": "r", "shown": "0123", **other}
    return Intent(key, "a" * 24, **given)
