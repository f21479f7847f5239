"""A stream's schema as a type, so that a record that fits it is checked while it is decoded.

Most records fit as they come. Decoding one into a type made of the schema costs less than decoding
it into dictionaries, and says at once whether it fits; what does not is left to `conform.py`.
"""

from __future__ import annotations

import keyword
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_DATE_TIME = (
    r"^[12][0-9]{3}-"
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z\Z"
)
"""Date-times in UTC that are right beyond doubt. Others, 29 February among them, are for
`conform.py` to look at."""

_NUMBER = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)] | float
"""A larger integer is for `conform.py` to look at: it may be too large for any target."""

_NEVER = Annotated[int, msgspec.Meta(ge=1, le=0)]
"""The type of a field that we make: no value of the server's is one."""


_FREE_LEVELS = 5


def _free(levels: int) -> Any:
    """The type of any value that holds objects and arrays of so many levels."""
    plain: Any = str | int | float | bool | None
    if not levels:
        return plain
    inner = _free(levels - 1)
    return plain | list[inner] | dict[str, inner]  # type: ignore[valid-type]


_FREE = _free(_FREE_LEVELS)
_FREE_OBJECT = dict[str, _FREE]  # type: ignore[valid-type]
"""What is nested deeper is for `answers.decode` to look at: it may be too deep for any target."""


class Unfit(Exception):  # noqa: N818 - as msgspec.ValidationError, not for users
    """A schema that cannot be turned into a type."""


def record_type(schema: Mapping[str, Any], made: Collection[str]) -> type[msgspec.Struct] | None:
    """Turn a stream's schema into a type.

    A record that decodes into it fits the schema, holds no other fields, and is the same when
    encoded again. Fields that are not there are `msgspec.UNSET`.

    Args:
        schema: the stream's JSON Schema; plain `type` lists, no references.
        made: fields that we make ourselves, and set on what was decoded.

    Returns:
        The type; None where the schema is not one of ours.
    """
    try:
        return _struct("record", schema, made)
    except Unfit:
        return None


def _struct(
    name: str, schema: Mapping[str, Any], made: Collection[str] = ()
) -> type[msgspec.Struct]:
    fields: list[Any] = []
    for field, property_schema in schema["properties"].items():
        if not field.isidentifier() or keyword.iskeyword(field) or field.startswith("_"):
            raise Unfit(field)
        if field == "id" and name == "record":
            # Empty or missing, an id is made up.
            fields.insert(0, (field, Annotated[str, msgspec.Meta(min_length=1)]))
            continue
        kind = _NEVER if field in made else _kind(field, property_schema)
        fields.append((field, kind | msgspec.UnsetType, msgspec.UNSET))
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, gc=False)


def _kind(name: str, schema: Mapping[str, Any]) -> Any:
    declared = schema.get("type", ())
    kinds = [declared] if isinstance(declared, str) else list(declared)
    plain = [kind for kind in kinds if kind != "null"]
    if len(plain) != 1:
        raise Unfit(name)
    kind = _plain(name, plain[0], schema)
    return kind | None if "null" in kinds else kind


def _plain(name: str, kind: str, schema: Mapping[str, Any]) -> Any:
    if kind == "object":
        return _struct(name, schema) if schema.get("properties") else _FREE_OBJECT
    if kind == "array":
        element = _kind(name, schema["items"]) if "items" in schema else _FREE
        return list[element]  # type: ignore[valid-type]
    if kind == "string" and schema.get("format") == "date-time":
        return Annotated[str, msgspec.Meta(pattern=_DATE_TIME)]
    simple = {"string": str, "number": _NUMBER, "boolean": bool}
    if kind not in simple:
        raise Unfit(name)
    return simple[kind]
