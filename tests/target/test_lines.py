"""The input, read so that time and signals are noticed."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.lines import LongLineError, Stop, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stop() -> Iterator[Stop]:
    made = Stop()
    yield made
    made.close()


@pytest.fixture
def pipe() -> Iterator[tuple[Any, Any]]:
    """The reading and the writing end of a pipe."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source, os.fdopen(writing, "wb", buffering=0) as sink:
        yield source, sink


def forever() -> float | None:
    return None


def test_lines_of_a_pipe_come_whole_however_they_were_written(
    stop: Stop, pipe: tuple[Any, Any]
) -> None:
    source, sink = pipe
    lines = read_lines(source, stop, lambda: 0)
    sink.write(b'{"a":')
    assert next(lines) is None
    sink.write(b' 1}\n{"b": 2}\n\n{"c"')
    assert [next(lines) for _ in range(3)] == [b'{"a": 1}', b'{"b": 2}', b""]
    sink.write(b": 3}")
    sink.close()
    assert list(lines) == [b'{"c": 3}']


def test_a_line_may_be_long(stop: Stop, tmp_path: Path) -> None:
    long = b"x" * 3_000_000
    (tmp_path / "input").write_bytes(b"a\n" + long + b"\nb\n")
    with (tmp_path / "input").open("r") as source:
        assert list(read_lines(source, stop, forever)) == [b"a", long, b"b"]


def test_a_line_without_end_does_not_fill_the_memory(stop: Stop) -> None:
    with Path("/dev/zero").open("rb") as source, pytest.raises(LongLineError):
        next(read_lines(source, stop, forever))


def test_time_out_is_told_while_the_input_idles(stop: Stop, pipe: tuple[Any, Any]) -> None:
    source, sink = pipe
    lines = read_lines(source, stop, lambda: 0)
    assert next(lines) is None
    sink.write(b"a\n")
    assert next(lines) == b"a"
    assert next(lines) is None


def test_a_signal_wakes_a_reader_that_waits_for_ever(stop: Stop, pipe: tuple[Any, Any]) -> None:
    source, _ = pipe

    def wait() -> None:
        stop.ask(15)  # as a handler would, after the reader last looked

    assert list(read_lines(source, stop, wait)) == []
    assert stop.signal == 15


def test_a_signal_ends_what_was_read_already(stop: Stop, pipe: tuple[Any, Any]) -> None:
    source, sink = pipe
    sink.write(b"a\nb\nc\n")
    lines = read_lines(source, stop, forever)
    assert next(lines) == b"a"
    stop.ask(2)
    assert list(lines) == []


def test_what_has_no_descriptor_is_iterated_over(stop: Stop) -> None:
    lines = read_lines(io.StringIO("a\nb\n"), stop, forever)
    assert next(lines) == "a\n"
    stop.ask(2)
    assert list(lines) == []


def test_asking_after_the_end_does_no_harm(stop: Stop) -> None:
    stop.close()
    stop.ask(15)
    stop.close()
    assert stop.asked()
