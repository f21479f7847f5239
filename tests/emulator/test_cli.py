from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from sakari_emulator.cli import main
from sakari_emulator.switches import describe

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = [sys.executable, "-m", "sakari_emulator", "--port", "0", "--contacts", "7"]


@pytest.fixture
def running() -> Iterator[subprocess.Popen[str]]:
    command = [*COMMAND, "--messages", "9", "--page-cap", "5", "--ignore-offset"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    with process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_address_and_stops_when_told(
    running: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert running.stdout is not None
    lines = [running.stdout.readline().strip() for _ in range(5)]
    address = re.fullmatch(r"sakari-emulator listening on (http://127\.0\.0\.1:\d+)", lines[0])
    assert address
    given = dict(line.split("=", 1) for line in lines[1:])
    assert given["TAP_SAKARI_API_URL"] == address[1]
    assert set(given) == {
        "TAP_SAKARI_API_URL",
        "TAP_SAKARI_CLIENT_ID",
        "TAP_SAKARI_CLIENT_SECRET",
        "TAP_SAKARI_ACCOUNT_ID",
    }
    switches = requests.get(address[1] + "/_emulator/switches", timeout=5).json()
    assert (switches["page_cap"], switches["ignore_offset"]) == (5, True)
    rows = requests.get(address[1] + "/_emulator/rows/contacts", timeout=5).json()
    assert rows["count"] == 7
    running.send_signal(number)
    out, err = running.communicate(timeout=5)
    assert (running.returncode, out, err) == (0, "", "")


def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["--port", str(port), "--contacts", "1", "--messages", "1"]) == 1
    found = capsys.readouterr()
    assert found.out == ""
    assert re.fullmatch(
        rf"sakari-emulator: cannot listen on 127\.0\.0\.1:{port}: .*in use\n", found.err
    )


def test_a_wrong_value_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--port", "0", "--page-cap", "0"]) == 2
    assert "page_cap cannot be 0" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--order", "up"])


def test_an_address_others_can_reach_is_warned_about(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "256.0.0.1", "--port", "0", "--contacts", "1", "--messages", "1"]) == 1
    assert "warning: 256.0.0.1 can be reached" in capsys.readouterr().err


def test_every_switch_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    shown = capsys.readouterr().out
    assert [spec.option for spec in describe() if spec.option not in shown] == []
