"""What is to be said of a list that was read: whether rows may be missing, and how bad that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.paging.reading import Reading


@dataclass(frozen=True)
class Doubt:
    """Why a list may not have been read completely.

    Attributes:
        text: what to say.
        grave: whether rows are missing that will not come by themselves, or nothing tells; else
            a later run brings them, if any are missing at all.
    """

    text: str
    grave: bool = False


def doubt_about(  # noqa: PLR0913
    name: str,
    reading: Reading,
    *,
    count: int,
    total: int | None,
    fixed: bool,
    uncertain: bool,
) -> Doubt | None:
    """Judge a list; None where all of its rows came.

    Args:
        name: what was read.
        reading: the last one of the whole list.
        count: rows that came.
        total: the server's count, if it gives one.
        fixed: whether no row can have changed places.
        uncertain: whether a reading that noticed nothing is not enough.
    """
    short = total is not None and count < total
    if reading.cut_short:
        return Doubt(
            f"{name}: the server gives empty pages and does not say how many rows there are; "
            f"{count} came, and whether there are more cannot be known.",
            grave=True,
        )
    if fixed and not short:
        return None
    if reading.reordered and (total is None or short):
        came = (
            f"{count} came; whether there are more cannot be known."
            if total is None
            else f"only {count} of {total} came."
        )
        return Doubt(f"{name}: rows changed places while they were read, and {came}", grave=True)
    if short:
        return Doubt(
            f"{name}: the server counts {total} rows, and {count} came. Rows that were inserted or "
            "moved while the list was read may come only with a later run that reads all of it."
        )
    if reading.reordered or reading.moved or uncertain:
        return Doubt(
            f"{name}: rows came, went or changed places while they were read. Rows that moved may "
            "come only with a later run that reads all of the list."
        )
    return None
