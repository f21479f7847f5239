"""Records on stdout: as a table for people, as JSON lines or CSV for programs."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import sys
from collections.abc import Mapping
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sakari_client.cli import ended
from sakari_client.cli.plain import plain
from sakari_client.resources.base import MAX_PAGE_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from rich.console import OverflowMethod

    from sakari_client.resources.base import Record, Resource

Columns = tuple[str, ...]
"""Paths of the fields to show: `mobile.number` is the number in the object `mobile`. In CSV,
`attributes.*` is a column for each field that the object `attributes` has in any record."""

_Command = TypeVar("_Command", bound="Callable[..., Any]")

_EACH = ".*"

_WIDE = 100_000
"""Characters in a line of a table that no terminal shows: enough to break none."""

_NARROW = 4
_GAP = 2
"""Characters that any other column has at least, and those between two."""

_WHOLE = frozenset({"id", "number", "mobile", "to", "messageId", "field", "line", "at", "key"})
"""Last parts of the columns that a line break would spoil, as they are copied or compared."""

_FOLDED = "value"
"""The column that is broken over lines where it is too long; others are cut."""

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d(\.\d+)?)?Z")
"""A moment as Sakari writes it."""

_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
"""What JSON leaves as it is and a terminal may obey."""


def format_option(command: _Command) -> _Command:
    """Add the option `--format`, as the argument `how`."""
    return click.option(
        "--format",
        "how",
        type=click.Choice(["table", "json", "csv"]),
        callback=lambda _context, _option, given: given or _default(),
        help="Default: table on a terminal, else json: an object on each line, as Sakari sent it.",
    )(command)


def limit_option(command: _Command) -> _Command:
    """Add the option `--limit`."""
    help_ = "Show only the first so many."
    return click.option("--limit", type=click.IntRange(min=1), help=help_)(command)


def _default() -> str:
    return "table" if sys.stdout.isatty() else "json"


def listing(  # noqa: PLR0913
    resource: Resource,
    how: str,
    *,
    table: Columns,
    more: Columns = (),
    limit: int | None = None,
    filters: Mapping[str, str | None] | None = None,
) -> None:
    """Show the records of a list.

    Args:
        resource: whose list.
        how: table, json or csv.
        table: columns of the table.
        more: columns that only CSV has, after those.
        limit: how many records at most.
        filters: of the list; those that are None are not asked for.
    """
    wanted = {name: value for name, value in (filters or {}).items() if value is not None}
    listed = resource.list(wanted, page_size=min(limit or MAX_PAGE_SIZE, MAX_PAGE_SIZE))
    found = islice(listed, limit)
    first = next(found, None)
    if first is None and how == "table":
        ended.say("Nothing found.")
    records(chain([] if first is None else [first], found), how, table=table, more=more)


def records(
    found: Iterable[Mapping[str, Any]], how: str, *, table: Columns, more: Columns = ()
) -> None:
    """Show records; all but the table as they come."""
    match how:
        case "json":
            for record in found:
                click.echo(as_json(record))
        case "csv":
            _write_csv(found, table + more)
        case _:
            _print_table(found, table)


def record(found: Record, how: str, columns: Columns = ()) -> None:
    """Show one record; the table has a row for each field.

    Args:
        found: the record.
        how: table, json or csv.
        columns: of CSV. Default: all fields.
    """
    if how == "table":
        fields = ({"field": name, "value": cell(found, name)} for name in _paths(found))
        _print_table(fields, ("field", "value"))
    else:
        records([found], how, table=columns or tuple(_paths(found)))


def as_json(value: Any) -> str:
    """JSON on one line, with no character that a terminal might obey."""
    text = json.dumps(value, ensure_ascii=False)
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def cell(found: Mapping[str, Any], path: str) -> str:
    """What stands in a record at a path, as text; empty where there is nothing.

    Where there is a text half way, it is that: `created` may be a date or `{at, by}`.
    """
    value: Any = found
    while path and not isinstance(value, str):
        if not isinstance(value, Mapping):
            return ""
        name, _, rest = (path, "", "") if path in value else path.partition(".")
        value, path = value.get(name), rest
    return _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case [*items] if all(_name(one) for one in items):
            return "|".join(_name(one) for one in items)
        case dict() | list():
            return as_json(value)
        case _:
            return str(value)


def _name(value: Any) -> str:
    """A text in a list, or the name of a tag in one; empty for anything else."""
    name = value.get("tag") if isinstance(value, dict) else value
    return name if isinstance(name, str) else ""


def _paths(found: Mapping[str, Any], before: str = "") -> Iterator[str]:
    for name, value in found.items():
        if isinstance(value, dict) and value:
            yield from _paths(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def _write_csv(found: Iterable[Mapping[str, Any]], columns: Columns) -> None:
    if any(path.endswith(_EACH) for path in columns):
        found = list(found)  # as the header names what any of them has
        columns = tuple(name for path in columns for name in _named(path, found))
    writer = csv.writer(sys.stdout, lineterminator="\n")
    seen = plain if sys.stdout.isatty() else str
    rows = ([seen(cell(one, path)) for path in columns] for one in found)
    writer.writerows(chain([columns], rows))


def _named(path: str, found: Iterable[Mapping[str, Any]]) -> Iterable[str]:
    """The columns that a path stands for."""
    if not path.endswith(_EACH):
        return [path]
    name = path.removesuffix(_EACH)
    objects = (one.get(name) for one in found)
    fields = {field for one in objects if isinstance(one, dict) for field in one}
    return [f"{name}.{field}" for field in sorted(fields)]


def _print_table(found: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print a table, also of what came before an error."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, _GAP - 1, 0, 0))
    for path in columns:
        whole = _stays_whole(path)
        least = cell_len(_last(path)) if whole else _NARROW
        overflow: OverflowMethod = "fold" if path == _FOLDED else "ellipsis"
        table.add_column(path, no_wrap=whole, min_width=least, overflow=overflow)
    try:
        for one in found:
            cells = [_brief(path, plain(cell(one, path))) for path in columns]
            # Text, as rich would read styles out of `[red]`.
            table.add_row(*map(_text_of, columns, cells))
            for column, path, text in zip(table.columns, columns, cells, strict=True):
                if _stays_whole(one["field"] if path == "value" else path):
                    column.min_width = max(column.min_width or 0, cell_len(text))
    finally:
        if table.rows:
            _print(table)


def _brief(path: str, text: str) -> str:
    """A cell of a table: a moment to the minute, but where one record is shown in full."""
    moment = None if path == _FOLDED else _MOMENT.fullmatch(text)
    return f"{moment[1]} {moment[2]}" if moment else text


def _text_of(path: str, cell: str) -> Text:
    return Text(cell, no_wrap=path != _FOLDED)


def _stays_whole(path: str) -> bool:
    return _last(path) in _WHOLE


def _last(path: str) -> str:
    return path.rpartition(".")[2]


def _print(table: Table) -> None:
    """Print a table as wide as the terminal, or as wide as what must not be broken."""
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else _WIDE)
    least = sum((column.min_width or 0) + _GAP for column in table.columns)
    console.width = max(console.width, least)
    if console.measure(table).maximum >= console.width:
        for column in table.columns:
            # What must stay whole takes no more than it needs, whatever its heading.
            column.max_width = column.min_width if column.no_wrap else None
    with console.capture() as printed:
        console.print(table, highlight=False)
    # Not by the console, which exits where the reader of stdout has left.
    click.echo(printed.get(), nl=False)


@contextlib.contextmanager
def closed_pipe_allowed() -> Iterator[None]:
    """Let whoever reads stdout leave early, as `head` does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
    except OSError:
        try:
            sys.stdout.flush()
        except OSError:
            _forget_stdout()
        raise


@contextlib.contextmanager
def what_was_done(look_up: str = "") -> Iterator[None]:
    """Have what was done shown; that it cannot be shown does not undo it.

    Args:
        look_up: what to do where that is so.
    """
    try:
        with closed_pipe_allowed():
            yield
    except OSError as error:
        why = error.strerror or type(error).__name__
        line = f"it was done, but cannot be shown: {why}. {look_up}"
        raise ended.Ended(ended.Code.UNKNOWN, line.rstrip()) from None


def _forget_stdout() -> None:
    """Have stdout go nowhere: what is still in its buffer would raise again at the very end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
