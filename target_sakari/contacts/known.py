"""What is known of the account's contacts, to be found by id, number and email.

It lives in a private temporary database, which keeps a few megabytes in memory and the rest in a
file that is gone with the process. What was written, or would be written in a dry run, is taken in,
so that later records are decided on by what is true then.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from sakari_client import phone
from sakari_client.resources.base import NO_ID

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sakari_client.resources.base import Record
    from target_sakari.routes import MatchKey

Key = tuple["MatchKey", str]
"""What a contact is looked for by: an id, a number in E.164, or an email address."""

_KEPT = ("id", "firstName", "lastName", "email", "mobile", "tags", "attributes")

_CONSENT = ("blocked", "optIn", "optOut")
"""What guards of sends look at, where it is there; and `valid`, the error's code, the line type."""

_LAST_DIGITS = 4
"""By which numbers are kept that are not E.164: so many, any number has."""

_OF_FOLDER = re.compile("disk I/O error|disk is full|unable to open database file")
"""How SQLite says that a file cannot be written; up to Python 3.10 its errors have no codes."""

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE contact (
    row INTEGER PRIMARY KEY,
    id TEXT UNIQUE,
    number TEXT,
    email TEXT,
    record BLOB NOT NULL,
    blocked INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0,
    made INTEGER NOT NULL DEFAULT 0,
    seen INTEGER NOT NULL DEFAULT 0,
    brought INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX by_number ON contact (number);
CREATE INDEX by_email ON contact (email);
CREATE TABLE asked (kind TEXT, value TEXT, PRIMARY KEY (kind, value)) WITHOUT ROWID;
CREATE TABLE came (number TEXT PRIMARY KEY) WITHOUT ROWID;
"""

_ADD = "INSERT INTO contact (id, number, email, record, blocked) VALUES (?, ?, ?, ?, ?)"
_MAKE = """
INSERT INTO contact (id, number, email, record, blocked, made) VALUES (?, ?, ?, ?, ?, 1)
ON CONFLICT (id) DO NOTHING
"""
_RENEW = """
UPDATE OR REPLACE contact SET id = ?, number = ?, email = ?, record = ?, blocked = ? WHERE row = ?
"""


class TemporaryFolderError(Exception):
    """What is known of contacts can be kept nowhere."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            "The temporary folder, which keeps what is known of the account's contacts while the "
            f"target runs, is full or cannot be written ({problem}). Make room there, or set the "
            "environment variable TMPDIR to another folder, and run it again."
        )


@dataclass(frozen=True)
class KnownContact:
    """A contact of the account.

    Attributes:
        row: which one, in the index.
        record: what it holds, as far as records can change it, and whether it opted out.
        brought: whether a record of the run had its number.
        number: in E.164; its last digits where it cannot be had so.
    """

    row: int
    record: Record = field(repr=False)
    brought: bool = False
    number: str | None = field(default=None, repr=False)

    @property
    def sakari_id(self) -> str | None:
        """Its id; None where Sakari's answer to its creation held none, or in a dry run."""
        return self.record.get("id")

    @property
    def has_certain_number(self) -> bool:
        """Whether it is certain whose number it has.

        `0612345678` is not, where no country is stored that makes a number of it: it may be
        anybody's who has these digits at home.
        """
        return (self.number or phone.of(self.record) or "").startswith("+")


class KnownContacts:
    """An index of contacts. For one thread at a time.

    Raises:
        TemporaryFolderError: by every method: it does not fit into the temporary folder.
    """

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.executescript(_TABLES)

    def close(self) -> None:
        """Forget all of it."""
        self._database.close()

    def find(self, key: Key) -> list[KnownContact]:
        """The contacts that have an id, a number or an email address."""
        kind, value = key
        if kind == "id":
            return self._select("id = ?", value)
        if kind == "email":
            return self._select("email = ?", value.strip().casefold())
        found = self._select("number IN (?, ?) ORDER BY number, row", value, _last_digits(value))
        return [one for one in found if one.number == value or phone.same(one.record, value)]

    def found(self, keys: Iterable[Key]) -> dict[MatchKey, list[KnownContact]]:
        """Whom each of a record's keys finds."""
        return {kind: self.find((kind, value)) for kind, value in keys}

    def add(self, record: Record) -> None:
        """Take in a contact as Sakari has it, unless it is known: then what is known is newer."""
        self._take(record, newer=False)

    def renew(self, record: Record) -> None:
        """Take in a contact as Sakari has it now, whatever was known of it."""
        self._take(record, newer=True)

    def put(self, record: Record, row: int | None = None) -> int:
        """Take in what was written: in place of a row, or as a new contact; gives its row."""
        values = _columns(record)
        if row is None:
            made = self._execute(_MAKE, *values)
            if made.rowcount:
                return int(made.lastrowid or 0)
            # Sakari knew it all the same.
            row = int(self._fetch("SELECT row FROM contact WHERE id = ?", values[0])[0][0])
        self._execute(_RENEW, *values, row)
        self._execute("UPDATE contact SET gone = 0 WHERE row = ?", row)
        return row

    def remove(self, row: int) -> None:
        """Note that a contact is gone; it is not taken in again."""
        self._execute("UPDATE contact SET gone = 1 WHERE row = ?", row)

    def lose(self, key: Key) -> None:
        """Note that Sakari finds nobody by a key; who is not known by an id then is gone too."""
        for one in self.find(key):
            if key[0] == "id" or one.sakari_id is None:
                self.remove(one.row)

    def see(self, row: int, *, brought: bool) -> None:
        """Note that a record was about a contact, and whether it had its number."""
        sql = "UPDATE contact SET seen = 1, brought = max(brought, ?) WHERE row = ?"
        self._execute(sql, int(brought), row)

    def unseen(self, *, blocked: bool) -> Iterator[KnownContact]:
        """The contacts that the run did not bring, and that can be named by an id.

        Args:
            blocked: whether those who opted out, or the others.
        """
        last = 0
        where = "row > ? AND NOT seen AND blocked = ? AND id NOT NULL ORDER BY row LIMIT 1"
        while True:  # one by one, so that memory stays bounded
            found = self._select(where, last, int(blocked))
            if not found:
                return
            yield found[0]
            last = found[0].row

    def count(self) -> int:
        """How many contacts there are, but for those that were made in the run."""
        return self._count("NOT made")

    def count_unseen(self) -> int:
        """How many of them the run did not bring, but for those who opted out."""
        return self._count("NOT made AND NOT seen AND NOT blocked")

    def ask(self, key: Key) -> None:
        """Note that Sakari was asked for something, and that all it has was taken in."""
        self._execute("INSERT OR IGNORE INTO asked VALUES (?, ?)", *key)

    def was_asked(self, key: Key) -> bool:
        """Whether Sakari was asked for it."""
        sql = "SELECT 1 FROM asked WHERE kind = ? AND value = ?"
        return bool(self._fetch(sql, *key))

    def came_before(self, number: str) -> bool:
        """Whether a record with this number came before in the run; from now on, one did."""
        return self._execute("INSERT OR IGNORE INTO came VALUES (?)", number).rowcount == 0

    def _take(self, record: Record, *, newer: bool) -> None:
        values = _columns(record)
        sakari_id, number, *_ = values
        known = self._select("id = ?", sakari_id, gone=True)
        if known:
            if newer:
                self._execute(_RENEW, *values, known[0].row)
            return
        nameless = self._select("id IS NULL AND number = ?", number)
        if sakari_id and nameless:  # made in this run, and Sakari did not tell its id
            row = nameless[0].row
            self.put(record if newer else {**nameless[0].record, "id": sakari_id}, row)
            return
        self._execute(_ADD, *values)

    def _select(self, where: str, *values: Any, gone: bool = False) -> list[KnownContact]:
        sql = f"SELECT row, record, brought, number FROM contact WHERE gone <= ? AND {where}"  # noqa: S608
        return [
            KnownContact(row, msgspec.json.decode(record), bool(brought), number)
            for row, record, brought, number in self._fetch(sql, int(gone), *values)
        ]

    def _count(self, where: str) -> int:
        sql = f"SELECT count(*) FROM contact WHERE NOT gone AND {where}"  # noqa: S608
        return int(self._fetch(sql)[0][0])

    def _fetch(self, sql: str, *values: Any) -> list[Any]:
        with _explained():  # to read may be to write first what no longer fits into memory
            return self._database.execute(sql, values).fetchall()

    def _execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        with _explained():
            return self._database.execute(sql, values)


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if not _OF_FOLDER.search(str(error)):
            raise
        raise TemporaryFolderError(str(error)) from None


def is_blocked(record: Record) -> bool:
    """Whether a contact opted out (STOP) or was blocked: Sakari shows since when."""
    return bool(record.get("blocked"))


def _columns(record: Record) -> tuple[str | None, str | None, str | None, bytes, bool]:
    """Id, number and email of a record, what is kept of it, and whether the contact opted out."""
    kept = {name: record[name] for name in _KEPT if record.get(name) is not None}
    kept |= {name: record[name] for name in _CONSENT if record.get(name)}
    identity = kept.pop("id", "")
    if identity != "" and not str(identity).startswith(NO_ID):
        kept["id"] = str(identity)
    if isinstance(kept.get("mobile"), dict):
        mobile = kept["mobile"]
        kept["mobile"] = {name: mobile.get(name) for name in ("number", "country")}
        kept["mobile"] |= {name: mobile[name] for name in ("lineType",) if mobile.get(name)}
        kept["mobile"] |= {"valid": False} if mobile.get("valid") is False else {}
    kept |= {"valid": False} if record.get("valid") is False else {}
    if isinstance(record.get("error"), dict) and record["error"].get("code"):
        kept["error"] = {"code": record["error"]["code"]}
    email = kept.get("email")
    return (
        kept.get("id"),
        phone.of(kept) or _last_digits(phone.number_of(kept)),
        email.strip().casefold() if isinstance(email, str) and email.strip() else None,
        msgspec.json.encode(kept),
        is_blocked(kept),
    )


def _last_digits(number: str | None) -> str | None:
    return None if number is None else "…" + re.sub(r"\D", "", number)[-_LAST_DIGITS:]
