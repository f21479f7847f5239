"""What a run does with records, outcomes and states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.errors import ConfigError
from sakari_client.plural import many
from sakari_emulator.server import EmulatorServer
from target_sakari.messages import MessageReader, as_json
from target_sakari.writers import make_writers
from tests.conftest import settings_for
from tests.fake_clock import FakeClock
from tests.target.recorder import Recorder, rejected, written
from tests.target.run import lines, log_of, make_target, people, record, run_target, schema, state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.target.run import Message


Settings = dict[str, Any]


def test_records_are_written_in_batches_in_the_order_of_arrival(
    settings: Settings, tmp_path: Path
) -> None:
    writers = Recorder()
    done = run_target({**settings, "batch_size_rows": 4}, people(10), tmp_path, writers)
    assert [len(batch) for batch in writers.batches] == [4, 4, 2]
    assert [one["id"] for one in writers.records] == list(range(10))
    assert done.outcomes[3] == {
        "stream": "contacts",
        "key": {"id": 3},
        "action": "create",
        "outcome": "written",
        "reason": None,
        "detail": None,
        "sakari_id": "id-3",
        "attempts": 1,
    }
    assert [route.stream for route in writers.finished] == ["contacts"]
    assert done.error is None


def test_outcomes_are_told_in_order_though_known_in_another(
    settings: Settings, tmp_path: Path
) -> None:
    class Backwards(Recorder):
        def write(self, items: Any, tell: Any) -> None:
            super().write(items[::-1], tell)

    done = run_target(settings, people(5), tmp_path, Backwards())
    assert [one["key"]["id"] for one in done.outcomes] == list(range(5))


def test_kinds_are_written_in_their_order(settings: Settings, tmp_path: Path) -> None:
    writers = Recorder()
    messages = [
        schema("webhooks", "url"),
        schema("contacts", "id"),
        record("webhooks", url="https://example.com"),
        record("contacts", id=1),
    ]
    done = run_target(settings, messages, tmp_path, writers)
    assert [batch[0].route.to for batch in writers.batches] == ["contacts", "webhooks"]
    assert [one["stream"] for one in done.outcomes] == ["webhooks", "contacts"]


def test_a_state_goes_out_with_the_batch_that_makes_it_true(
    settings: Settings, tmp_path: Path
) -> None:
    first, *rest = people(6)
    messages = [first, *rest[:2], state(2), *rest[2:4], state(4), *rest[4:], state(6)]
    done = run_target({**settings, "batch_size_rows": 5}, messages, tmp_path)
    assert done.states == [4, 6]


def test_a_state_is_not_repeated_and_keeps_its_numbers(settings: Settings, tmp_path: Path) -> None:
    text = '{"type": "STATE", "value": {"bookmarks": {"at": 1.10, "n": 123456789012345678901}}}'
    done = run_target({**settings, "batch_wait": 0}, [text, text, text], tmp_path)
    assert done.states == [{"at": 1.1, "n": 123456789012345678901}]


@pytest.fixture(scope="module")
def large() -> Iterator[EmulatorServer]:
    """An account that is so large that contacts are looked up one by one."""
    with EmulatorServer(contacts=2000, messages=0) as server:
        yield server


@pytest.mark.parametrize(
    ("switch", "ends"),
    [
        ({"error_every": 4}, "rejected failed"),
        ({"fail_after_accept_every": 4, "fail_after_accept": "500"}, "unknown failed"),
    ],
)
def test_no_state_passes_what_sakari_failed_at_unless_a_file_keeps_it(
    large: EmulatorServer, tmp_path: Path, switch: Settings, ends: str
) -> None:
    settings = settings_for(large, max_retries=0, batch_size_rows=4, write_method="single")
    first, *rest = people(4)
    messages = [first, *rest, state(4)]
    for path, states in ((None, []), (str(tmp_path / "rejects.jsonl"), [4])):
        large.reset()
        large.switch(**switch)
        done = run_target({**settings, "rejects_path": path}, messages, tmp_path, make_writers)
        assert done.error is None
        assert ends in done.ended
        assert done.states == states
        assert any("no state goes out" in line for line in done.log) is (path is None)
        told = [line for line in done.log if "pipe what was moved back in" in line]
        assert len(told) == (path is not None)
        failed = many(sum(one.endswith(" failed") for one in done.ended), "record")
        for line in told:
            assert line.startswith(
                f"Failed or unknown: {failed}, kept in {path}. A tap that reads "
            )
        assert not any("ledger" in line for line in done.log)  # which is of texts


def test_a_batch_waits_no_longer_than_batch_wait(settings: Settings, tmp_path: Path) -> None:
    fake = FakeClock()
    writers = Recorder()
    target = make_target({**settings, "batch_wait": 30}, writers, clock=fake)
    loader = target._begin()
    for message in [*people(2), state(2)]:
        target.message_reader.process_lines(  # a line at a time
            lines([message]),  # type: ignore[arg-type]
            {
                "SCHEMA": target._process_schema_message,
                "RECORD": target._process_record_message,
                "STATE": target._process_state_message,
            },
        )
    assert loader.seconds_left() == 30
    fake.sleep(29)
    target.message_reader.tick()
    assert writers.batches == []
    fake.sleep(1)
    assert target.message_reader.wait() == 0
    target.message_reader.tick()
    assert len(writers.records) == 2
    assert loader.seconds_left() is None
    loader.close(finished=True)


def test_a_batch_that_is_old_is_written_when_a_record_comes(
    settings: Settings, tmp_path: Path
) -> None:
    writers = Recorder()
    run_target({**settings, "batch_wait": 0}, people(3), tmp_path, writers)
    assert [len(batch) for batch in writers.batches] == [1, 1, 1]


def test_a_busy_input_that_brings_nothing_does_not_hold_a_batch_back(
    settings: Settings, tmp_path: Path
) -> None:
    fake = FakeClock()
    writers = Recorder()
    dropped = {**settings, "stream_maps": {"contacts": {"__filter__": "id < 2"}}}
    target = make_target({**dropped, "batch_wait": 30}, writers, clock=fake)

    def coming() -> Iterator[str]:
        yield from lines([*people(2), state(2)])
        for at in range(2, 10):
            fake.sleep(10)
            yield from lines([record("contacts", id=at)])
        assert len(writers.records) == 2

    target.listen(coming())  # type: ignore[arg-type]
    assert [len(batch) for batch in writers.batches] == [2]


def test_a_record_of_several_maps_is_among_the_rejects_once(
    settings: Settings, tmp_path: Path
) -> None:
    maps = {"crm": {"__alias__": "contacts"}, "more": {"__source__": "crm"}}
    settings = {**settings, "stream_maps": maps, "streams": {"more": {"to": "templates"}}}
    messages = people(3, "crm")
    done = run_target(
        {**settings, "batch_size_rows": 3}, messages, tmp_path, Recorder(answer=rejected)
    )
    assert len(done.outcomes) == 6
    assert [one["record"]["id"] for one in done.rejects[1:]] == [0, 1, 2]
    again = run_target(settings, done.rejects, tmp_path, Recorder(answer=rejected))
    assert len(again.outcomes) == 6


@pytest.mark.parametrize("value", ['"\\ud800"', "1E+4400", '{"\\ud800":[1.10,null,"\\udfff"]}'])
def test_a_value_that_cannot_be_sent_is_its_records_own_and_kept_as_it_is(
    settings: Settings, tmp_path: Path, value: str
) -> None:
    odd = '{"type": "RECORD", "stream": "contacts", "record": {"id": 9, "mobile": "+12125550148", '
    messages: list[Message | str] = [schema("contacts", "id", "mobile", "n")]
    messages += [f'{odd}"n": {value}}}}}', *people(2)[1:]]
    settings = {**settings, "streams": {"contacts": {"attributes": ["n"]}}}
    done = run_target(settings, [*messages, state(3)], tmp_path, make_writers)
    assert (done.error, done.states) == (None, [3])
    assert done.ended == ["rejected invalid", "written", "written"]
    rejects = (tmp_path / "rejects.jsonl").read_text().splitlines()
    assert f'"n":{value}}},"rejected"' in rejects[1]
    again = run_target(settings, rejects, tmp_path, Recorder())
    assert again.ended == ["written"]


def test_a_number_may_be_longer_than_python_reads() -> None:
    long = "1" * 5000
    line = f'{{"type": "STATE", "value": {{"long": {long}, "n": 7}}}}'
    message = MessageReader().deserialize_json(line)
    assert (message["value"]["n"], type(message["value"]["n"])) == (7, int)
    assert as_json(message) == line.replace(" ", "").encode()


def test_odd_text_in_a_key_and_in_a_state_goes_through(settings: Settings, tmp_path: Path) -> None:
    messages = [schema("contacts", "id"), record("contacts", id="\ud800"), state("\ud800")]
    done = run_target(settings, messages, tmp_path)
    assert [one["key"] for one in done.outcomes] == [{"id": "\ud800"}]
    assert done.states == ["\ud800"]


def test_rejects_are_a_singer_stream_that_the_target_takes_back(
    settings: Settings, tmp_path: Path
) -> None:
    messages = people(4, "crm")
    messages[2]["time_extracted"] = "2026-01-01T00:00:00Z"
    maps = {"crm": {"__alias__": "contacts", "mobile": "mobile[2:]"}}
    bad = Recorder(answer=lambda item: (rejected if item.position in {1, 3} else written)(item))
    done = run_target({**settings, "stream_maps": maps}, messages, tmp_path, bad)
    assert [one["type"] for one in done.rejects] == ["SCHEMA", "RECORD", "RECORD"]
    assert done.rejects[0] == messages[0]
    why = {"reason": "invalid_number", "detail": "mobile cannot be a number."}
    assert done.rejects[1] == {**messages[2], "rejected": why}

    again = Recorder()
    replayed = run_target({**settings, "stream_maps": maps}, done.rejects, tmp_path, again)
    assert replayed.error is None
    assert [one["mobile"] for one in again.records] == ["2125550001", "2125550003"]
    assert [one["stream"] for one in replayed.outcomes] == ["crm", "crm"]


def test_rejects_follow_a_schema_that_changes(settings: Settings, tmp_path: Path) -> None:
    old, new = schema("contacts", "id"), schema("contacts", "id", "city")
    messages = [old, record("contacts", id=1), new, record("contacts", id=2, city="Ulm")]
    done = run_target(settings, messages, tmp_path, Recorder(answer=rejected))
    assert [one.get("schema") or one["record"]["id"] for one in done.rejects] == [
        old["schema"],
        1,
        new["schema"],
        2,
    ]


def test_records_keep_the_route_that_they_came_with(settings: Settings, tmp_path: Path) -> None:
    writers = Recorder()
    messages = [
        schema("contacts", "id"),
        record("contacts", id=1),
        schema("contacts", "id", "city", bookmark_properties=["city"]),
        record("contacts", id=2, city="Ulm"),
    ]
    run_target(settings, messages, tmp_path, writers)
    ((first, second),) = writers.batches
    assert (first.route.properties, first.route.incremental) == (("id",), False)
    assert (second.route.properties, second.route.incremental) == (("id", "city"), True)


def test_a_record_without_its_key_is_rejected(settings: Settings, tmp_path: Path) -> None:
    messages = [
        schema("contacts", "id", "shop", key=["id", "shop"]),
        record("contacts", id=1, shop=None),
        record("contacts", shop="a", id=2),
        record("contacts"),
    ]
    done = run_target(settings, messages, tmp_path)
    assert done.ended == ["rejected key_missing", "written", "rejected key_missing"]
    assert [one["key"] for one in done.outcomes] == [
        {"id": 1, "shop": None},
        {"id": 2, "shop": "a"},
        {"id": None, "shop": None},
    ]
    assert done.outcomes[0]["detail"] == "Its key is missing or null: shop."


def test_a_stream_of_which_nothing_was_right_is_named(settings: Settings, tmp_path: Path) -> None:
    done = run_target(settings, people(3), tmp_path, Recorder(answer=rejected))
    assert any("contacts: every record was rejected. Look at" in one for one in done.log)
    one_right = Recorder(answer=lambda item: written(item) if item.position else rejected(item))
    done = run_target(settings, people(3), tmp_path, one_right)
    assert not any("every record was rejected" in one for one in done.log)


def test_nothing_is_said_of_the_mapping_where_the_run_broke_off(
    settings: Settings, tmp_path: Path
) -> None:
    first = Recorder(answer=lambda item: None if item.position else rejected(item))
    done = run_target(settings, people(3), tmp_path, first)
    assert not any("every record was rejected" in one for one in done.log)


def test_a_stream_map_that_fails_rejects_the_record(settings: Settings, tmp_path: Path) -> None:
    maps = {"contacts": {"id": "id", "mobile": "mobile.upper()"}}
    messages = people(2)
    messages[1]["record"]["mobile"] = None
    done = run_target({**settings, "stream_maps": maps}, messages, tmp_path)
    assert done.ended == ["rejected invalid", "written"]
    assert done.rejects[1]["record"] == messages[1]["record"]


def test_nothing_is_mirrored_where_a_record_could_not_be_read(
    settings: Settings, tmp_path: Path
) -> None:
    writers = Recorder()
    mirrored = {
        **settings,
        "streams": {"contacts": {"mode": "mirror"}},
        "stream_maps": {"contacts": {"id": "id", "mobile": "mobile.upper()"}},
    }
    messages = [*people(3), state(3)]
    run_target(mirrored, messages, tmp_path, writers)
    assert [one.mode for one in writers.finished] == ["mirror"]
    messages[2]["record"]["mobile"] = None
    writers = Recorder()
    done = run_target(mirrored, messages, tmp_path, writers)
    assert writers.finished == []
    assert "contacts: mirror removed no contact, as 1 records could not be read." in done.log


def test_flattening_and_sources_give_streams_of_their_own(
    settings: Settings, tmp_path: Path
) -> None:
    writers = Recorder()
    nested = schema("crm", "id", "home")
    nested["schema"]["properties"] = {
        "id": {"type": "integer"},
        "home": {"type": "object", "properties": {"city": {"type": "string"}}},
    }
    maps = {"contacts": {"__source__": "crm"}, "__else__": None}
    flat = {"flattening_enabled": True, "flattening_max_depth": 1, "stream_maps": maps}
    messages = [nested, record("crm", id=1, home={"city": "Ulm"})]
    done = run_target({**settings, **flat}, messages, tmp_path, writers)
    assert done.error is None
    assert writers.records == [{"id": 1, "home__city": "Ulm"}]
    ((item,),) = writers.batches
    assert (item.route.stream, item.route.properties) == ("contacts", ("id", "home__city"))
    assert [one["stream"] for one in done.outcomes] == ["crm"]


def test_slips_and_fields_that_go_nowhere_are_named(settings: Settings, tmp_path: Path) -> None:
    streams = {"crm": {"to": "contacts", "fields": {"mobile": "phne"}}}
    messages = [schema("crm", "id", "phone", "plan"), state(1)]
    with log_of("target_sakari.incoming") as log:
        run_target({**settings, "streams": streams}, messages, tmp_path)
    assert log == [
        "streams.crm.fields.mobile: the stream has no field phne; did you mean phone?",
        "crm: fields that go nowhere: phone, plan",
    ]


def test_a_stream_map_that_cannot_be_read_is_named(settings: Settings, tmp_path: Path) -> None:
    maps = {"contacts": {"mobile": "mobile +"}}
    done = run_target({**settings, "stream_maps": maps}, people(1), tmp_path)
    assert isinstance(done.error, ConfigError)
    assert str(done.error).startswith("stream_maps: ")


def test_streams_and_records_that_maps_leave_out_have_no_outcome(
    settings: Settings, tmp_path: Path
) -> None:
    maps = {"contacts": {"__filter__": "id != 1"}, "__else__": None}
    messages = [*people(3), schema("orders", "id"), record("orders", id=1), state(1)]
    done = run_target({**settings, "stream_maps": maps}, messages, tmp_path)
    assert [one["key"]["id"] for one in done.outcomes] == [0, 2]
    assert (done.error, done.states) == (None, [1])


def test_an_unknown_stream_can_be_skipped_and_counted(settings: Settings, tmp_path: Path) -> None:
    messages = [schema("orders", "id"), record("orders", id=1), *people(1), state(2)]
    done = run_target({**settings, "on_unknown_stream": "skip"}, messages, tmp_path)
    assert done.ended == ["skipped unknown_stream", "written"]
    assert (done.rejects, done.states) == ([], [2])
