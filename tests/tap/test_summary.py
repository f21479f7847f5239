"""The last lines of a run."""

from __future__ import annotations

from collections import Counter

import pytest

from tap_sakari.summary import Tally, last_lines


def lines_of(tally: Tally) -> list[str]:
    return last_lines(["messages"], {"messages": tally})


def test_a_line_says_what_became_of_a_stream() -> None:
    tally = Tally(
        read=5312, emitted=251, unchanged=5061, duplicates=3, requests=57, retries=1, seconds=12.43
    )
    assert lines_of(tally) == [
        (
            "messages: read 5,312, emitted 251, unchanged 5,061, duplicates 3, requests 57, "
            "retries 1, 12.4 s"
        )
    ]


def test_a_note_says_how_it_was_read() -> None:
    assert lines_of(Tally(seconds=3725.25, note="read back to 2025-12-25 and stopped")) == [
        (
            "messages: read 0, emitted 0, unchanged 0, duplicates 0, requests 0, retries 0, "
            "3,725.2 s; read back to 2025-12-25 and stopped"
        )
    ]


def test_a_failed_stream_says_why_in_one_line() -> None:
    tally = Tally(
        read=300, emitted=300, requests=9, retries=5, seconds=31,
        note="whole list", failure="GET /contacts: the server\nanswered 500.\n",
    )  # fmt: skip
    assert lines_of(tally) == [
        (
            "messages: FAILED after read 300, emitted 300, unchanged 0, duplicates 0, requests 9, "
            "retries 5, 31.0 s; whole list: GET /contacts: the server answered 500."
        )
    ]


def test_a_failure_without_words_is_one_all_the_same() -> None:
    [line] = lines_of(Tally(failure=""))
    assert line.startswith("messages: FAILED after read 0, ")


def test_every_stream_has_its_line_in_order_also_one_that_was_never_begun() -> None:
    lines = last_lines(
        ["contacts", "messages", "webhooks"], {"messages": Tally(failure="x"), "contacts": Tally()}
    )
    assert [line.split()[:2] for line in lines] == [
        ["contacts:", "read"],
        ["messages:", "FAILED"],
        ["webhooks:", "NOT"],
    ]
    assert lines[-1] == "webhooks: NOT STARTED: the run ended before"


def test_fields_that_the_schema_does_not_know_or_fit_have_a_line_each() -> None:
    tally = Tally(
        unknown=Counter({"bar": 3, "foo": 5312}), misfits=Counter({"contact.mobile.verified": 1})
    )
    assert lines_of(tally)[1:] == [
        "messages: 2 fields are not in the schema, kept all the same: foo (5,312 records), bar (3)",
        (
            "messages: 1 field is not as the schema has it, kept in extra: "
            "contact.mobile.verified (1 value)"
        ),
    ]


def test_only_the_ten_most_frequent_fields_are_named() -> None:
    named = ", ".join(f"f{count} ({count})" for count in range(20, 10, -1))
    unknown = Counter({f"f{count}": count for count in range(1, 21)})
    [_, line] = lines_of(Tally(unknown=unknown))
    assert line.endswith(f": {named.replace('(20)', '(20 records)')}, and 10 more")
    [_, line] = lines_of(Tally(unknown=Counter({f"f{count}": count for count in range(11, 21)})))
    assert line.endswith(f": {named.replace('(20)', '(20 records)')}")


def test_the_elements_of_an_array_count_together() -> None:
    misfits = Counter({f"tags[{index}].visible": 2 for index in range(1000)})
    [_, line] = lines_of(Tally(misfits=misfits))
    assert line.endswith(": tags[].visible (2,000 values)")


@pytest.mark.parametrize(
    "name", ["+61412345678", "61412345678", "ada@example.org", "a b", "a\nb", "x" * 81, ""]
)
def test_names_that_may_be_data_are_not_shown(name: str) -> None:
    tally = Tally(unknown=Counter({name: 2, "foo": 1}), misfits=Counter({f"contact.{name}": 1}))
    for line in lines_of(tally):
        assert "\n" not in line
        assert not name or name not in line
    assert lines_of(tally)[1].endswith(": (odd name) (2 records), foo (1)")
