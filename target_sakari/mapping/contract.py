"""What records must be like: the JSON Schemas in `schemas/target`, by `jsonschema`."""

from __future__ import annotations

import functools
import math
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema

from sakari_client.schemas import load_schema
from sakari_client.settings_check import TYPES
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from target_sakari.routes import Kind

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float, Decimal),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
_QUICK = {"title", "description", "type", "maxLength", "pattern", "items", "properties"}
"""The keywords that `quick` knows."""

_MOST_PROBLEMS = 3
"""That are told of one record."""


class Contract:
    """What the fields of a kind must be like. It checks those that are there, one by one."""

    def __init__(self, fields: Mapping[str, Mapping[str, Any]]) -> None:
        self._quick = {name: quick(schema) for name, schema in fields.items()}
        self._full = {
            name: jsonschema.Draft202012Validator(schema) for name, schema in fields.items()
        }

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse values that break the contract.

        Args:
            values: by Sakari's names, as they came.

        Raises:
            RejectedError: the detail names fields and rules; it holds no value.
        """
        doubtful = [name for name, value in values.items() if not self._quick[name](value)]
        problems = dict.fromkeys(
            problem for name in doubtful for problem in self._problems(name, values[name])
        )
        if problems:
            raise RejectedError(Reason.INVALID, "; ".join([*problems][:_MOST_PROBLEMS]))

    def _problems(self, name: str, value: Any) -> Iterator[str]:
        for error in self._full[name].iter_errors(value):
            path = ".".join([name, *map(str, error.absolute_path)])
            yield f"{path}: {_rule(error)}"


@functools.cache
def contract_of(kind: Kind) -> Contract:
    """The contract of a kind."""
    return Contract(load_schema(f"target/{kind}")["properties"])


def quick(schema: Mapping[str, Any]) -> Callable[[Any], bool]:
    """A check that is many times as fast as jsonschema's.

    It says yes only where jsonschema does. Where it says no, jsonschema is to be asked.
    """
    if schema.keys() - _QUICK:
        return lambda _: False
    declared = schema.get("type", list(_TYPES))
    names = [declared] if isinstance(declared, str) else declared
    types = {type_ for name in names for type_ in _TYPES[name]}
    longest = schema.get("maxLength", math.inf)
    pattern = re.compile(schema.get("pattern", ""))
    items = quick(schema.get("items", {})) if "items" in schema else None
    parts = {name: quick(part) for name, part in schema.get("properties", {}).items()}

    def fits(value: Any) -> bool:
        kind = type(value)
        if kind not in types:
            return False
        if kind is str:
            return len(value) <= longest and pattern.search(value) is not None
        if kind is list and items is not None:
            return all(map(items, value))
        if kind is dict:
            return all(part(value[name]) for name, part in parts.items() if name in value)
        return True

    return fits


def _rule(error: jsonschema.ValidationError) -> str:
    """The rule that is broken. A pattern has its meaning in the field's `title`."""
    wanted: Any = error.validator_value
    schema: Any = error.schema
    match error.validator:
        case "type":
            names = [wanted] if isinstance(wanted, str) else wanted
            return f"must be {' or '.join(TYPES[name] for name in names if name != 'null')}"
        case "maxLength":
            return f"is longer than {wanted} characters"
        case "pattern":
            return f"must be {schema['title']}"
        case rule:
            return f"breaks the rule {rule} of its contract"
