"""Contacts as a CSV file, with a header row: POST /contacts with Content-Type text/csv.

The columns are those of v1.0.1's sample: country, firstName, lastName, email, mobile; `tags` may
hold several, separated by a pipe (help article 360038871612); any other column is an attribute. An
empty cell counts as not sent.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sakari_emulator.contact_writes import Writes, read_fields
from sakari_emulator.errors import TOO_LARGE, ApiError, bad_request
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches

_PLAIN = ("firstName", "lastName", "email")
_OWN = {*_PLAIN, "country", "mobile", "tags"}


@dataclass
class Upload:
    """One upload, worked off.

    Attributes:
        account: Where the contacts end up.
        switches: Those of the request.
        strategy: mergeStrategy, which is that of a single contact.
        contacts: Those written, as they show.
        errors: Those refused, as sent, each with its `error`.
        inserted: How many are new.
    """

    account: Account
    switches: Switches
    strategy: str | None
    contacts: list[Json] = field(default_factory=list)
    errors: list[Json] = field(default_factory=list)
    inserted: int = 0

    def run(self, body: bytes) -> Json:
        """Write the contacts and give `data` of ContactUploadResponse.

        Raises:
            ApiError: The upload is refused as a whole, and nothing was written: 400 for what is no
                CSV file of contacts, 400, 413 and 415 where a switch says so.
        """
        if self.switches.csv == "reject":
            raise bad_request("cannot read a body of type text/csv", 415)
        sent = read(body)
        most = self.switches.csv_max_rows
        if most and len(sent) > most:
            raise ApiError(413, TOO_LARGE, f"an upload may have {most} rows")
        if self.switches.csv_bad_row == "fails_all":
            for contact in sent:
                read_fields(contact)
        writes = Writes(self.account, self.switches)
        for contact in sent:
            self._write(contact, writes)
        full = self.switches.csv_lists == "full"
        return {
            "contacts": self.contacts if full else [],
            "errors": self.errors if full else [],
            "submitted": len(sent),
            "inserted": self.inserted,
            "updated": len(self.contacts) - self.inserted,
            "success": len(self.contacts),
        }

    def _write(self, sent: Json, writes: Writes) -> None:
        before = len(self.account.contacts)
        try:
            contact = writes.create(sent, self.strategy)
        except ApiError as error:
            told = {"code": error.code, "description": error.message}
            self.errors.append({**sent, "error": told})
        else:
            self.contacts.append(show(contact, self.switches))
            self.inserted += len(self.account.contacts) - before


def read(body: bytes) -> list[Json]:
    """The rows of a CSV file, each as the contact that would be sent as JSON.

    Raises:
        ApiError: 400, it is not UTF-8 or not CSV, or has no column `mobile`.
    """
    try:
        # A spreadsheet puts a byte order mark first.
        text = io.StringIO(body.decode("utf-8-sig"), newline="")
        reader = csv.DictReader(text, strict=True)
        if "mobile" not in (reader.fieldnames or ()):
            raise bad_request("the header row has no column mobile")
        return [_contact(row) for row in reader]
    except UnicodeDecodeError:
        raise bad_request("the file is not UTF-8") from None
    except csv.Error as error:
        raise bad_request(f"the file is not CSV: {error}") from None


def _contact(row: dict[str | None, str | list[str] | None]) -> Json:
    if None in row:
        raise csv.Error("a row has more cells than the header")
    cells = {str(name): str(cell).strip() for name, cell in row.items() if cell}
    contact: Json = {"mobile": {"number": cells.get("mobile", "")}}
    if cells.get("country"):
        contact["mobile"]["country"] = cells["country"]
    contact.update({name: cells[name] for name in _PLAIN if cells.get(name)})
    names = [name.strip() for name in cells.get("tags", "").split("|")]
    if any(names):
        contact["tags"] = [{"tag": name, "visible": True} for name in names if name]
    attributes = {name: cell for name, cell in cells.items() if cell and name not in _OWN}
    if attributes:
        contact["attributes"] = attributes
    return contact
