"""Hold settings against their JSON Schema; what is wrong is said in one line, without the value."""

from __future__ import annotations

import difflib
import os
from typing import TYPE_CHECKING, Any

import jsonschema
from jsonschema.exceptions import best_match

from sakari_client.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
}


NOT_BLANK = r"\S"
"""A pattern for text that says something."""

_SLIP = 2
"""Letters that may be missing or too many in a name that was meant."""


def check_settings(schema: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse settings that do not fit their schema.

    Args:
        schema: JSON Schema of all settings together.
        settings: their values by name.

    Raises:
        ConfigError: the error names the setting and the rule; never the value, which may be
            a secret.
    """
    _check_names(schema["properties"], settings)
    error = best_match(jsonschema.Draft202012Validator(schema).iter_errors(settings))
    if error is not None:
        raise ConfigError(_name(error), _rule(error))


def check_environment(
    schema: Mapping[str, Any], prefix: str, environment: Mapping[str, str] = os.environ
) -> None:
    """Refuse variables whose names are a setting's but for a slip, wherever settings come from.

    Args:
        schema: JSON Schema of all settings together.
        prefix: what the settings' variables begin with.
        environment: the variables.

    Raises:
        ConfigError: the error names the variable, and the one that may be meant.
    """
    known = schema["properties"]
    for variable in sorted(environment):
        name = variable.removeprefix(prefix).lower()
        # X_DRY_RUN is a setting of a plugin target-sakari-x, for which Meltano reads it; and
        # CLIENT_ID_2 is somebody's for another account.
        if (
            not variable.startswith(prefix)
            or name.endswith(tuple(f"_{one}" for one in known))
            or name.startswith(tuple(f"{one}_" for one in known))
        ):
            continue
        meant = _meant(name, known)
        if meant:
            raise ConfigError(variable, f"is no setting. Did you mean {prefix}{meant.upper()}?")


def _check_names(known: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    """Refuse names that are a setting's but for a slip; others may be meant for somebody else."""
    for name in sorted(settings):
        meant = _meant(name, known)
        if meant:
            raise ConfigError(name, f"is no setting. Did you mean {meant}?")


def _meant(name: str, known: Mapping[str, Any]) -> str | None:
    """The setting that a name is but for a slip."""
    # What begins with a sign may be a setting that is commented out.
    if name in known or not name[:1].isalpha():
        return None
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    return close[0] if close and abs(len(name) - len(close[0])) <= _SLIP else None


def _name(error: jsonschema.ValidationError) -> str:
    path = [str(part) for part in error.absolute_path]
    required: Any = error.validator_value
    present: Any = error.instance
    if error.validator == "required":
        path += [name for name in required if name not in present][:1]
    return ".".join(path) or "settings"


def _rule(error: jsonschema.ValidationError) -> str:  # noqa: PLR0911 - a row for each rule
    wanted: Any = error.validator_value
    schema: Any = error.schema
    instance: Any = error.instance
    match error.validator:
        case "required":
            return "is missing. Give --config FILE, or --config ENV for environment variables."
        case "type":
            names = [name for name in _kinds(error.schema) if name != "null"]
            return f"must be {' or '.join(TYPES[name] for name in names)}."
        case "anyOf" | "oneOf":
            names = [name for one in wanted for name in _kinds(one) if name != "null"]
            return f"must be {' or '.join(TYPES[name] for name in dict.fromkeys(names))}."
        case "minimum":
            return f"must be {wanted} or more."
        case "exclusiveMinimum":
            return f"must be more than {wanted}."
        case "maximum":
            return f"must be {wanted} or less."
        case "enum":
            return f"must be one of {', '.join(wanted)}."
        case "pattern":
            return (
                "must not be empty."
                if wanted == NOT_BLANK
                else "must be plain ASCII text, and not empty."
            )
        case "additionalProperties":
            known = ", ".join(schema["properties"])
            unknown = sorted(set(instance) - set(schema["properties"]))
            return f"has no setting {', '.join(map(repr, unknown))}; there are {known}."
        case _:
            return f"breaks the rule {error.validator!r}; see docs/settings.md."


def _kinds(schema: Any) -> list[str]:
    """The types that a schema names."""
    declared = schema.get("type", [])
    return [declared] if isinstance(declared, str) else list(declared)
