"""What the server sent as a row, turned into a record of the stream."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any

import msgspec

from sakari_client import answers
from sakari_client.page import Row
from sakari_client.resources import NO_ID
from tap_sakari.access import DICTIONARY, TYPED, Access
from tap_sakari.conform import EXTRA, Drift, conformer
from tap_sakari.typed import record_type

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]

Lift = Callable[[Any, Access], Record]
"""Makes the fields that are lifted to the top of a record, but for its dates."""


class ReadRow(Row):
    """A record that fits the schema.

    Attributes:
        drift: how the row differed from the schema; None if it did not differ at all.
    """

    drift: Drift | None = None


class RecordReader:
    """Reads rows. Called from several threads.

    A row that fits the schema becomes an object of a type made of it, which costs the least; any
    other becomes a dictionary that was made to fit. `access` looks into both.
    """

    def __init__(  # noqa: PLR0913
        self,
        schema: Mapping[str, Any],
        *,
        identify: Callable[[Record], str],
        lift: Lift,
        changed_at: Callable[[Any, str | None, Access], str | None],
        lifted: Collection[str],
        scalars: Mapping[str, str],
        in_place: bool = False,
        typed: bool = True,
    ) -> None:
        """Compile a schema.

        Args:
            schema: JSON Schema of the records; the catalog's, which may be an older one.
            identify: the id of a row, where it is not plainly there.
            lift: makes the lifted fields but for the dates.
            changed_at: when a row last changed, by its `updated` and otherwise.
            lifted: the names of the lifted fields; the dates among them if there are any.
            scalars: see `conformer`.
            in_place: see `conformer`.
            typed: whether records may be objects; if not, all are dictionaries.
        """
        made = {EXTRA, *lifted}
        self._has_id = "id" in schema["properties"]
        kind = record_type(schema, made) if typed and self._has_id else None
        self._decode: Callable[[bytes], Any] | None = (
            msgspec.json.Decoder(kind).decode if kind else None
        )
        self._conform = conformer(schema, scalars, lifted, in_place=in_place)
        self._dropped = tuple(made - set(schema["properties"]))
        self._identify = identify
        self._lift = lift
        self._lifted = [name for name in lifted if name in schema["properties"]]
        self._changed_at = changed_at
        self._dated = "created_at" in lifted

    def __call__(self, text: bytes) -> ReadRow:
        """Read the JSON text of a row.

        Raises:
            ValueError: it is no JSON, however leniently one reads.
        """
        if self._decode:
            try:
                record = self._decode(text)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                pass
            else:
                made, created, changed = self._make(record, TYPED)
                for name in self._lifted:
                    setattr(record, name, made[name])
                return ReadRow(record, record.id, created, changed)
        return self.from_dictionary(answers.decode(text))

    def from_dictionary(self, row: Record) -> ReadRow:
        """Make a row fit the schema, whatever it is; changes the row."""
        row_id = self._identify(row)
        made, created, changed = self._make(row, DICTIONARY)
        sent_id = row.get("id")
        drift = self._conform(row)
        if str(sent_id) != row_id and (sent_id is not None or row_id.startswith(NO_ID)):
            row.setdefault(EXTRA, {})["id"] = sent_id
            if sent_id is not None:
                drift.misfits["id"] = str(sent_id)
        row.update(made)
        if self._has_id:
            row["id"] = row_id
        for name in self._dropped:
            row.pop(name, None)
        return ReadRow(row, row_id, created, changed, drift)

    def _make(self, record: Any, access: Access) -> tuple[Record, str | None, str | None]:
        """The lifted fields, when the record was created, and when it last changed."""
        made = self._lift(record, access)
        if not self._dated:
            return made, None, None
        created = access.at(access.get(record, "created"))
        updated = access.at(access.get(record, "updated"))
        made["created_at"] = created
        made["updated_at"] = updated or created
        return made, created, self._changed_at(record, updated, access)
