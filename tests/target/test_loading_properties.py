"""Whole runs, of whatever messages, answers and endings: what holds of every one of them.

No state goes out ahead of an outcome; a record has one outcome for each that stream maps make of
it, and none is without unless it was not begun; the rejects file holds what was rejected, once.
"""

from __future__ import annotations

import signal
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from hypothesis import event, given
from hypothesis import strategies as st

from sakari_client.errors import AuthenticationError
from target_sakari.exits import UnexpectedError
from target_sakari.loading.loader import TooManyRejectedError
from target_sakari.loading.summary import REJECTED
from target_sakari.messages import InputError
from target_sakari.outcome import Outcome, Status
from target_sakari.reasons import Reason
from tests.examples import examples
from tests.target.recorder import Recorder
from tests.target.run import Done, Message, record, run_target, schema, state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_sakari.routes import Item
    from target_sakari.run import Tell

STREAMS = ("contacts", "templates", "campaigns", "crm", "unknown")
CONFIG: dict[str, Any] = {
    "api_url": "http://127.0.0.1:9", "client_id": "a", "client_secret": "b", "account_id": "c",
    "on_unknown_stream": "skip",
    "streams": {"copy": {"to": "templates"}},
    "stream_maps": {
        "crm": {"__alias__": "contacts", "__filter__": "id % 3 != 0"},
        "copy": {"__source__": "crm"},
        "campaigns": {"id": "id", "answer": "answer", "name": "name.upper()"},
    },
}  # fmt: skip

answers = st.sampled_from([*get_args(Status), *["written"] * 5, "rejected", "no name"])
records = st.tuples(st.sampled_from(STREAMS), answers)
others = st.sampled_from([*[("STATE", "")] * 9, *(("SCHEMA", one) for one in STREAMS)])
endings = st.tuples(st.sampled_from(STREAMS), st.sampled_from(["signal", "account", "mistake"]))
step = st.one_of(records, records, others)
inputs = st.tuples(
    st.lists(step, min_size=5, max_size=50),
    st.one_of(st.none(), endings, endings, st.just(("no message", ""))),
    st.lists(step, max_size=10),
)
limits = st.fixed_dictionaries(
    {
        "batch_size_rows": st.sampled_from([1, 2, 7, 1000]),
        "batch_wait": st.sampled_from([0, 30, 30]),
        "max_rejected": st.sampled_from([None] * 5 + [0, 3]),
        "dry_run": st.sampled_from([False, False, True]),
    }
)


def answer(item: Item) -> Outcome:
    """What a record asks for."""
    status = item.record["answer"]
    match status:
        case "account":
            raise AuthenticationError("POST /oauth2/token: the credentials were refused.")
        case "mistake":
            raise KeyError(item.position)
        case "signal":
            signal.raise_signal(signal.SIGTERM)
        case "rejected" | "unknown" | "skipped" | "deferred":
            return Outcome("upsert", status, Reason.REFUSED)
    return Outcome("upsert", status if status in get_args(Status) else "written")


@dataclass
class Answering(Recorder):
    """Answers as the records ask, and remembers whose outcomes it told.

    Attributes:
        backwards: whether the last of a batch is told first.
        told: how many outcomes, by the records' ids.
    """

    backwards: bool = False
    told: Counter[int] = field(default_factory=Counter)

    def write(self, items: Sequence[Item], tell: Tell) -> None:
        def told(item: Item, outcome: Outcome) -> None:
            self.told[item.record["id"]] += 1
            tell(item, outcome)

        super().write(items[::-1] if self.backwards else items, told)


class Input:
    """Messages, and what is to become of their records.

    Attributes:
        messages: the lines.
        records: the RECORD messages; each one's `id` is its place among them.
        states: how many records each STATE comes after.
    """

    def __init__(self, before: Any, ending: Any, after: Any) -> None:
        self.messages: list[Message | str] = [self.schema(stream) for stream in STREAMS]
        self.records: list[Message] = []
        self.states: list[int] = []
        for kind, what in [*before, *([ending] if ending else []), *after]:
            self.messages.append(self._message(kind, what))

    @staticmethod
    def schema(stream: str, *more: str) -> Message:
        return schema(stream, "id", "answer", "name", *more)

    def _message(self, kind: str, what: str) -> Message | str:
        match kind:
            case "no message":
                return "{"
            case "STATE":
                self.states.append(len(self.records))
                return state(len(self.records))
            case "SCHEMA":
                return self.schema(what, f"field{len(self.messages)}")
        name = None if what == "no name" else "Ada"
        self.records.append(record(kind, id=len(self.records), answer=what, name=name))
        return self.records[-1]

    def outcomes(self, at: int) -> int:
        """How many outcomes a record has once all is done."""
        return 2 if self.records[at]["stream"] == "crm" and at % 3 else 1

    def unmapped(self) -> list[int]:
        """The records that a stream map fails on."""
        wrong = ("campaigns", "no name")
        fields = [(one["stream"], one["record"]["answer"]) for one in self.records]
        return [at for at, one in enumerate(fields) if one == wrong]


def ids(given: Input, done: Done) -> list[int]:
    """Whose each outcome is; what a map failed on has no key."""
    unmapped = iter(given.unmapped())
    return [one["key"]["id"] if one["key"] else next(unmapped) for one in done.outcomes]


@examples(200)
@given(inputs, limits, st.booleans())
def test_what_holds_of_every_run(parts: Any, limit: dict[str, Any], backwards: bool) -> None:  # noqa: FBT001
    given, writers = Input(*parts), Answering(answer, backwards=backwards)
    with tempfile.TemporaryDirectory() as folder:
        done = run_target({**CONFIG, **limit}, given.messages, Path(folder), writers)
    event(type(done.error).__name__)
    whose = ids(given, done)
    have = Counter(whose)

    assert whose == sorted(whose)
    assert all(count <= given.outcomes(at) for at, count in have.items())
    assert all(have[at] == given.outcomes(at) for upto in done.states for at in range(upto))
    assert done.states == sorted(set(done.states))
    assert not (done.states and limit["dry_run"])
    # What writers told is there, whatever ended the run.
    assert writers.told.items() <= have.items()

    # What is put off is among the rejects, as no other file takes it.
    bad = [one["outcome"] in REJECTED | {"deferred"} for one in done.outcomes]
    planned = {
        at for at, one in zip(whose, done.outcomes, strict=True) if one["outcome"] == "planned"
    }
    assert limit["dry_run"] or all(upto <= min(planned, default=upto) for upto in done.states)
    rejects = [one["record"]["id"] for one in done.rejects if one["type"] == "RECORD"]
    assert rejects == sorted({at for at, is_bad in zip(whose, bad, strict=True) if is_bad})
    assert [{**one, "rejected": None} for one in done.rejects if one["type"] == "RECORD"] == [
        {**given.records[at], "rejected": None} for at in rejects
    ]

    tallies = done.summary["streams"].values()
    assert sum(sum(tally["outcomes"].values()) for tally in tallies) == len(done.outcomes)
    assert done.summary["finished"] is (done.error is None)
    most = limit["max_rejected"]
    rejected = sum(one["outcome"] in REJECTED for one in done.outcomes)
    if isinstance(done.error, TooManyRejectedError):
        assert rejected > most
    elif most is not None:
        assert rejected <= most
    if done.error is None:
        assert all(have[at] == given.outcomes(at) for at in range(len(given.records)))
        last = given.states[-1:]
        assert limit["dry_run"] or planned or done.states[-1:] == last
    elif isinstance(done.error, SystemExit):
        assert done.error.code == 128 + signal.SIGTERM
    else:
        ends = (AuthenticationError, InputError, TooManyRejectedError, UnexpectedError)
        assert isinstance(done.error, ends)
