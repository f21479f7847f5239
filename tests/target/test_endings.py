"""How a run ends, and what it says then and meanwhile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.errors import AuthenticationError, RequestRefusedError
from target_sakari.contacts.mirror import MirrorRefusedError
from target_sakari.exits import UnexpectedError, exit_code
from target_sakari.loading.loader import LostOutcomeError, TooManyRejectedError
from target_sakari.messages import InputError
from target_sakari.outcome import Outcome
from tests.fake_clock import FakeClock
from tests.target.recorder import Recorder, rejected, written
from tests.target.run import lines, make_target, people, record, run_target, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from target_sakari.routes import Item
    from target_sakari.run import Tell

Settings = dict[str, Any]


def test_an_unknown_stream_ends_the_run_before_its_first_record(
    settings: Settings, tmp_path: Path
) -> None:
    messages = [*people(2), state(1), schema("orders", "id"), record("orders", id=1), state(2)]
    done = run_target(settings, messages, tmp_path)
    assert isinstance(done.error, InputError)
    assert "'orders'" in str(done.error)
    assert (done.ended, done.states) == (["written"] * 2, [1])
    assert done.summary["finished"] is False


def test_a_batch_message_is_refused(settings: Settings, tmp_path: Path) -> None:
    batch = {"type": "BATCH", "stream": "contacts", "encoding": {}, "manifest": ["file:///x"]}
    done = run_target(settings, [*people(1), state(1), batch], tmp_path)
    assert "batch_config" in str(done.error)
    assert (done.ended, done.states) == (["written"], [1])


@pytest.mark.parametrize(
    "line",
    [
        '{"type": "RECORD", "stream": "contacts", "record": {"mobile": "+12125559',
        "+12125559999",
        '"+12125559999"',
        '{"type": "RECORDS", "mobile": "+12125559999"}',
        '{"type": "RECORD", "stream": "contacts", "record": "+12125559999"}',
        '{"type": "SCHEMA", "stream": "+12125559999"}',
        '{"type": "STATE", "value": "+12125559999"}',
        '{"type": ["+12125559999"]}',
    ],
)
def test_a_line_that_is_no_message_ends_the_run_and_is_not_shown(
    settings: Settings, tmp_path: Path, line: str
) -> None:
    done = run_target(settings, [*people(2), "", state(2), line, *people(1)], tmp_path)
    assert isinstance(done.error, InputError)
    assert str(done.error).startswith("line 6 of the input is n")
    assert "5559" not in str(done.error) + "".join(done.log)
    assert (done.ended, done.states) == (["written"] * 2, [2])


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"type": "SCHEMA", "stream": "contacts", "schema": {}}, "has no properties"),
        (schema("contacts", "id", key=[1]), "no list of names"),  # type: ignore[list-item]
        (
            {
                "type": "SCHEMA",
                "stream": "contacts",
                "schema": {"properties": {"id": {"type": "strin"}}},
            },
            "at properties.id.type",
        ),
    ],
)
def test_a_schema_that_is_none_ends_the_run(
    settings: Settings, tmp_path: Path, message: dict[str, Any], said: str
) -> None:
    done = run_target(settings, [message], tmp_path)
    assert isinstance(done.error, InputError)
    assert said in str(done.error)
    assert "contacts" in str(done.error)


def test_what_is_wrong_with_the_whole_run_stops_it(settings: Settings, tmp_path: Path) -> None:
    def answer(item: Item) -> Outcome:
        if item.position == 3:
            raise AuthenticationError("POST /oauth2/token: the credentials were refused.")
        return written(item)

    first, *rest = people(6)
    messages = [first, *rest[:2], state(2), *rest[2:], state(6)]
    done = run_target(settings, messages, tmp_path, Recorder(answer=answer))
    assert isinstance(done.error, AuthenticationError)
    assert done.ended == ["written"] * 3
    assert done.states == [2]
    assert done.summary["streams"]["contacts"]["without_outcome"] == 3


def test_a_mistake_of_the_program_shows_no_values(settings: Settings, tmp_path: Path) -> None:
    def answer(item: Item) -> Outcome:
        raise KeyError(item.record["mobile"])

    done = run_target(settings, people(1), tmp_path, Recorder(answer=answer))
    assert isinstance(done.error, UnexpectedError)
    assert re.match(r"KeyError at test_endings.py:\d+\. This is a mistake", str(done.error))
    assert "555" not in "".join(done.log)


def test_a_writer_that_loses_a_record_is_found_out(settings: Settings, tmp_path: Path) -> None:
    forgetful = Recorder(answer=lambda item: None if item.position == 1 else written(item))
    done = run_target(settings, [*people(3), state(3)], tmp_path, forgetful)
    assert isinstance(done.error, UnexpectedError)
    assert LostOutcomeError.__name__ in str(done.error)
    assert (done.states, len(done.outcomes)) == ([], 2)


def test_too_many_rejected_stop_the_run_at_once(settings: Settings, tmp_path: Path) -> None:
    writers = Recorder(answer=rejected)
    messages = [*people(20), state(20)]
    done = run_target({**settings, "max_rejected": 2}, messages, tmp_path, writers)
    assert isinstance(done.error, TooManyRejectedError)
    assert "3 of 20 records were rejected, more than max_rejected (2)" in str(done.error)
    assert "invalid_number 3" in str(done.error)
    assert (len(done.outcomes), len(done.rejects), done.states) == (3, 4, [])
    assert writers.finished == []


class RejectedFirst(Recorder):
    """Tells the rejected records of a batch first, as the writer of contacts does."""

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        super().write(sorted(items, key=lambda item: self.answer(item) != rejected(item)), tell)


@pytest.mark.parametrize("size", [1000, 100])
def test_who_may_be_rejected_does_not_hang_on_when_that_is_told(
    settings: Settings, tmp_path: Path, size: int
) -> None:
    writers = RejectedFirst(lambda item: (rejected if item.position % 2 else written)(item))
    settings = {**settings, "batch_size_rows": size, "max_rejected_percent": 50}
    done = run_target(settings, people(1000), tmp_path, writers)
    assert done.error is None
    assert len(done.outcomes) == 1000


@pytest.mark.parametrize(
    ("size", "read_and_bad", "outcomes"),
    [
        (1000, (120, 60), 120),  # half of them
        (1000, (120, 61), 61),  # more, whatever becomes of the others
        (10, (120, 50), 120),
        (10, (120, 51), 91),
        (10, (99, 99), 99),  # too few to tell
    ],
)
def test_half_of_a_hundred_and_more_may_be_rejected(
    settings: Settings, tmp_path: Path, size: int, read_and_bad: tuple[int, int], outcomes: int
) -> None:
    read, bad = read_and_bad
    writers = RejectedFirst(lambda item: (rejected if item.position < bad else written)(item))
    done = run_target({**settings, "batch_size_rows": size}, people(read), tmp_path, writers)
    assert isinstance(done.error, TooManyRejectedError) is (outcomes < read)
    assert len(done.outcomes) == outcomes


def test_a_dry_run_writes_no_state_and_shows_a_table(settings: Settings, tmp_path: Path) -> None:
    planned = Recorder(answer=lambda item: Outcome("create", "planned"))
    messages = [*people(3), record("contacts"), state(3)]
    done = run_target({**settings, "dry_run": True}, messages, tmp_path, planned)
    assert planned.run is not None
    assert planned.run.dry_run
    assert (done.states, len(done.outcomes)) == ([], 4)
    assert [line.split() for line in done.stderr.splitlines()] == [
        ["stream", "outcome", "what", "records"],
        ["contacts", "planned", "create", "3"],
        ["contacts", "rejected", "key_missing", "1"],
    ]


def test_who_watches_gets_a_table(settings: Settings, tmp_path: Path) -> None:
    done = run_target(settings, people(1), tmp_path, watched=True)
    assert [line.split() for line in done.stderr.splitlines()][1:] == [
        ["contacts", "written", "create", "1"]
    ]


def test_the_summary_counts_everything(settings: Settings, tmp_path: Path) -> None:
    def answer(item: Item) -> Outcome:
        return rejected(item) if item.position % 3 == 0 else written(item)

    done = run_target(settings, people(10), tmp_path, Recorder(answer=answer))
    assert done.summary["streams"] == {
        "contacts": {
            "records": 10,
            "duplicates": 0,
            "outcomes": {"rejected": 4, "written": 6},
            "actions": {"create": 6},
            "reasons": {"invalid_number": 4},
            "without_outcome": 0,
        }
    }
    assert (done.summary["finished"], done.summary["dry_run"]) == (True, False)
    assert (done.summary["requests"], done.summary["retries"]) == (0, 0)
    assert done.stderr == ""


def test_a_signal_lets_out_the_state_that_is_true(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    writers = Recorder()
    target = make_target({**settings, "batch_size_rows": 2}, writers)

    def coming() -> Iterator[str]:
        yield from lines([*people(2), state(2), record("contacts", id=3), state(3)])
        target.message_reader.stop.ask(15)
        yield from lines([record("contacts", id=4)])

    with pytest.raises(SystemExit) as ended:
        target.listen(coming())  # type: ignore[arg-type]
    assert ended.value.code == 143
    assert capsys.readouterr().out == '{"bookmarks":2}\n'
    assert [one["id"] for one in writers.records] == [0, 1]


def test_requests_are_counted(settings: Settings, tmp_path: Path) -> None:
    writers = Recorder()

    def answer(item: Item) -> Outcome:
        assert writers.run is not None
        writers.run.client.contacts.create({"mobile": {"number": item.record["mobile"]}})
        return written(item)

    writers.answer = answer
    done = run_target(settings, people(2), tmp_path, writers)
    assert done.summary["requests"] == 3  # one of them for the token


def test_a_stream_in_the_settings_that_never_came_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    streams = {"crm_customers": {"to": "contacts"}}
    done = run_target({**settings, "streams": streams}, people(1), tmp_path)
    assert [line for line in done.log if "slip" in line] == [
        "streams.crm_customers: no such stream came in. Is its name a slip?"
    ]


def test_progress_is_told_every_ten_seconds(settings: Settings, tmp_path: Path) -> None:
    fake = FakeClock()

    def answer(item: Item) -> Outcome:
        fake.sleep(3)
        return written(item)

    done = run_target(settings, people(10), tmp_path, Recorder(answer=answer), clock=fake)
    assert [line for line in done.log if "records read" in line] == [
        "4 of 10 records read are done, 0.3 records/s, about 18 s left of this batch",
        "8 of 10 records read are done, 0.3 records/s, about 6 s left of this batch",
    ]


def test_refusals_of_the_account_have_their_own_codes() -> None:
    refused = {
        code: exit_code(RequestRefusedError("x", code=code))
        for code in ("ACCT-001", "ACCT-006", "ACCT-008", "ACCT-017", "ACCT-099", "CONT-001")
    }
    assert list(refused.values()) == [5, 5, 4, 4, 4, 6]


def test_every_threshold_has_the_same_code() -> None:
    assert [exit_code(error("x")) for error in (TooManyRejectedError, MirrorRefusedError)] == [3, 3]
