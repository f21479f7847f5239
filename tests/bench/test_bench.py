"""The benchmark measures what it says: an honest server, a plain tap, and equal records."""

from __future__ import annotations

import contextlib
import http.client
import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from bench.answers import CONTACTS, CONVERSATIONS, SEED
from bench.cases import Case, Variant
from bench.compare import differences
from bench.measure import Bench, table
from bench.runs import CHECKOUT, Server, Tap, TapError, running_server
from sakari_emulator.server import EmulatorServer
from sakari_emulator.tokens import ACCOUNT_ID, CLIENT_ID, CLIENT_SECRET

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MESSAGES = 300
JSON = {"Content-Type": "application/json"}
CREDENTIALS = {
    "grant_type": "client_credentials",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}


@pytest.fixture(scope="module")
def _running() -> Iterator[Server]:
    with running_server(MESSAGES) as server:
        yield server


@pytest.fixture
def server(_running: Server) -> Server:
    _running.reset()
    return _running


class Client:
    """A connection that has a token."""

    def __init__(self, url: str) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        token = self.ask("POST", "/oauth2/token", JSON, json.dumps(CREDENTIALS))[1]
        self._headers = {"Authorization": f"Bearer {token['access_token']}"}

    def close(self) -> None:
        self._connection.close()

    def ask(
        self, method: str, path: str, headers: dict[str, str], body: str | None = None
    ) -> tuple[int, Any, http.client.HTTPMessage]:
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer.status, json.load(answer), answer.headers

    def list(self, what: str) -> tuple[int, Any]:
        return self.ask("GET", f"/v1/accounts/{ACCOUNT_ID}/{what}", self._headers)[:2]

    def try_to_list(self, what: str) -> int | None:
        """The status; None where the connection was reset."""
        try:
            return self.list(what)[0]
        except ConnectionResetError:
            return None


@pytest.fixture
def connect() -> Iterator[Callable[[str], Client]]:
    with contextlib.ExitStack() as stack:
        yield lambda url: stack.enter_context(contextlib.closing(Client(url)))


@pytest.fixture
def client(server: Server, connect: Callable[[str], Client]) -> Client:
    return connect(server.url)


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmulatorServer]:
    """The account that the server shows."""
    with EmulatorServer(
        contacts=CONTACTS, messages=MESSAGES, conversations=CONVERSATIONS, seed=SEED
    ) as server:
        yield server


def test_both_taps_write_the_same_records(server: Server, tmp_path: Path) -> None:
    bench = Bench(server, tmp_path)
    bench.measure(Case("few", MESSAGES, 1, (Variant(0.01, 4),)))
    bench.conclude()
    plain, ours = (tmp_path / tap / "output.singer" for tap in ("plain", "ours"))
    assert list(differences(plain, ours, MESSAGES)) == []
    assert bench.differing == 0
    assert table(bench.rows, judged=True).count("| yes |") == len(bench.rows) == 3


@pytest.mark.parametrize(
    "query", ["", "?offset=0&limit=100", "?limit=7&offset=290", "?offset=300", "?limit=1000"]
)
def test_the_server_answers_as_the_emulator_does(
    client: Client, emulator: EmulatorServer, connect: Callable[[str], Client], query: str
) -> None:
    assert client.list(f"messages{query}") == connect(emulator.url).list(f"messages{query}")


def test_the_server_refuses_what_the_emulator_refuses(client: Client) -> None:
    assert client.list("messages?offset=-1")[0] == 400
    assert client.list("nothing")[0] == 404
    assert client.ask("GET", f"/v1/accounts/{ACCOUNT_ID}/messages", {})[0] == 401
    wrong = json.dumps({**CREDENTIALS, "client_secret": "wrong"})
    assert client.ask("POST", "/oauth2/token", JSON, wrong)[0] == 401


def test_only_the_newest_messages_are_shown_and_nothing_else(
    server: Server, client: Client
) -> None:
    newest = client.list("messages?limit=20")[1]["data"]
    server.reset(messages=20)
    _, shown = client.list("messages?limit=100")
    assert shown["data"] == newest
    assert shown["pagination"]["totalCount"] == 20
    assert client.list("contacts")[1]["data"] == []


def test_requests_fail_as_often_as_they_were_told_to(server: Server, client: Client) -> None:
    server.reset(error_every=2, reset_every=3)
    ended = [client.try_to_list("messages") for _ in range(7)]
    assert ended == [200, 500, None, 500, 200, None, 200]
    assert server.stats()["list_requests"] == 7
    server.reset()
    assert [client.try_to_list("messages") for _ in range(6)] == [200] * 6


def test_each_answer_waits_and_none_waits_for_another(
    server: Server, connect: Callable[[str], Client]
) -> None:
    clients = [connect(server.url) for _ in range(8)]
    server.reset(latency_ms=150)
    started = time.monotonic()
    with ThreadPoolExecutor(len(clients)) as pool:
        ended = list(pool.map(lambda client: client.try_to_list("messages"), clients))
    seconds = time.monotonic() - started
    assert ended == [200] * 8
    assert 0.15 <= seconds < 8 * 0.15
    stats = server.stats()
    assert (stats["most_in_flight"], stats["in_flight"]) == (8, 0)


def test_answers_say_when_they_were_given(client: Client) -> None:
    _, _, headers = client.ask("GET", "/_bench/stats", {})
    assert abs(parsedate_to_datetime(headers["Date"]).timestamp() - time.time()) < 5


def test_a_tap_that_fails_says_why(server: Server, tmp_path: Path) -> None:
    with pytest.raises(TapError, match=r"exit code 1; last words:\n.*No module named bench.none"):
        Tap("bench.none", tmp_path / "none", server, {}).select()


def _cost_of(tmp_path: Path, program: str, longest: str) -> dict[str, float]:
    timed = [
        sys.executable,
        "-I",
        "-S",
        f"{CHECKOUT}/bench/timed.py",
        f"{tmp_path}/report",
        longest,
    ]
    subprocess.run([*timed, sys.executable, "-c", program], check=True)
    cost: dict[str, float] = json.loads((tmp_path / "report").read_text())
    return cost


def test_the_memory_of_whoever_measures_is_not_counted(tmp_path: Path) -> None:
    ballast = b"x" * 200_000_000
    cost = _cost_of(tmp_path, "b'x' * 50_000_000", "60")
    assert len(ballast) > 100_000_000
    assert cost["exit_code"] == 0
    assert 50 < cost["peak_mb"] < 100
    assert cost["cpu_seconds"] > 0
    assert cost["seconds"] > 0


def test_a_tap_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    cost = _cost_of(tmp_path, "import time; time.sleep(60)", "0.2")
    assert cost["exit_code"] == -signal.SIGKILL
    assert cost["seconds"] < 30


def _write(file: Path, *records: dict[str, Any]) -> Path:
    lines = [{"type": "STATE", "value": {}}]
    lines += [
        {"type": "RECORD", "stream": "messages", "record": record, "time_extracted": str(file)}
        for record in records
    ]
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
    return file


ROW = {"id": "1", "price": 1, "read": True, "media": [{"url": "u"}], "error": None}


def test_records_are_the_same_in_any_order_of_rows_and_fields(tmp_path: Path) -> None:
    one = _write(tmp_path / "one", ROW, {"id": "2"})
    turned = dict(reversed(ROW.items()))
    other = _write(tmp_path / "other", {"id": "2"}, {**turned, "price": 1.0})
    assert list(differences(one, other, 2)) == []


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ([], "messages 1: not in other"),
        ([ROW, ROW], "messages 1: twice in other"),
        ([ROW, {"id": "2"}], "messages 2: not in one"),
        ([{**ROW, "price": "1"}], "messages 1: price differs"),
        ([{**ROW, "price": True}], "messages 1: price differs"),
        ([{**ROW, "read": 1}], "messages 1: read differs"),
        ([{**ROW, "media": [{"url": "other"}]}], "messages 1: media[0].url differs"),
        ([{**ROW, "media": []}], "messages 1: media differs"),
        ([{**ROW, "more": None}], "messages 1: more differs"),
    ],
)
def test_a_difference_is_named(tmp_path: Path, records: list[dict[str, Any]], said: str) -> None:
    one = _write(tmp_path / "one", ROW)
    other = _write(tmp_path / "other", *records)
    found = list(differences(one, other, 1))
    assert [text.replace(f"{tmp_path}/", "") for text in found] == [said]


def test_what_both_lost_is_missed(tmp_path: Path) -> None:
    one = _write(tmp_path / "one", ROW)
    assert list(differences(one, one, 2)) == [f"1 records in {one}, but there are 2"]
