"""From the setting `streams` and a stream's SCHEMA to what becomes of the stream's records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.errors import ConfigError
from target_sakari.mapping.columns import slips
from target_sakari.routes import KINDS, NAMED, Kind, Route
from target_sakari.settings_values import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_MEANT: Mapping[Kind, frozenset[str]] = {
    "messages": frozenset({
        "to", "fields", "attributes", "default_country", "send_key", "allow_history",
    }),
    "templates": frozenset({"to", "fields", "mode", "null_clears", "delete"}),
    "campaigns": frozenset({"to", "fields", "mode", "null_clears", "delete"}),
    "conversations": frozenset({"to", "fields"}),
    "webhooks": frozenset({"to", "fields", "mode", "delete"}),
}  # fmt: skip
"""The settings of a stream that mean something, by kind; for contacts all do but for sends' own."""

_OF_SENDS = frozenset({"send_key", "allow_history"})


class Routing:
    """Knows where each stream goes."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Read the setting `streams`, which fits its schema.

        Raises:
            ConfigError: an entry is wrong; the error names it.
        """
        self._country = _country("default_country", settings.get("default_country"))
        self._planned = {
            stream: self._plan(stream, entry) for stream, entry in settings["streams"].items()
        }
        self._came: set[str] = set()

    def route(
        self,
        stream: str,
        *,
        key: Sequence[str] = (),
        properties: Sequence[str] = (),
        incremental: bool = False,
    ) -> Route | None:
        """What becomes of a stream; None where nothing leads from it into Sakari.

        Args:
            stream: its name, after stream maps.
            key: its key properties.
            properties: the names of its fields.
            incremental: whether the tap sends what changed only.
        """
        self._came.add(stream)
        planned = self._planned.get(stream)
        if planned is None and stream in NAMED:
            planned = self._plan(stream, {})
        if planned is None:
            return None
        return replace(
            planned, key=tuple(key), properties=tuple(properties), incremental=incremental
        )

    def unused(self) -> list[str]:
        """The entries whose stream did not come."""
        return [stream for stream in self._planned if stream not in self._came]

    def _plan(self, stream: str, entry: Mapping[str, Any]) -> Route:
        name = f"streams.{stream}"
        kind = entry.get("to", NAMED.get(stream))
        if kind not in KINDS:
            raise ConfigError(f"{name}.to", f"is missing. It must be one of {', '.join(KINDS)}.")
        given = {one: value for one, value in entry.items() if value is not None}
        if "attributes" in given:
            given["attributes"] = _attributes(f"{name}.attributes", given["attributes"])
        if "match_by" in given:
            given["match_by"] = _match_by(f"{name}.match_by", given["match_by"])
        if "max_delete_percent" in given:
            percent = number(f"{name}.max_delete_percent", given["max_delete_percent"], 100)
            given["max_delete_percent"] = percent
        country = _country(f"{name}.default_country", given.get("default_country"))
        route = Route(
            **{**given, "stream": stream, "to": kind, "default_country": country or self._country}
        )
        if kind != "contacts" and route.mode == "mirror":
            raise ConfigError(f"{name}.mode", "mirror is for contacts only.")
        for setting, problem in slips(route):
            raise ConfigError(f"{name}.{setting}", f"{problem}.")
        for setting in given:
            meant = setting not in _OF_SENDS if kind == "contacts" else setting in _MEANT[kind]
            if not meant:
                raise ConfigError(f"{name}.{setting}", f"means nothing for {kind}. Leave it out.")
        return route


def _attributes(name: str, value: Any) -> Any:
    if isinstance(value, str) and value != "all":
        raise ConfigError(name, 'must be a list of field names, or "all".')
    return value if value == "all" else tuple(value)


def _match_by(name: str, value: Sequence[str]) -> tuple[str, ...]:
    if not value or len(set(value)) < len(value):
        raise ConfigError(name, "must name one or more of mobile, id, email, each once.")
    return tuple(value)


def _country(name: str, value: str | None) -> str | None:
    if value is None or not value.strip():
        return None
    country = phone.region(value)
    if country is None:
        raise ConfigError(name, "must be a country's two letters (ISO 3166), such as US or GB.")
    return country
