"""The schemas obey the rules that let records pass through every target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from sakari_client.schemas import load_schema, schemas_dir
from tap_sakari.streams import STREAMS

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS: dict[str, tuple[str, ...]] = {vars(one)["name"]: one.primary_keys for one in STREAMS}
NAMES = list(KEYS)
EVENTS = ("events/event", "events/documented_event")
FORBIDDEN = {"$ref", "allOf", "anyOf", "oneOf", "enum", "additionalProperties", "nullable"}


def _parts(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    yield path, schema
    for name, field in schema.get("properties", {}).items():
        yield from _parts(field, f"{path}.{name}")
    if "items" in schema:
        yield from _parts(schema["items"], f"{path}[]")


def test_there_is_one_schema_for_each_stream() -> None:
    assert sorted(path.stem for path in schemas_dir().glob("*.json")) == sorted(NAMES)


def test_the_schemas_of_events_are_those_tested_here() -> None:
    paths = schemas_dir().glob("events/*")
    assert sorted(f"events/{path.stem}" for path in paths) == sorted(EVENTS)


@pytest.mark.parametrize("name", [*NAMES, *EVENTS])
def test_schema_passes_everywhere(name: str) -> None:
    schema = load_schema(name)
    assert schema["title"] == name
    jsonschema.Draft202012Validator.check_schema(schema)
    required = KEYS[name] if name in KEYS else schema["required"]
    kinds = {"string"} if name in KEYS else {"string", "object"}
    for key in required:
        assert schema["properties"][key]["type"] in kinds
    for path, part in _parts(schema, name):
        assert not FORBIDDEN & part.keys(), path
        if path in {name, *(f"{name}.{key}" for key in required)}:
            continue
        kind, null = part["type"]
        assert kind in {"string", "number", "boolean", "object", "array"}, path
        assert null == "null", path
        assert part.get("format") in {None, "date-time"}, path
    longest = max(len(column) for column in schema["properties"])
    assert longest <= 63, "PostgreSQL cuts longer column names"


@pytest.mark.parametrize("name", NAMES)
def test_schema_has_a_place_for_what_it_does_not_know(name: str) -> None:
    assert load_schema(name)["properties"]["extra"]["type"] == ["object", "null"]


def test_no_schema_has_a_place_for_a_secret() -> None:
    for name in (*NAMES, *EVENTS):
        for path, _ in _parts(load_schema(name), name):
            assert not any(word in path.lower() for word in ("credential", "secret", "token")), path


def test_schemas_are_read_afresh() -> None:
    load_schema("contacts").clear()
    assert load_schema("contacts")["properties"]
