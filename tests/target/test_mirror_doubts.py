"""`mirror` removes nobody where the input may not have brought everybody."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.outcome import Outcome, Row
from tests.target.recorder import Recorder
from tests.target.run import Message, people, record, run_target, schema, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_sakari.routes import Route
    from target_sakari.run import TellRow

MIRROR = {"streams": {"contacts": {"mode": "mirror"}}}
BROKEN_OFF = (
    "contacts: mirror removed no contact, as neither a STATE nor an ACTIVATE_VERSION came after "
    "the last record of contacts: the tap may have broken off, or have a bookmark of before "
    "(Meltano: run it once with --full-refresh)."
)
REPLAYED = (
    "contacts: mirror removed no contact, as rejects were piped back in, which are not everybody."
)
AMID = (
    "contacts: mirror removed no contact, as a STATE came amid the records of contacts: so only "
    "an ACTIVATE_VERSION after the last one shows that the tap did not break off, and none came."
)
OTHER = [schema("templates", "name"), record("templates", name="a")]


def activate(stream: str) -> Message:
    return {"type": "ACTIVATE_VERSION", "stream": stream, "version": 1}


@pytest.mark.parametrize(
    ("messages", "said"),
    [
        ([*people(3), state(3)], None),
        ([*people(3), activate("contacts")], None),
        ([*people(3), state(3), *OTHER], None),
        (people(3), BROKEN_OFF),
        ([*people(2), state(2), record("contacts", id=9)], BROKEN_OFF),
        ([*people(2), state(2), record("contacts", id=9), state(3)], AMID),
        ([*people(2), state(2), record("contacts", id=9), state(3), *OTHER, state(4)], AMID),
        ([*people(2), state(2), record("contacts", id=9), activate("contacts"), state(3)], None),
        ([*people(2), activate("contacts"), state(2), record("contacts", id=9), state(3)], AMID),
        ([state(0), *people(3), state(3)], None),
        ([*people(3), state(3), state(3)], None),
        ([*people(3), *OTHER, activate("templates")], BROKEN_OFF),
        ([*people(3), {**record("contacts", id=9), "rejected": {}}, state(3)], REPLAYED),
        ([*people(3), *OTHER, {**OTHER[1], "rejected": None}, state(3)], REPLAYED),
    ],
)
def test_the_input_must_have_brought_everybody(
    settings: dict[str, Any], tmp_path: Path, messages: list[Message], said: str | None
) -> None:
    writers = Recorder()
    done = run_target({**settings, **MIRROR}, messages, tmp_path, writers)
    assert done.error is None
    assert [line for line in done.log if "mirror" in line] == ([said] if said else [])
    assert ("mirror" in {route.mode for route in writers.finished}) is (said is None)


def test_a_record_that_a_map_drops_may_be_the_last(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    maps = {"crm": {"__alias__": "contacts", "__filter__": "id < 2"}}
    messages = [*people(2, "crm"), state(2), record("crm", id=5)]
    done = run_target({**settings, **MIRROR, "stream_maps": maps}, messages, tmp_path)
    assert [line for line in done.log if "last record of crm" in line]


def test_without_mirror_nothing_is_said(settings: dict[str, Any], tmp_path: Path) -> None:
    writers = Recorder()
    done = run_target(settings, people(3), tmp_path, writers)
    assert [line for line in done.log if "mirror" in line] == []
    assert len(writers.finished) == 1


@dataclass
class Removing(Recorder):
    """Says at the end that a contact was removed, and looks what is told of it by then."""

    outcomes: Path = Path()
    seen: str = ""

    def finish(self, routes: Sequence[Route], tell: TellRow) -> None:
        outcome = Outcome("delete", "written", sakari_id="gone", attempts=1)
        tell(Row(routes[0].stream, {"id": "gone"}, outcome))
        self.seen = self.outcomes.read_text()


def test_what_was_removed_is_told_by_the_name_that_the_stream_came_with(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    maps = {"crm": {"__alias__": "contacts"}}
    messages = [*people(2, "crm"), state(2)]
    writers = Removing(outcomes=tmp_path / "outcomes.jsonl")
    done = run_target({**settings, **MIRROR, "stream_maps": maps}, messages, tmp_path, writers)
    assert {one["stream"] for one in done.outcomes} == {"crm"}
    assert [json.loads(line) for line in writers.seen.splitlines()] == done.outcomes
    assert list(done.summary["streams"]) == ["crm"]
    assert done.summary["streams"]["crm"]["actions"] == {"create": 2, "delete": 1}


def test_two_streams_may_bring_the_contacts_under_one_name(
    settings: dict[str, Any], tmp_path: Path
) -> None:
    writers = Recorder()
    maps = {"east": {"__alias__": "contacts"}, "west": {"__alias__": "contacts"}}
    east = schema("east", "id", bookmark_properties=["id"])
    messages = [east, *people(2, "west"), state(2)]
    run_target({**settings, **MIRROR, "stream_maps": maps}, messages, tmp_path, writers)
    assert [route.incremental for route in writers.finished] == [True, False]
