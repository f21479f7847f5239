"""What a record lost of the row that it was made of."""

from __future__ import annotations

import contextlib
import json
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from tap_sakari.conform import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator


def losses(row: Any, record: Any) -> list[str]:
    """The names and values of a row that are not in the record: as they were, as text, converted.

    Both are as a JSON reader gives them. The order does not matter, and how often does: what is
    there twice in the row must be there twice in the record.
    """
    kept = Counter(_parts(record))
    lost = Counter(_parts(row)) - kept
    return [text for text in lost if not _is_converted(text, kept)]


def _parts(value: Any) -> Iterator[str]:
    """Every name, and every value that holds no others, as text; JSON kept as text is opened."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _parts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _parts(part)
    elif isinstance(value, str):
        yield value
        if value.startswith(("{", "[")):
            with contextlib.suppress(ValueError):
                yield from _parts(json.loads(value))
    elif value is not None:
        yield json.dumps(value)


def _is_converted(text: str, kept: Counter[str]) -> bool:
    """Whether a text is there as the number or the moment that it stands for."""
    moment = parse_date_time(text)
    if moment is not None and any(parse_date_time(other) == moment for other in kept):
        return True
    number = _as_number(text)
    return number is not None and any(_as_number(other) == number for other in kept)


def _as_number(text: str) -> Decimal | None:
    with contextlib.suppress(InvalidOperation):
        number = Decimal(text)
        return number if number.is_finite() else None
    return None
