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
"""Makes the fields that are lifted to the top of a record."""


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
        changed_at: Callable[[Any, Access], str | None],
        lifted: Collection[str],
        scalars: Mapping[str, str],
        note: Callable[[Drift], None],
        in_place: bool = False,
        typed: bool = True,
    ) -> None:
        """Compile a schema.

        Args:
            schema: JSON Schema of the records; the catalog's, which may be an older one.
            identify: the id of a row, where it is not plainly there.
            lift: makes the lifted fields.
            changed_at: when a row last changed, if the server says so.
            lifted: the names of those fields.
            scalars: see `conformer`.
            note: is told of each record that differs from the schema.
            in_place: see `conformer`.
            typed: whether records may be objects; if not, all are dictionaries.
        """
        made = {EXTRA, *lifted}
        kind = record_type(schema, made) if typed else None
        self._decode: Callable[[bytes], Any] | None = (
            msgspec.json.Decoder(kind).decode if kind else None
        )
        self._conform = conformer(schema, scalars, lifted, in_place=in_place)
        self._dropped = tuple(made - set(schema["properties"]))
        self._has_id = "id" in schema["properties"]
        self._identify = identify
        self._lift = lift
        self._lifted = [name for name in lifted if name in schema["properties"]]
        self._changed_at = changed_at
        self._note = note

    def __call__(self, text: bytes) -> Row:
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
                made = self._lift(record, TYPED)
                for name in self._lifted:
                    setattr(record, name, made[name])
                return Row(
                    record, record.id, made.get("created_at"), self._changed_at(record, TYPED)
                )
        return self.from_dictionary(answers.decode(text))

    def from_dictionary(self, row: Record) -> Row:
        """Make a row fit the schema, whatever it is; changes the row."""
        row_id = self._identify(row)
        made = self._lift(row, DICTIONARY)
        changed = self._changed_at(row, DICTIONARY)
        sent_id = row.get("id")
        drift = self._conform(row)
        if row_id.startswith(NO_ID):
            row.setdefault(EXTRA, {})["id"] = sent_id
        if drift.misfits or drift.unknown:
            self._note(drift)
        row.update(made)
        if self._has_id:
            row["id"] = row_id
        for name in self._dropped:
            row.pop(name, None)
        return Row(row, row_id, made.get("created_at"), changed)
