"""A record with some of its fields changed, and all others as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
