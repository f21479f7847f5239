"""Rows as a table for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def table(rows: Sequence[Sequence[str]], *, numbers: int) -> str:
    """The rows, one a line, in columns; the last ones hold numbers.

    Args:
        rows: the heading first; all of one length.
        numbers: how many of the columns, from the right, are set flush right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    texts = len(widths) - numbers
    return "\n".join(
        "  ".join(
            text.ljust(width) if place < texts else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
