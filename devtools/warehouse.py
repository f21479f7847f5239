"""The PostgreSQL database as the place that target-postgres loads into."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from psycopg import sql

from devtools.emulator import Rows

if TYPE_CHECKING:
    from devtools.private_postgres import Database

#: The schema is named after the tap: see `default_target_schema` in meltano.yml.
SCHEMA = "tap_sakari"


def target_postgres_environment(database: Database) -> dict[str, str]:
    """Return the variables that send Meltano's target-postgres there."""
    return {
        "TARGET_POSTGRES_HOST": database.host,
        "TARGET_POSTGRES_PORT": str(database.port),
        "TARGET_POSTGRES_USER": database.user,
        "TARGET_POSTGRES_PASSWORD": database.password,
        "TARGET_POSTGRES_DATABASE": database.database,
    }


def rows(database: Database, stream: str, schema: str = SCHEMA) -> Rows:
    """Return what the database holds of a stream."""
    query = sql.SQL("select id from {}").format(sql.Identifier(schema, stream))
    with database.connect() as connection:
        return rows_of([row[0] for row in connection.execute(query)])


def rows_of(ids: list[str]) -> Rows:
    """Return the number of ids and their checksum, reckoned as the emulator does."""
    lines = "".join(f"{one}\n" for one in sorted(ids))
    return Rows(len(ids), hashlib.sha256(lines.encode()).hexdigest())
