"""Contacts out of a CSV file: the header tells what the columns are."""

from __future__ import annotations

import csv
import difflib
import io
from collections import deque
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, TextIO

from sakari_client.cli.ended import Code, Ended
from sakari_client.resources.csv_rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from sakari_client.resources.base import Record

_TEXTS = ("firstName", "lastName", "email")

_AS_LISTED = {"mobile.number": "mobile", "mobile.country": "country"}
"""Columns as the CSV of `contacts list` names them."""

_ATTRIBUTE = "attributes."
"""What that CSV puts before the name of an attribute."""

_LONGEST = 1_000_000
"""Characters of a line."""

_READ_ONLY = frozenset({"id", "created.at", "updated.at"})
"""Columns of that CSV that are Sakari's."""


@dataclass
class ContactFile:
    """A file of contacts, read row by row.

    Attributes:
        file: its bytes: UTF-8, with or without a byte order mark.
        lines: where the contacts stand that were read; whoever uses one takes its line out.
        misfits: lines of rows that do not fit the header, and were left out.
        read: the last line that was read.
        at_end: whether that is the last line of the file.
    """

    file: IO[bytes]
    lines: deque[int] = field(default_factory=deque)
    misfits: deque[int] = field(default_factory=deque)
    read: int = 0
    at_end: bool = False

    def contacts(self) -> Generator[Record]:
        """The contacts, each as the API has it.

        Raises:
            Ended: this is no such file.
        """
        text = io.TextIOWrapper(self.file, "utf-8-sig", newline="")
        reader = csv.reader(_lines(text), strict=True)
        try:
            names = [name.strip() for name in next(reader, [])]
            _check(names)
            header = [_column(name) for name in names]
            self.read = reader.line_num
            for row in reader:
                self.read = reader.line_num
                if len(row) > len(header):
                    self.misfits.append(reader.line_num)
                elif row:
                    self.lines.append(reader.line_num)
                    yield _contact(dict(zip(header, row, strict=False)))
            self.at_end = True
        except UnicodeDecodeError:
            raise Ended(
                Code.WRONG_USE, f"not UTF-8, in or after line {reader.line_num + 1}."
            ) from None
        except csv.Error as error:
            raise Ended(Code.WRONG_USE, f"line {reader.line_num}: {error}.") from None
        finally:
            text.detach()  # the file is closed by whoever opened it


def _lines(text: TextIO) -> Iterator[str]:
    """The lines of a text, of which none is read whole that is too long to be meant.

    Raises:
        Ended: one is.
    """
    lines = iter(lambda: text.readline(_LONGEST), "")
    for number, line in enumerate(lines, 1):
        if len(line) == _LONGEST and not line.endswith(("\r", "\n")):
            raise Ended(Code.WRONG_USE, f"line {number} is longer than {_LONGEST:,} characters.")
        yield line


def _column(name: str) -> str:
    """A column's name as it is known here; that of an attribute with what tells it is one."""
    name = _AS_LISTED.get(name, name)
    own = name in COLUMNS or name in _READ_ONLY or name.startswith(_ATTRIBUTE)
    return name if own else f"{_ATTRIBUTE}{name}"


def _check(names: list[str]) -> None:
    """Refuse a header that can hardly be meant."""
    for name in names:
        meant = _meant(name)
        if meant:
            raise Ended(
                Code.WRONG_USE,
                f"the first line names a column `{name}`, which would be an attribute; it must be "
                f"`{meant}`, or `{_ATTRIBUTE}{name}` if an attribute is meant.",
            )
        if name.removeprefix(_ATTRIBUTE) in COLUMNS and name not in COLUMNS:
            raise Ended(
                Code.WRONG_USE,
                f"the first line names a column `{name}`; an upload has no place for an attribute "
                "of that name, so leave the column out.",
            )
    columns = [_column(name) for name in names]
    if "mobile" not in columns:
        raise Ended(
            Code.WRONG_USE,
            "the first line names no column `mobile`; it must name the columns, with commas "
            f"between them: {', '.join(COLUMNS)} and attributes.",
        )
    if _ATTRIBUTE in columns or len(set(columns)) < len(columns):
        raise Ended(Code.WRONG_USE, "the first line names a column twice, or leaves a name out.")


def _contact(cells: dict[str, str]) -> Record:
    """A contact of those cells that are not empty."""
    filled = {name: text for name, text in cells.items() if text.strip() and name not in _READ_ONLY}
    mobile = {"number": filled.get("mobile"), "country": filled.get("country")}
    tags = [tag.strip() for tag in filled.get("tags", "").split("|")]
    return {
        "mobile": mobile,
        **{name: filled[name] for name in _TEXTS if name in filled},
        "tags": [{"tag": tag} for tag in tags if tag],
        "attributes": {
            name.removeprefix(_ATTRIBUTE): text
            for name, text in filled.items()
            if name.startswith(_ATTRIBUTE)
        },
    }


def _meant(name: str) -> str | None:
    """The column that is meant by what is nearly its name; None for any other name."""
    if name in COLUMNS or name in _AS_LISTED or name in _READ_ONLY or name.startswith(_ATTRIBUTE):
        return None
    found = difflib.get_close_matches(_letters(name), _BY_LETTERS, n=1, cutoff=_NEARLY)
    return _BY_LETTERS[found[0]] if found else None


def _letters(name: str) -> str:
    """A column's name whatever its case, spaces and punctuation."""
    return "".join(filter(str.isalnum, name)).casefold()


_NEARLY = 0.8
"""How alike two names are of which one is taken for a slip of the other."""

_BY_LETTERS = {
    **{_letters(name): name for name in COLUMNS},
    **dict.fromkeys(("phone", "phonenumber", "mobilephone", "mobilenumber"), "mobile"),
}
