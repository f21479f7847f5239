"""What the tap writes to stdout: whole lines, whatever happens to whoever reads them."""

from __future__ import annotations

import fcntl
import json
import signal
import struct
import subprocess
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.tap.command import errors, last_lines, start_tap, tap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer

PATIENCE = 10


@pytest.fixture(params=["buffered", "unbuffered"])
def stuck(
    emulator: EmulatorServer,
    settings: dict[str, Any],
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Iterator[subprocess.Popen[bytes]]:
    """A tap that waits in the middle of a write, since nobody reads its output."""
    unbuffered = {"PYTHONUNBUFFERED": "1"} if request.param == "unbuffered" else {}
    with start_tap(settings=settings, folder=tmp_path, **unbuffered) as process:
        try:
            _wait_until_full(process)
            yield process
        finally:
            process.kill()


def _wait_until_full(process: subprocess.Popen[bytes]) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + PATIENCE
    waiting = 0
    while time.monotonic() < deadline:
        before, waiting = waiting, _bytes_waiting(process.stdout.fileno())
        # It is full when no more comes; a write may end some bytes before the last page of it.
        if waiting == before and waiting > 60_000:
            return
        time.sleep(0.2)
    raise AssertionError(f"the pipe did not fill; {waiting} bytes are in it")


def _bytes_waiting(pipe: int) -> int:
    count: int = struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, b"\0" * 4))[0]
    return count


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_does_not_cut_a_line_in_two(
    stuck: subprocess.Popen[bytes], number: signal.Signals
) -> None:
    stuck.send_signal(number)
    with pytest.raises(subprocess.TimeoutExpired):
        stuck.wait(0.3)
    output, log = stuck.communicate(timeout=PATIENCE)
    assert stuck.returncode == 128 + number
    written = [json.loads(line) for line in output.splitlines()]
    assert output.endswith(b"\n")
    assert written[-1]["type"] == "STATE"
    assert written[-1]["value"]["bookmarks"]["campaigns"]["replication_key_value"]
    assert "replication_key_value" not in written[-1]["value"]["bookmarks"]["contacts"]
    said = last_lines(log.decode())
    assert said["campaigns"].startswith("read ")
    assert said["contacts"].startswith("INTERRUPTED after read ")
    assert said["messages"].startswith("NOT STARTED")


def test_a_second_signal_ends_it_at_once(stuck: subprocess.Popen[bytes]) -> None:
    stuck.send_signal(signal.SIGTERM)
    time.sleep(0.1)
    stuck.send_signal(signal.SIGTERM)
    assert stuck.wait(PATIENCE) == 128 + signal.SIGTERM
    _, log = stuck.communicate()
    assert b"Traceback" not in log
    assert b"Exception ignored" not in log
    # At most the one line that was being written is cut short.
    assert last_lines(log.decode())["contacts"].startswith("INTERRUPTED after read ")


def test_a_reader_that_ends_early_is_one_clear_line(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    with start_tap(settings=settings, folder=tmp_path) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["type"] == "SCHEMA"
        process.stdout.close()
        log = process.stderr.read().decode()
        assert process.wait(PATIENCE) == 1
    [said] = errors(log)
    assert said.startswith("whatever reads the output, the target most likely, has ended")
    assert "Traceback" not in log
    assert "Exception ignored" not in log
    assert len(emulator.requests) < 10


def test_a_full_disk_is_one_clear_line(
    emulator: EmulatorServer, settings: dict[str, Any], tmp_path: Path
) -> None:
    with Path("/dev/full").open("w") as full:
        done = tap(settings=settings, folder=tmp_path, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 1
    assert errors(done.stderr) == ["the output cannot be written: No space left on device."]
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    assert not emulator.requests
