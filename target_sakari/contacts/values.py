"""Values of contacts: as JSON has them, and compared the way they come back from Sakari."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sakari_client.http.bodies import as_json
from target_sakari.mapping.inputs import is_empty

if TYPE_CHECKING:
    from sakari_client.resources.base import Record

_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
"""A number as text; not 007, which is no number."""


def plain(record: Record) -> Record:
    """A record as it is after a way through JSON: no Decimal, no dates.

    Raises:
        InvalidInputError: JSON cannot hold it.
    """
    value: Record = json.loads(as_json(record, "POST /contacts").content)
    return value


def alike(one: Any, other: Any) -> bool:
    """Whether two values are the same, though an upload turns numbers, true and false into text.

    "5" is 5 and 5.0, and "true" is true; text is compared without the blanks around it.
    """
    if is_empty(one) or is_empty(other):
        return is_empty(one) and is_empty(other)
    if isinstance(one, dict) and isinstance(other, dict):
        return all(alike(one.get(name), other.get(name)) for name in one.keys() | other.keys())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    return _scalar(one) is not None and _scalar(one) == _scalar(other)


def _scalar(value: Any) -> Decimal | str | None:
    """A value to compare with one of another type; None for objects and lists."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return Decimal(str(value))
    if isinstance(value, str):
        text = value.strip()
        return Decimal(text) if _NUMBER.fullmatch(text) else text.casefold()
    return None
