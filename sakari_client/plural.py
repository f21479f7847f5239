"""Numbers with what they count."""

from __future__ import annotations


def many(number: float, what: str) -> str:
    """A number of things: `1 record`, `2,000 records`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"
