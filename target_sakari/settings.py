"""The target's own settings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from sakari_client.errors import ConfigError
from sakari_client.settings_check import NOT_BLANK
from target_sakari.routes import KINDS, MatchKey, Mode
from target_sakari.run import WriteMethod
from target_sakari.send_settings import SEND_SETTINGS
from target_sakari.settings_values import number, path, same_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ROWS = 1_000
"""That are written together, unless the settings say otherwise."""
MOST_ROWS = 100_000
"""That are held in memory."""

_LONGEST_WAIT = 86_400

_NAMES: dict[str, Any] = {"type": "array", "items": {"type": "string", "pattern": NOT_BLANK}}

STREAM: dict[str, Any] = {
    "type": "object",
    "properties": {
        "to": {"type": "string", "enum": list(KINDS)},
        "mode": {"type": "string", "enum": list(get_args(Mode))},
        "fields": {
            "type": "object",
            "additionalProperties": {"type": "string", "pattern": NOT_BLANK},
        },
        "attributes": {"type": ["array", "string"], "items": _NAMES["items"]},
        "match_by": {
            "type": "array",
            "items": {"type": "string", "enum": list(get_args(MatchKey))},
        },
        "tags": {"type": "string", "enum": ["add", "replace"]},
        "null_clears": {"type": "boolean"},
        "delete": {"type": "boolean"},
        "default_country": {"type": ["string", "null"]},
        "max_delete_percent": {"type": ["number", "string"]},
        "send_key": {"type": ["string", "null"], "pattern": NOT_BLANK},
        "allow_history": {"type": "boolean"},
    },
    "additionalProperties": False,
}
"""An entry of the setting `streams`."""

TARGET_SETTINGS: dict[str, dict[str, Any]] = {
    "streams": {
        "type": "object",
        "title": "Streams",
        "default": {},
        "additionalProperties": STREAM,
        "description": "What becomes of each stream, by its name: `to` (one of "
        f"{', '.join(KINDS)}), `mode` ({', '.join(get_args(Mode))}), `fields`, `attributes` (a "
        "list, or all), `match_by`, `tags` (add, replace), `null_clears`, `delete`, "
        "`default_country`, `max_delete_percent`, and for messages `send_key`, `allow_history`. A "
        "stream that is named like what it goes `to`, or sends, "
        'needs no entry. Example: {"crm": {"to": "contacts", "fields": {"mobile": "phone"}}}.',
    },
    "default_country": {
        "type": ["string", "null"],
        "title": "Default country",
        "description": "Country of phone numbers without a country code; two letters, such as US. "
        "Default: such numbers are rejected.",
    },
    "on_unknown_stream": {
        "type": "string",
        "title": "Unknown streams",
        "default": "fail",
        "enum": ["fail", "skip"],
        "description": "What to do about a stream that neither its name nor `streams` leads into "
        "Sakari: `fail` the run before its first record, or `skip` and count its records.",
    },
    "write_method": {
        "type": "string",
        "title": "Write method",
        "default": "auto",
        "enum": list(get_args(WriteMethod)),
        "description": "How contacts are written: `bulk` uploads CSV, `single` sends a request "
        "for each, `auto` chooses by how many there are.",
    },
    "dry_run": {
        "type": "boolean",
        "title": "Dry run",
        "default": False,
        "description": "Decide everything and write nothing: neither to Sakari nor a state.",
    },
    "outcomes_path": {
        "type": ["string", "null"],
        "title": "Outcomes file",
        "description": "File for what became of each record, one JSON object a line. A file of "
        "an earlier run is renamed to its name and the time it was written. Default: none.",
    },
    "rejects_path": {
        "type": ["string", "null"],
        "title": "Rejects file",
        "description": "File for the records that were rejected, or that nobody knows what became "
        "of, as a Singer stream: mend it and pipe it back in. Earlier files are kept as above. "
        "Default: none.",
    },
    "max_rejected": {
        "type": ["integer", "null"],
        "title": "Most rejected",
        "minimum": 0,
        "description": "The run stops, with exit code 3, once more records than this were "
        "rejected or ended unknown. Default: any number.",
    },
    "max_rejected_percent": {
        "type": ["number", "string", "null"],
        "title": "Most rejected, in percent",
        "default": 50,
        "minimum": 0,
        "maximum": 100,
        "description": "The same as a percentage, from the hundredth record on. 100 never stops.",
    },
    "batch_size_rows": {
        "type": ["integer", "null"],
        "title": "Batch size",
        "minimum": 1,
        "maximum": MOST_ROWS,
        "description": "Records that are written together, and held in memory. Default: "
        f"{ROWS:,}; where a run that sends texts has a limit (`max_messages`, `max_segments`, "
        f"`max_cost`), all of its input, up to {MOST_ROWS:,}, so that it is checked as a whole.",
    },
    "batch_wait": {
        "type": ["number", "string"],
        "title": "Longest wait for a batch",
        "default": 30,
        "minimum": 0,
        "maximum": _LONGEST_WAIT,
        "description": "Seconds until records are written though their batch is not full, also "
        "while no more come in; and until a state goes out. Not where all of the input is waited "
        "for: see `batch_size_rows`.",
    },
    **SEND_SETTINGS,
}


@dataclass(frozen=True)
class LoadSettings:
    """The target's own settings but `streams` and those of sends; see `TARGET_SETTINGS`.

    Raises:
        ConfigError: one of them is wrong; the error names it.
    """

    on_unknown_stream: Literal["fail", "skip"]
    write_method: WriteMethod
    dry_run: bool
    outcomes_path: Path | None
    rejects_path: Path | None
    max_rejected: int | None
    max_rejected_percent: float | None
    batch_size_rows: int | None
    batch_wait: float

    def __post_init__(self) -> None:
        if same_file(self.outcomes_path, self.rejects_path):
            raise ConfigError("rejects_path", "is the same file as outcomes_path. Name another.")

    @classmethod
    def from_settings(cls, settings: Mapping[str, Any]) -> LoadSettings:
        """Take them out of the target's settings, which fit their schema and are all there.

        Raises:
            ConfigError: one of them is wrong; the error names it.
        """
        return cls(
            on_unknown_stream=settings["on_unknown_stream"],
            write_method=settings["write_method"],
            dry_run=settings["dry_run"],
            outcomes_path=path(settings.get("outcomes_path")),
            rejects_path=path(settings.get("rejects_path")),
            max_rejected=settings.get("max_rejected"),
            max_rejected_percent=None
            if settings["max_rejected_percent"] is None
            else number("max_rejected_percent", settings["max_rejected_percent"], 100),
            batch_size_rows=settings.get("batch_size_rows"),
            batch_wait=number("batch_wait", settings["batch_wait"], _LONGEST_WAIT),
        )
