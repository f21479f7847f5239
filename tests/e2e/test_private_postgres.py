"""The private PostgreSQL leaves nothing behind, however its owner ends."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from devtools.private_postgres import private_postgres

OWNER = """
import time
from pathlib import Path
from devtools.private_postgres import private_postgres
with private_postgres() as database, database.connect() as connection:
    data = connection.execute("show data_directory").fetchone()[0]
    print(Path(data).parent, database.port, flush=True)
    time.sleep(600)
"""


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_it_is_gone_after_the_block() -> None:
    with private_postgres() as database:
        assert is_listening(database.port)
    assert not is_listening(database.port)


def test_it_is_gone_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), private_postgres() as database:
        raise ZeroDivisionError
    assert not is_listening(database.port)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_is_gone_when_its_owner_is_killed(number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as owner:
        assert owner.stdout is not None
        folder, port = owner.stdout.readline().split()
        owner.send_signal(number)
    deadline = time.monotonic() + 20
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(folder).exists()
    assert not is_listening(int(port))


def test_strangers_stay_out() -> None:
    with private_postgres() as database, pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host=database.host,
            port=database.port,
            user=database.user,
            password="guess",
            dbname=database.database,
        )


def test_a_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    for name in ("initdb", "postgres"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho no space left; exit 1\n")
        program.chmod(0o755)
    tmp_path.chmod(0o755)
    with pytest.raises(RuntimeError, match="did not start"), private_postgres(tmp_path):
        pass
