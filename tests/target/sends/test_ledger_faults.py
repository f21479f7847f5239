"""A ledger that cannot be used: one clear line, nothing claimed, and no password shown."""

from __future__ import annotations

import contextlib
import os
import pwd
import sqlite3
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from sakari_client.errors import ConfigError
from target_sakari.ledger.entries import Ending
from target_sakari.ledger.errors import LedgerError
from tests.target.sends.claimer import Order, begin, claimer
from tests.target.sends.places import NOW, address_of, fresh_schema, intent, open_ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from devtools.private_postgres import Database

MANY = [intent(f"k{number}") for number in range(400)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A ledger with some sends."""
    path = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{path}") as ledger:
        ledger.claim(MANY, run="A", now=NOW)
    return path


@contextlib.contextmanager
def refused(problem: str, *secrets: str) -> Iterator[None]:
    with pytest.raises(LedgerError, match=problem) as caught:
        yield
    line = str(caught.value)
    assert line.startswith("ledger_url: ")
    assert "\n" not in line
    assert line.endswith(".")
    shown = "".join(traceback.format_exception(caught.value))
    assert not [one for one in secrets if one in shown]


def overwrite(path: Path) -> None:
    with path.open("r+b") as opened:
        opened.seek(3 * 4096)
        opened.write(b"\xff" * 8 * 4096)


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def be_text(path: Path) -> None:
    path.write_text("key,status\n" * 1_000)


def lose_a_table(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE sakari_sends")


@pytest.mark.parametrize("harm", [overwrite, cut, be_text])
def test_a_damaged_file(file: Path, harm: Callable[[Path], None]) -> None:
    harm(file)
    before = file.read_bytes()
    with refused(f"{file} is damaged, or is no ledger"):
        open_ledger(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_file_that_is_damaged_while_it_is_open(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}") as ledger:
        overwrite(file)
        ledger.close()  # the next connection has nothing in memory
        with refused("is damaged"):
            ledger.claim(MANY, run="B", now=NOW)


def test_one_of_another_shape(file: Path) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("ALTER TABLE sakari_sends RENAME COLUMN held_until TO until")
    with open_ledger(f"sqlite:///{file}") as ledger, refused("is damaged, or is no ledger"):
        ledger.find(MANY, now=NOW)


def test_a_table_that_is_gone(file: Path) -> None:
    lose_a_table(file)
    with open_ledger(f"sqlite:///{file}") as ledger, refused("is damaged"):
        ledger.claim(MANY, run="B", now=NOW)


@pytest.mark.parametrize("column", ["intended_at", "price"])
def test_a_value_that_is_none(file: Path, column: str) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute(f"UPDATE sakari_sends SET {column} = 'x'")  # noqa: S608
    with open_ledger(f"sqlite:///{file}") as ledger, refused("is damaged"):
        ledger.get(["k1"])


@pytest.mark.parametrize("version", ["2", None])
def test_another_version(file: Path, version: str | None) -> None:
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("DELETE FROM sakari_ledger")
        if version:
            connection.execute("INSERT INTO sakari_ledger VALUES (2)")
    with refused(f"is of version {version or 0}, and this target knows 1"):
        open_ledger(f"sqlite:///{file}")


def test_one_that_is_locked(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}", wait=0.01) as ledger:
        with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            with refused("is locked by another process"):
                ledger.claim([intent("new")], run="B", now=NOW)
            with refused("is locked by another process"):
                open_ledger(f"sqlite:///{file}", wait=0.01)
            with refused("is locked by another process"):
                ledger.end([Ending("k1", "accepted", "m")], run="A", now=NOW)
        assert ledger.get(["new", "k1"]).keys() == {"k1"}
        # The intent is there for the next run to resolve.
        assert ledger.get(["k1"])["k1"].status == "intent"
        assert ledger.claim([intent("new")], run="B", now=NOW)[0].outcome == "claimed"


def test_one_that_is_locked_in_postgres(postgres: Database) -> None:
    address = fresh_schema(postgres)
    schema = address.rpartition("%3D")[2]
    with open_ledger(address, wait=0.01) as ledger, postgres.connect() as other:
        with other.transaction():
            other.execute(f"LOCK TABLE {schema}.sakari_sends")
            with refused("is locked by another process", postgres.password):
                ledger.claim([intent()], run="A", now=NOW)
        assert ledger.claim([intent()], run="A", now=NOW)[0].outcome == "claimed"


def test_no_room_left(file: Path) -> None:
    with open_ledger(f"sqlite:///{file}") as ledger:
        ledger.close()  # the next connection has no room
        event.listen(ledger._engine, "connect", lambda it, _: it.execute("PRAGMA max_page_count=9"))
        with refused("the disk is full. Make room"):
            ledger.claim([intent(f"new{number}") for number in range(400)], run="B", now=NOW)
        assert {entry.run for entry in ledger.entries()} == {"A"}


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ledger.db"
    with claimer(Order(address, "A", count=2_000, at_once=5, file_bytes=100_000)) as process:
        begin(process)
        said, line = process.communicate()
    assert process.returncode == 1
    assert line.startswith(f"ledger_url: {tmp_path}/ledger.db cannot be read or written: the disk")
    assert line.count("\n") == 1
    numbers = said.split()
    assert 0 < len(numbers) < 2_000
    with open_ledger(address) as ledger:
        assert {entry.key for entry in ledger.entries()} == {f"k{number}" for number in numbers}


def test_a_folder_that_may_not_be_written() -> None:
    nobody = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
    # Not in the tests' own folder, which is closed to nobody.
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        with claimer(Order(f"sqlite:///{folder}/ledger.db", "A", user=nobody)) as process:
            Path(folder, "ledger.db").chmod(0o444)
            Path(folder).chmod(0o555)
            begin(process)
            said, line = process.communicate()
        Path(folder).chmod(0o755)
    assert (said, process.returncode) == ("", 1)
    assert line.startswith(f"ledger_url: {folder}/ledger.db may not be written. Give this user")


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    for path, problem in (
        (tmp_path, "may not be written"),
        (tmp_path / "missing" / "ledger.db", "cannot be made: No such file or directory"),
        (Path("/proc/ledger.db"), "cannot be made: "),
    ):
        with refused(f"{path} {problem}"):
            open_ledger(f"sqlite:///{path}")


def test_one_that_should_be_there(tmp_path: Path, postgres: Database) -> None:
    path = tmp_path / "ledger.db"
    with refused(f"{path} is not there"):
        open_ledger(f"sqlite:///{path}", make=False)
    assert not path.exists()
    with refused("is not there", postgres.password):
        open_ledger(fresh_schema(postgres), make=False)


def test_a_server_that_lets_nobody_in(postgres: Database) -> None:
    place = f"postgresql://{postgres.host}:{postgres.port}"
    for other, problem in (
        ({"password": "a-wrong-one"}, f"{place}/postgres lets nobody in with this user"),
        ({"user": "a-stranger"}, f"{place}/postgres lets nobody in with this user"),
        ({"database": "none"}, f"{place}/none is not there"),
        ({"port": 1}, r"postgresql://127.0.0.1:1/postgres is out of reach"),
        ({"host": "nowhere.invalid"}, "nowhere.invalid:[0-9]+/postgres is out of reach"),
    ):
        secrets = (postgres.password, "a-wrong-one", "a-stranger", postgres.user)
        with refused(problem, *secrets):
            open_ledger(address_of(postgres, **other))


def test_a_user_who_may_only_read(postgres: Database) -> None:
    address = fresh_schema(postgres)
    schema = address.rpartition("%3D")[2]
    open_ledger(address).close()
    with postgres.connect() as connection:
        connection.execute(f"CREATE ROLE reader_{schema} LOGIN PASSWORD 'xyz'")
        connection.execute(f"GRANT USAGE ON SCHEMA {schema} TO reader_{schema}")
        connection.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO reader_{schema}")
    theirs = address_of(postgres, user=f"reader_{schema}", password="xyz")
    with open_ledger(f"{theirs}?{address.partition('?')[2]}") as ledger:
        with refused("may not be written", "xyz"):
            ledger.claim([intent()], run="A", now=NOW)


def test_a_connection_that_is_lost_while_nobody_asks_is_made_again(postgres: Database) -> None:
    address = fresh_schema(postgres)
    with open_ledger(address) as ledger:
        assert ledger.claim([intent()], run="A", now=NOW)[0].outcome == "claimed"
        with postgres.connect() as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
        assert ledger.claim([intent()], run="B", now=NOW)[0].outcome == "there"


def test_without_the_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ConfigError, match=r"ledger_url: needs psycopg: pip install"):
        open_ledger("postgresql://somebody:secret@127.0.0.1/db")
