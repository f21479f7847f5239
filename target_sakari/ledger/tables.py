"""The tables of the ledger. Nothing in them is a text, a name or a whole phone number."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Column, Index, Integer, MetaData, String, Table, inspect, select
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy import Connection, Dialect

VERSION = 1
"""Of the tables. A later one is written where they change."""


def in_ms(moment: dt.datetime) -> dt.datetime:
    """A moment as the ledger holds it: UTC, to the millisecond."""
    moment = moment.astimezone(dt.timezone.utc)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def as_text(moment: dt.datetime) -> str:
    """A moment in UTC, as Sakari writes it too; it sorts by time: `2026-01-31T09:00:00.000Z`."""
    return in_ms(moment).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Moment(TypeDecorator[dt.datetime]):
    """As `as_text` writes it."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, _dialect: Dialect) -> str | None:
        return None if value is None else as_text(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> dt.datetime | None:
        return None if value is None else dt.datetime.fromisoformat(value.replace("Z", "+00:00"))


class _Price(TypeDecorator[Decimal]):
    """A decimal number as text: SQLite has no such numbers."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, _dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


_tables = MetaData()

ledger = Table("sakari_ledger", _tables, Column("version", Integer, nullable=False))

sends = Table(
    "sakari_sends",
    _tables,
    Column("key", String, primary_key=True),
    Column("account_id", String, nullable=False),
    Column("stream", String, nullable=False),
    Column("record", String),
    Column("content", String, nullable=False),
    Column("recipient", String, nullable=False),
    Column("contact", String),
    Column("shown", String, nullable=False),
    Column("contact_id", String),
    Column("conversation_id", String),
    Column("status", String, nullable=False),
    Column("run", String, nullable=False),
    Column("intended_at", _Moment, nullable=False),
    Column("held_until", _Moment, nullable=False),
    Column("first_at", _Moment, nullable=False),
    Column("changed_at", _Moment, nullable=False),
    Column("message_id", String, index=True),
    Column("job_id", String, index=True),
    Column("price", _Price),
    Column("code", String),
    Column("manner", String),
    Column("tries", Integer, nullable=False),
    Column("found", Boolean, nullable=False),
    Index("ix_sakari_sends_recipient", "recipient", "intended_at"),
    Index("ix_sakari_sends_contact", "contact", "intended_at"),
)
"""One row for each send; its columns are the attributes of `Entry`."""


def find_version(connection: Connection) -> int | None:
    """The version of the tables that are there: 0 where they do not say; None without any."""
    if not inspect(connection).has_table(ledger.name):
        return None
    return connection.scalar(select(ledger.c.version)) or 0


def create(connection: Connection) -> None:
    """Make the tables."""
    _tables.create_all(connection, checkfirst=False)
    connection.execute(ledger.insert(), {"version": VERSION})
