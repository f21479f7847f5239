"""What the server sent as a row, turned into a record of the stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from sakari_client.http import answers
from sakari_client.paging.page import Row, RowType
from sakari_client.resources.base import NO_ID
from tap_sakari.access import DICTIONARY, TYPED, Access, Get
from tap_sakari.conform import EXTRA, Drift, conformer
from tap_sakari.typed import record_type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Record = dict[str, Any]


@dataclass(frozen=True)
class Lift:
    """What goes to the top of records, so that targets can use it as columns.

    Attributes:
        fields: makes the functions that make each field out of a record.
        dated: whether records have `created` and `updated`, which are `{at, by}`, or only the
            date. They become `created_at` and `updated_at` in one form, the second never empty
            where the first is not.
        changes: makes the function that says when a record changed without a word in `updated`,
            if it did; `updated_at` tells that too. None where no record does.
    """

    fields: Callable[[Access], dict[str, Get]]
    dated: bool
    changes: Callable[[Access], Get] | None = None

    @property
    def names(self) -> list[str]:
        """Names of the fields."""
        dates = ["created_at", "updated_at"] if self.dated else []
        return [*dates, *self.fields(DICTIONARY)]


class ReadRow(Row, gc=False):
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
        scalars: Mapping[str, str],
        in_place: bool = False,
        typed: bool = True,
    ) -> None:
        """Compile a schema.

        Args:
            schema: JSON Schema of the records; the catalog's, which may be an older one.
            identify: the id of a row, where it is not plainly there.
            lift: what is made of other fields.
            scalars: see `conformer`.
            in_place: see `conformer`.
            typed: whether records may be objects; if not, all are dictionaries.
        """
        made = {EXTRA, *lift.names}
        self._has_id = "id" in schema["properties"]
        kind = record_type(schema, made) if typed and self._has_id else None
        self.row_type = RowType(kind, self.from_typed) if kind else None
        self._decode: Callable[[bytes], Any] | None = (
            msgspec.json.Decoder(kind).decode if kind else None
        )
        self._conform = conformer(schema, scalars, lift.names, in_place=in_place)
        self._dropped = tuple(made - set(schema["properties"]))
        self._identify = identify
        self._lifted = [name for name in lift.names if name in schema["properties"]]
        self._lift_typed, self._lift = _lifter(lift, TYPED), _lifter(lift, DICTIONARY)

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
                return self.from_typed(record)
        return self.from_dictionary(answers.decode(text))

    def from_typed(self, record: Any) -> ReadRow:
        """Complete an object of the type that is made of the schema."""
        made, created, changed = self._lift_typed(record)
        for name in self._lifted:
            setattr(record, name, made[name])
        return ReadRow(record, record.id, created, changed)

    def from_dictionary(self, row: Record) -> ReadRow:
        """Make a row fit the schema, whatever it is; changes the row."""
        row_id = self._identify(row)
        made, created, changed = self._lift(row)
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


Lifted = tuple[Record, str | None, str | None]
"""The fields of a record that are made, when it was created, and when it last changed."""


def _lifter(lift: Lift, access: Access) -> Callable[[Any], Lifted]:
    """Compile what is made of the records of a kind."""
    others = list(lift.fields(access).items())
    changes = lift.changes(access) if lift.changes else None
    created_of = access.text("created.at", "created")
    updated_of = access.text("updated.at", "updated")
    moment = access.moment

    def make_others(record: Any) -> Lifted:
        return {name: make(record) for name, make in others}, None, None

    def make(record: Any) -> Lifted:
        created, updated = moment(created_of(record)), moment(updated_of(record))
        if changes:
            updated = max(updated or "", changes(record) or "") or None
        made = {"created_at": created, "updated_at": updated or created}
        for name, make_one in others:
            made[name] = make_one(record)
        return made, created, updated

    return make if lift.dated else make_others
