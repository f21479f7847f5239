"""Where the ledger is, and who may read it."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sakari_client.errors import ConfigError
from target_sakari.ledger.ledger import Ledger
from target_sakari.ledger.place import find_place, show
from tests.target.sends.places import address_of

if TYPE_CHECKING:
    from sqlalchemy import URL

    from devtools.private_postgres import Database

ACCOUNT = "5f" * 12


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def file_of(place: URL) -> Path:
    return Path(str(place.database))


@pytest.mark.parametrize("state", [None, "", "relative/folder"])
def test_the_default_is_in_the_users_state_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: str | None
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    if state is not None:
        monkeypatch.setenv("XDG_STATE_HOME", state)
    folder = tmp_path / ".local" / "state" / "singer-sakari"
    assert file_of(find_place(None, ACCOUNT)) == folder / f"ledger-{ACCOUNT}.db"


def test_it_is_made_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    place = find_place("", ACCOUNT)
    Ledger.open(place).close()
    folder = tmp_path / "state" / "singer-sakari"
    assert (mode(folder), mode(folder / f"ledger-{ACCOUNT}.db")) == (0o700, 0o600)
    Ledger.open(place).close()
    assert file_of(find_place(None, "../../x")).parent == folder


def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    # No kill shows this, only a power cut. 3 is EXTRA: the end of the journal is synced too.
    place = find_place(f"sqlite:///{tmp_path}/ledger.db", ACCOUNT)
    with Ledger.open(place) as ledger, ledger._reading() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 3
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete"


def test_a_commit_waits_for_the_disk_of_a_server_set_otherwise(postgres: Database) -> None:
    with postgres.connect() as connection:
        connection.autocommit = True
        connection.execute("CREATE DATABASE hasty")
        connection.execute("ALTER DATABASE hasty SET synchronous_commit = off")
    place = find_place(address_of(postgres, database="hasty"), ACCOUNT)
    with Ledger.open(place) as ledger:
        with ledger._writing() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
        with ledger._reading() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "off"


def test_a_path_with_odd_characters_is_that_file(tmp_path: Path) -> None:
    path = tmp_path / "a b#c%20?d.db"
    Ledger.open(find_place(None, ACCOUNT).set(database=str(path))).close()
    assert mode(path) == 0o600


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_name_of_postgresql_is_right(scheme: str) -> None:
    place = find_place(f"{scheme}://user:p%40ss@db.example.com:5433/sends?password=x", ACCOUNT)
    assert place.drivername == "postgresql+psycopg"
    assert place.password == "p@ss"
    assert show(place) == "postgresql://db.example.com:5433/sends"


@pytest.mark.parametrize(
    "address",
    [
        "secret", "sqlite://", "sqlite:///secret.db", "sqlite:///:memory:", "sqlite:///~/secret.db",
        "sqlite:////tmp/secret.db?mode=memory", "sqlite://secret/a.db", "mysql://u:secret@host/db",
        "postgresql+psycopg2://u:secret@host/db", "postgresql://u:secret@host:port/db",
        "sqlite:///file:/tmp/secret.db?uri=true",
    ],
)  # fmt: skip
def test_what_is_no_place_is_refused_and_not_shown(address: str) -> None:
    with pytest.raises(ConfigError, match=r"^ledger_url: ") as caught:
        find_place(address, ACCOUNT)
    assert "secret" not in str(caught.value)
