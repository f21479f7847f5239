"""The last lines of a run: what became of each stream."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_FIELDS_NAMED = 10
_INDEX = re.compile(r"\[\d+\]")
# Others may be data: the keys of an object by phone number, say.
_PLAIN_NAME = re.compile(
    r"(?!.{81})[A-Za-z_$][\w$-]*(\[\])*(\.[A-Za-z_$][\w$-]*(\[\])*)*", re.ASCII
)
ODD_NAME = "(odd name)"
"""What stands for a name that may be data."""


@dataclass
class Tally:
    """What became of a stream. It holds no values of records, and none belong into its texts.

    Attributes:
        read: rows that the server sent, repetitions left out.
        emitted: records written.
        unchanged: rows skipped, as they did not change since the bookmark, or not between
            start_date and end_date.
        duplicates: rows dropped that the server sent more than once.
        requests: HTTP requests, retries among them.
        retries: requests that repeated one that had failed.
        seconds: time taken.
        misfits: values that did not fit the schema, by path: `contact.mobile`, `tags[2].tag`.
        unknown: records with a field that the schema does not know, by field.
        failure: why the stream failed, as the error says; None where it did not.
        interrupted: whether a signal ended it.
        note: what else to say of how it was read: `whole list`.
    """

    read: int = 0
    emitted: int = 0
    unchanged: int = 0
    duplicates: int = 0
    requests: int = 0
    retries: int = 0
    seconds: float = 0.0
    misfits: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    failure: str | None = None
    interrupted: bool = False
    note: str | None = None


def last_lines(streams: Iterable[str], tallies: Mapping[str, Tally]) -> list[str]:
    """The last lines of a run: at least one for each stream, which begins with its name.

    Args:
        streams: the streams that were to be read, in order.
        tallies: what became of those that were begun.
    """
    lines = []
    for stream in streams:
        tally = tallies.get(stream)
        said = ["NOT STARTED: the run ended before"] if tally is None else _describe(tally)
        lines += [f"{stream}: {text}" for text in said]
    return lines


def _describe(tally: Tally) -> Iterator[str]:
    figures = (
        f"read {tally.read:,}, emitted {tally.emitted:,}, unchanged {tally.unchanged:,}, "
        f"duplicates {tally.duplicates:,}, requests {tally.requests:,}, "
        f"retries {tally.retries:,}, {tally.seconds:,.1f} s"
    )
    if tally.note:
        figures += f"; {_in_one_line(tally.note)}"
    if tally.interrupted:
        yield f"INTERRUPTED after {figures}"
    elif tally.failure is None:
        yield figures
    else:
        yield f"FAILED after {figures}: {_in_one_line(tally.failure)}"
    if tally.unknown:
        yield _drift(tally.unknown, "not in the schema, kept all the same", "records")
    if tally.misfits:
        yield _drift(tally.misfits, "not as the schema has it, kept in extra", "values")


def _drift(fields: Mapping[str, int], how: str, unit: str) -> str:
    """Name the fields that are not as expected, those first that it happens to most."""
    counts: Counter[str] = Counter()
    for path, count in fields.items():
        counts[field_name(path)] += count
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    named = [f"{name} ({count:,})" for name, count in ranked[:_FIELDS_NAMED]]
    first, count = ranked[0]
    named[0] = f"{first} ({count:,} {unit if count != 1 else unit[:-1]})"
    more = len(ranked) - len(named)
    fields_are = "field is" if len(ranked) == 1 else "fields are"
    return f"{len(ranked):,} {fields_are} {how}: {', '.join(named)}" + (
        f", and {more:,} more" if more else ""
    )


def field_name(path: str) -> str:
    """How a field is called: the elements of an array together, and nothing that may be data."""
    name = _INDEX.sub("[]", path)
    return name if _PLAIN_NAME.fullmatch(name) else ODD_NAME


def _in_one_line(text: str) -> str:
    return " ".join(text.split())
