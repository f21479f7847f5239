"""What all writes through the API share: who made a row and when, and how one goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from sakari_emulator.errors import not_found
from sakari_emulator.generate import API_USER
from sakari_emulator.rows import Row

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches
    from sakari_emulator.table import Table

RowT = TypeVar("RowT", bound=Row)


def stamp(account: Account, stream: str) -> Json:
    """The fields of `Row` for a row of that resource which the API's user makes now."""
    at = account.next_moment(stream)
    return {
        "id": account.maker.new_id(stream, at),
        "created": at,
        "updated": at,
        "created_by": API_USER,
        "updated_by": API_USER,
    }


def touch(account: Account, row: Row) -> None:
    """Note that the API's user changed the row now."""
    row.updated_by = API_USER
    account.touch(row)


def remove(table: Table[RowT], row: RowT | None, what: str, switches: Switches) -> None:
    """Forget a row for good.

    Args:
        table: Where it is.
        row: None where there is no such row.
        what: Name of its kind, for the refusal.
        switches: Of these, `delete_missing`.

    Raises:
        ApiError: There is no such row, unless the switch says 200.
    """
    if row is not None:
        table.remove(row)
    elif switches.delete_missing == 404:  # noqa: PLR2004 - a value of the switch
        raise not_found(what)
