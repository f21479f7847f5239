"""Tags, in all the ways that people write them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from target_sakari.mapping.values import faithful

if TYPE_CHECKING:
    from sakari_client.resources.base import Record

_BETWEEN = re.compile(r"[,;|\r\n]")


def split(text: str) -> list[str]:
    """Names in a text, with commas, semicolons, pipes or line breaks between them."""
    return [name for part in _BETWEEN.split(text) if (name := part.strip())]


def unpacked(value: Any) -> Any:
    """Tags as they came; a list that was written as JSON text, as flattening does, is a list."""
    if isinstance(value, str) and value.startswith("["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def read_tags(value: str | list[Any]) -> tuple[Record, ...]:
    """Tags as `{tag}` or `{tag, visible}`, each once, in the order in which they first come.

    Args:
        value: text, or a list of texts and `{tag, visible}`; as the contract has it. Only
            what a tag says of that is told.

    Raises:
        RejectedError: JSON cannot hold one of them.
    """
    tags: dict[str, Record] = {}
    for one in split(value) if isinstance(value, str) else value:
        tag = one if isinstance(one, dict) else {"tag": one}
        name = faithful("tags", tag.get("tag") or "").strip()
        if name:
            visible = tag.get("visible")
            said = {} if visible is None else {"visible": visible}
            tags.setdefault(name, {"tag": name, **said})
    return tuple(tags.values())
