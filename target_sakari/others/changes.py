"""What a record would change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sakari_client.resources.merge import alike

if TYPE_CHECKING:
    from sakari_client.resources.base import Record


def changes(current: Mapping[str, Any], wanted: Mapping[str, Any]) -> Record:
    """The fields that are not yet as they are wanted; what is not mentioned is no change."""
    return {name: value for name, value in wanted.items() if _differs(current.get(name), value)}


def _differs(current: Any, wanted: Any) -> bool:
    if wanted is None:
        return current not in (None, "", [], {})
    if isinstance(current, Mapping) and isinstance(wanted, Mapping):
        return bool(changes(current, wanted))
    return not alike({"": _plain(current)}, {"": wanted}, "the record")


def _plain(value: Any) -> Any:
    """A list of tags as it is written: Sakari takes their names, and may show `{tag, visible}`."""
    if isinstance(value, list) and all(isinstance(one, Mapping) and "tag" in one for one in value):
        return [one["tag"] for one in value]
    return value
