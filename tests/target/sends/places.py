"""Places for ledgers, and what is written into them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from target_sakari.sends.entries import Intent
from target_sakari.sends.ledger import Ledger
from target_sakari.sends.ledger_place import find_place

if TYPE_CHECKING:
    from pathlib import Path

    from devtools.private_postgres import Database

Fresh = Callable[[], str]

NOW = dt.datetime(2026, 3, 1, 9, tzinfo=dt.timezone.utc)
SECOND = dt.timedelta(seconds=1)
HOUR = dt.timedelta(hours=1)


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
