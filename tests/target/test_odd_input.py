"""Input that no reader likes: it is its record's own, or one line says what it is."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.http.nesting import DEEPEST
from target_sakari.messages import InputError, MessageReader
from target_sakari.writers import make_writers
from tests.target.command import errors, target
from tests.target.recorder import Recorder
from tests.target.run import Message, people, record, run_target, schema, state

if TYPE_CHECKING:
    from pathlib import Path

Settings = dict[str, Any]


def odd(value: str) -> str:
    """A line with a record that holds JSON as it is."""
    fields = f'{{"id": 9, "mobile": "+12125550148", "n": {value}}}'
    return f'{{"type": "RECORD", "stream": "contacts", "record": {fields}}}'


def deep(levels: int) -> str:
    """Lists in lists, with half a character in the innermost."""
    return "[" * levels + '"\\ud800"' + "]" * levels


def strict(text: str) -> list[Any]:
    """The lines of a file, read by a reader that takes nothing but JSON."""

    def refuse(constant: str) -> None:
        raise AssertionError(constant)

    return [json.loads(line, parse_constant=refuse) for line in text.splitlines()]


# The lower ones are more than functions in Python take, the others more than readers in C do.
@pytest.mark.parametrize("levels", [DEEPEST - 1, 300, 500, 940, 5_000, 200_000])
def test_a_record_that_is_nested_deeply_is_rejected_and_the_others_are_not(
    settings: Settings, tmp_path: Path, levels: int
) -> None:
    settings = {**settings, "streams": {"contacts": {"attributes": ["n"]}}}
    messages: list[Message | str] = [schema("contacts", "id", "mobile", "n"), odd(deep(levels))]
    messages += [*people(2)[1:], state(3)]
    done = run_target(settings, messages, tmp_path, make_writers)
    assert (done.error, done.states) == (None, [3])
    assert done.ended == ["rejected invalid", "written", "written"]
    assert done.outcomes[0]["key"] == {"id": 9}
    assert done.outcomes[0]["detail"] == f"It is nested deeper than {DEEPEST} levels."
    kept = done.rejects[1]["record"]
    assert (kept["id"], kept["mobile"]) == (9, "+12125550148")
    assert "\\\\ud800" in json.dumps(kept["n"])  # as text, in which nothing is lost


def test_a_record_just_as_deep_as_can_be_is_taken(settings: Settings, tmp_path: Path) -> None:
    settings = {**settings, "streams": {"contacts": {"attributes": ["n"]}}}
    levels = DEEPEST - 2
    value = f"{'[' * levels}1{']' * levels}"
    messages: list[Message | str] = [schema("contacts", "id", "mobile", "n"), odd(value)]
    assert run_target(settings, messages, tmp_path, make_writers).ended == ["written"]


def test_what_is_nested_deeply_and_goes_nowhere_is_skipped(
    settings: Settings, tmp_path: Path
) -> None:
    settings = {**settings, "on_unknown_stream": "skip"}
    line = odd(deep(5_000)).replace("contacts", "orders")
    done = run_target(settings, [schema("orders", "id", "n"), line], tmp_path)
    assert (done.error, done.ended) == (None, ["skipped unknown_stream"])


@pytest.mark.parametrize("levels", [DEEPEST, 5_000])
def test_a_state_that_is_nested_deeply_ends_the_run_by_name(
    settings: Settings, tmp_path: Path, levels: int
) -> None:
    line = f'{{"type": "STATE", "value": {{"a": {"[" * levels}{"]" * levels}}}}}'
    done = run_target(settings, [*people(1), state(1), line], tmp_path)
    assert isinstance(done.error, InputError)
    assert str(done.error).startswith("line 4 of the input is a STATE that is nested deeper than")
    assert done.states == [1]


@pytest.mark.parametrize("value", ["NaN", "-Infinity", "Infinity", "1E+9999999999999999999"])
def test_no_file_holds_a_number_that_json_has_not(
    settings: Settings, tmp_path: Path, value: str
) -> None:
    settings = {**settings, "streams": {"contacts": {"attributes": ["n"]}}}
    keyed = schema("contacts", "id", "mobile", "n", key=["n"])
    messages: list[Message | str] = [keyed, odd(value), record("contacts", n=1, mobile=None)]
    done = run_target(settings, messages, tmp_path, make_writers)
    assert (done.error, done.ended) == (None, ["rejected invalid", "rejected no_match_key"])
    assert done.outcomes[0]["detail"] == "attributes.n: holds a number that cannot be sent"
    outcomes = strict((tmp_path / "outcomes.jsonl").read_text())
    rejects = strict((tmp_path / "rejects.jsonl").read_text())
    assert [one["key"] for one in outcomes] == [{"n": None}, {"n": 1}]
    assert rejects[1]["record"] == {"id": 9, "mobile": "+12125550148", "n": None}


def test_a_state_holds_no_number_that_json_has_not(settings: Settings, tmp_path: Path) -> None:
    line = '{"type": "STATE", "value": {"bookmarks": NaN}}'
    done = run_target(settings, [line], tmp_path)
    assert (done.error, done.states) == (None, [None])


def test_the_input_may_begin_with_a_mark(settings: Settings, tmp_path: Path) -> None:
    messages = people(1)
    marked: list[Message | str] = [f"\ufeff{json.dumps(messages[0])}", *messages[1:]]
    assert run_target(settings, marked, tmp_path).ended == ["written"]


def test_a_text_may_hold_a_tab_as_it_is(settings: Settings, tmp_path: Path) -> None:
    messages: list[Message | str] = [schema("contacts", "id", "mobile", "n"), odd('"a\tb"')]
    writers = Recorder()
    assert run_target(settings, messages, tmp_path, writers).ended == ["written"]
    assert writers.records[0]["n"] == "a\tb"


def test_a_line_in_another_encoding_is_named() -> None:
    with pytest.raises(InputError, match="is not UTF-8"):
        MessageReader().deserialize_json(
            '{"type": "STATE", "value": {"a": "\u00e9"}}'.encode("latin1")
        )


def test_a_line_that_is_too_long_is_named(tmp_path: Path) -> None:
    (tmp_path / "input").write_bytes(b'{"type": "STATE", "value": {}}\n' + b"x" * 65_000_000)
    with (tmp_path / "input").open("rb") as source, pytest.raises(InputError) as failed:
        MessageReader().process_lines(source, {"STATE": lambda _: None})
    assert str(failed.value).startswith("line 2 of the input is longer than 64 MB. ")


def test_streams_that_cannot_be_used_are_named(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(settings))
    (tmp_path / "input").write_text('{"type": "STATE", "value": {"bookmarks": 1}}\n')
    command = f"{sys.executable} -m target_sakari --config config.json"

    def run(redirections: str) -> tuple[int, list[str]]:
        done = subprocess.run(
            ["/bin/sh", "-c", f"{command} {redirections}"], capture_output=True, text=True,
            timeout=60, check=False, cwd=tmp_path, env={**os.environ},
        )  # fmt: skip
        return done.returncode, errors(done.stderr)

    code, (line,) = run("<&-")
    assert (code, line[:51]) == (1, "there is no input: standard input is closed. Pipe a")
    code, (line,) = run("0>written")
    assert (code, line) == (1, "the input cannot be read after line 0: Bad file descriptor.")
    code, (line,) = run("<input >&-")
    assert (code, line[:51]) == (1, "the state cannot be written to stdout: it is closed")
    assert run("<input >/dev/null 2>&-") == (0, [])


@pytest.mark.parametrize(
    ("odd_type", "more"),
    [
        (True, {"flattening_enabled": True, "flattening_max_depth": 1}),
        (True, {"stream_maps": {"contacts": {"id": "id"}}}),
        ({"anyOf": [{"anyOf": [{}]}]}, {"flattening_enabled": True, "flattening_max_depth": 1}),
    ],
)
def test_a_schema_that_cannot_be_mapped_is_named(
    settings: Settings, tmp_path: Path, odd_type: Any, more: Settings
) -> None:
    message = schema("contacts", "id")
    message["schema"]["properties"]["id"] = odd_type
    done = run_target({**settings, **more}, [message, record("contacts", id=1)], tmp_path)
    assert isinstance(done.error, InputError)
    assert "the stream 'contacts' is one that stream_maps or flattening" in str(done.error)


@pytest.mark.parametrize("maps", [{}, {"orders": {"id": "id", "total": "id + 1"}}])
def test_what_is_skipped_may_be_anything(
    settings: Settings, tmp_path: Path, maps: dict[str, Any]
) -> None:
    settings = {**settings, "on_unknown_stream": "skip", "max_rejected": 0, "stream_maps": maps}
    others = [record("orders"), record("orders", id=None), record("orders", id={"odd": [1]})]
    messages = [schema("orders", "id"), *others, *people(2), state(5)]
    done = run_target(settings, messages, tmp_path)
    assert (done.error, done.states) == (None, [5])
    assert done.ended == ["skipped unknown_stream"] * 3 + ["written"] * 2


def test_states_are_the_same_in_every_locale(settings: Settings, tmp_path: Path) -> None:
    given = json.dumps(state("\u00e9"), ensure_ascii=False)
    done = target(settings=settings, folder=tmp_path, given=given, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stdout) == (0, '{"bookmarks":"\\u00e9"}\n')
