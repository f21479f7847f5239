"""Which fields of a stream's records hold what."""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from target_sakari.mapping.aliases import ALIASES, comparable
from target_sakari.mapping.inputs import nothing_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from target_sakari.routes import Route

_SINGER = "_sdc_"
"""What the names begin with that taps and targets add."""

_SHAPES = 64
"""Sets of names that are remembered: records of a stream have one, or few."""


@dataclass(frozen=True)
class _Plan:
    """For records with certain names.

    Attributes:
        columns: Sakari's fields, each with the names that hold it, the surest first.
        attributes: names that become attributes.
    """

    columns: tuple[tuple[str, tuple[str, ...]], ...]
    attributes: tuple[str, ...]


class Columns:
    """Where the records of a stream hold Sakari's fields: `fields` of its route, else aliases."""

    def __init__(self, route: Route) -> None:
        self._plan = functools.lru_cache(_SHAPES)(functools.partial(_plan, route))

    def values(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """What a record holds, by Sakari's names; None where none of it says anything."""
        columns = self._plan(tuple(record)).columns
        return {field: _first(field, record, names) for field, names in columns}

    def attributes(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a record that become attributes, as they are."""
        return {name: record[name] for name in self._plan(tuple(record)).attributes}


def is_deleted(route: Route, record: Mapping[str, Any]) -> bool:
    """Whether a record deletes."""
    if route.mode == "delete":
        return True
    return route.delete and not nothing_known(record.get("_sdc_deleted_at"))


def unused(route: Route) -> tuple[str, ...]:
    """The fields of a stream, by its SCHEMA, that are not used for anything."""
    plan = _plan(route, route.properties)
    used = {*plan.attributes, *route.key, route.send_key}.union(
        *(names for _, names in plan.columns)
    )
    return tuple(name for name in _own(route.properties) if name not in used)


def slips(route: Route) -> list[tuple[str, str]]:
    """What a route names that is not there: a country, or a field of Sakari's or the stream's.

    The stream's are only looked for where its SCHEMA names any.

    Returns:
        For each slip the name of the setting, and what is wrong with it, in one line.
    """
    return [*_slips(route)]


def _slips(route: Route) -> Iterator[tuple[str, str]]:
    known = ALIASES[route.to]
    for field in route.fields:
        if field not in known:
            problem = f"{route.to} have no such field; they have {', '.join(known)}"
            yield f"fields.{field}", problem
    if route.default_country is not None and phone.region(route.default_country) is None:
        yield "default_country", "must be two letters of ISO 3166, such as US"
    if route.attributes and "attributes" not in known:
        yield "attributes", f"{route.to} have none"
    named = [(f"fields.{field}", name) for field, name in route.fields.items()]
    if route.attributes != "all":
        named += [("attributes", name) for name in route.attributes]
    if route.send_key is not None:
        named.append(("send_key", route.send_key))
    for setting, name in named:
        if route.properties and name not in route.properties:
            close = difflib.get_close_matches(name, route.properties, n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            yield setting, f"the stream has no field {name}{hint}"


def _plan(route: Route, names: tuple[str, ...]) -> _Plan:
    """What is where, in records with these names. A name in `fields` is no alias any more."""
    chosen = set(route.fields.values())
    by_alias: dict[str, list[str]] = {}
    for name in names:
        if name not in chosen:
            by_alias.setdefault(comparable(name), []).append(name)
    columns = []
    for field, aliases in ALIASES[route.to].items():
        if field in route.fields:
            held = [name for name in names if name == route.fields[field]]
        else:
            held = [name for alias in aliases for name in by_alias.get(comparable(alias), ())]
        if held:
            columns.append((field, tuple(held)))
    if route.attributes == "all":
        used = set[str]().union(*(held for _, held in columns))
        attributes = [name for name in _own(names) if name not in used]
    else:
        attributes = [name for name in route.attributes if name in names]
    return _Plan(tuple(columns), tuple(attributes))


def _own(names: Iterable[str]) -> Iterator[str]:
    """The names that are not Singer's."""
    return (name for name in names if not name.startswith(_SINGER))


def _first(field: str, record: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The first value that says something."""
    for name in names:
        value = record[name]
        if not nothing_known(_said(field, value)):
            return value
    return None


def _said(field: str, value: Any) -> Any:
    """What a value says: a `{number, country}` without a number says nothing."""
    return value.get("number") if field == "mobile" and isinstance(value, dict) else value
