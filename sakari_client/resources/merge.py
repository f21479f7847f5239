"""A record with some of its fields changed, and all others as they are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sakari_client.http.bodies import as_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


def merged(current: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """What a record is to become.

    Objects inside it (`attributes`, `mobile`) are merged likewise; lists (`tags`) are replaced, and
    None clears. Neither argument is changed.
    """
    result = dict(current)
    for name, value in changes.items():
        before = current.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            result[name] = merged(before, value)
        else:
            result[name] = value
    return result


def without(record: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """A copy of a record without some fields; `mobile.valid` is the `valid` of its `mobile`."""
    result = {}
    for name, value in record.items():
        if name in names:
            continue
        inner = [one.partition(".")[2] for one in names if one.startswith(f"{name}.")]
        result[name] = without(value, inner) if inner and isinstance(value, dict) else value
    return result


def alike(one: Mapping[str, Any], other: Mapping[str, Any], operation: str) -> bool:
    """Whether two records are the same as JSON, where true is not 1 as it is in Python.

    Raises:
        InvalidInputError: JSON cannot hold one of them.
    """
    return _sorted(one, operation) == _sorted(other, operation)


def _sorted(record: Mapping[str, Any], operation: str) -> str:
    """A record as JSON; read back before it is sorted, as then all names are text."""
    return json.dumps(json.loads(as_json(dict(record), operation).content), sort_keys=True)
