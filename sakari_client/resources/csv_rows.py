"""Contacts as rows of CSV, the way Sakari's upload takes them.

The header names the columns country, firstName, lastName, email, mobile and tags; each further
column is an attribute (OpenAPI document, `POST /contacts`). Tags stand in one cell with a pipe
between them (help article 360038871612).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Iterable

Cells = dict[str, str]
"""A row: what stands in which column."""

COLUMNS = ("country", "firstName", "lastName", "email", "mobile", "tags")
"""Those that are not attributes."""

_TEXTS = ("firstName", "lastName", "email")
_KNOWN = {*_TEXTS, "mobile", "tags", "attributes"}
_READ_ONLY = {"id", "keyId", "valid", "error", "created", "updated"}


def cells_of(contact: Mapping[str, Any]) -> Cells:
    """The row of a contact; empty cells are left out.

    Raises:
        InvalidInputError: a row cannot hold all of it, or there is no number to know it by.
    """
    if not isinstance(contact, Mapping):
        raise InvalidInputError("contact", "must be an object.")
    unknown = sorted(str(name) for name in contact.keys() - _KNOWN - _READ_ONLY)
    if unknown:
        raise InvalidInputError(unknown[0], "has no column in an upload; use upsert.")
    number = phone.number_of(contact)
    if number is None:
        raise InvalidInputError("mobile.number", "is what a contact is known by; give it.")
    values: dict[str, Any] = {name: contact.get(name) for name in _TEXTS}
    values |= {"mobile": number, "country": contact["mobile"].get("country")}
    values |= {"tags": _tags(contact.get("tags")), **_attributes(contact.get("attributes"))}
    cells = {name: _text(name, value) for name, value in values.items()}
    return {name: text for name, text in cells.items() if text}


def write(rows: Iterable[Cells]) -> str:
    """Rows below a header of the columns that are in use, as RFC 4180 has it.

    A row without a column that another has gets an empty cell, and it is not documented whether
    Sakari takes that as "clear": give rows of the same columns where that matters.

    Formulas (`=1+1`) are left as they are: it is Sakari that reads this, and no spreadsheet.
    """
    rows = list(rows)
    used = {name: None for cells in rows for name in cells}
    header = [name for name in COLUMNS if name in used]
    header += [name for name in used if name not in COLUMNS]
    file = io.StringIO()
    writer = csv.DictWriter(file, header, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def size(cells: Iterable[str]) -> int:
    """Bytes of a line of cells, at most: as UTF-8, all in quotes."""
    return sum(len(cell.encode()) + cell.count('"') + len('"",') for cell in cells) + len("\r\n")


def _tags(tags: Any) -> str:
    """Tags in one cell: `vip|new`."""
    if tags is None:
        return ""
    if not isinstance(tags, list):
        raise InvalidInputError("tags", "must be a list.")
    given = [tag.get("tag") if isinstance(tag, Mapping) else tag for tag in tags]
    names = [name for name in given if isinstance(name, str) and name]
    if len(names) < len(given):
        raise InvalidInputError("tags", "must hold texts, or objects {tag, visible}.")
    shown = [tag.get("visible") for tag in tags if isinstance(tag, Mapping)]
    if any(one is not None and one is not True for one in shown):
        raise InvalidInputError(
            "tags", "hold one that is not visible, which it would be; use upsert."
        )
    if any("|" in name for name in names):
        raise InvalidInputError("tags", "hold one with a pipe, which would be two; use upsert.")
    return "|".join(names)


def _attributes(attributes: Any) -> dict[str, Any]:
    if attributes is None:
        return {}
    if not isinstance(attributes, Mapping):
        raise InvalidInputError("attributes", "must be an object.")
    for name in attributes:
        if not isinstance(name, str) or not name or name in COLUMNS:
            raise InvalidInputError(
                "attributes", "hold one that is named like another column; use upsert."
            )
        _text("attributes", name)
    return dict(attributes)


def _text(name: str, value: Any) -> str:
    """What stands in a cell.

    Raises:
        InvalidInputError: no cell can hold the value.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, dt.date | dt.time):
        text = value.isoformat()
    elif isinstance(value, str | int | float | Decimal):
        text = _plain(name, value)
    else:
        raise InvalidInputError(
            _shown(name), "holds what no cell can, such as a list or an object; use upsert."
        )
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInputError(_shown(name), "holds a character that cannot be sent.")
    return text


def _plain(name: str, value: str | float | Decimal) -> str:
    try:
        return str(value)
    except ValueError:  # an integer of more digits than Python writes
        raise InvalidInputError(_shown(name), "cannot be written as text.") from None


def _shown(name: str) -> str:
    """A column as errors name it; the names of attributes may be data."""
    return name if name in COLUMNS else "attributes"
