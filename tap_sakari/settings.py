"""The tap's own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client.errors import ConfigError
from sakari_client.resources import RESOURCES
from sakari_client.resources.base import MAX_PAGE_SIZE
from tap_sakari.conform import utc_milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_DAYS = 100_000

_FILTERS: dict[str, Any] = {
    resource.name: {
        "type": "object",
        "properties": {name: {"type": "string"} for name in resource.filters},
        "additionalProperties": False,
    }
    for resource in RESOURCES
    if resource.filters
}

TAP_SETTINGS: dict[str, dict[str, Any]] = {
    "start_date": {
        "type": ["string", "null"],
        "format": "date-time",
        "title": "Start date",
        "description": "Leave out records last changed before this date or date-time, such as "
        "2024-01-01T00:00:00Z. Default: none.",
    },
    "end_date": {
        "type": ["string", "null"],
        "format": "date-time",
        "title": "End date",
        "description": "Leave out records last changed at or after this date or date-time; the "
        "bookmark does not pass it. Default: none.",
    },
    "lookback_days": {
        "type": ["number", "string"],
        "title": "Lookback",
        "default": 7,
        "minimum": 0,
        "description": "Days before the bookmark to which messages are read again: how long after "
        "it was made a message may still change. What changes later is found by a full scan.",
    },
    "full_scan_every": {
        "type": ["number", "string", "null"],
        "title": "Full scan every",
        "minimum": 0,
        "description": "Days after which the whole list of messages is read again, for what "
        "changed outside the lookback. 0 reads it in each run. Default: never.",
    },
    "page_size": {
        "type": "integer",
        "title": "Page size",
        "default": 100,
        "minimum": 1,
        "maximum": MAX_PAGE_SIZE,
        "description": "Records to ask for in one request, 1 to 100. (For 1, two are asked for, "
        "as pages overlap by a record.)",
    },
    "filters": {
        "type": "object",
        "title": "Filters",
        "default": {},
        "properties": _FILTERS,
        "additionalProperties": False,
        "description": "Narrow a stream with the API's own filters, which find parts of a value: "
        + "; ".join(f"{name} by {', '.join(one['properties'])}" for name, one in _FILTERS.items())
        + '. Example: {"contacts": {"tags": "vip"}}.',
    },
    "unknown_fields": {
        "type": "string",
        "title": "Unknown fields",
        "default": "extra",
        "enum": ["extra", "in_place"],
        "description": "Where fields go that the schema does not know: into the record's object "
        "`extra`, or `in_place`, where the SCHEMA message does not announce them.",
    },
    "incomplete_lists": {
        "type": "string",
        "title": "Incomplete lists",
        "default": "fail",
        "enum": ["fail", "warn"],
        "description": "What to do about a list whose rows change places faster than it can be "
        "read: `fail` the stream, or `warn` and go on with what came.",
    },
    "emit_activate_version_messages": {
        "type": "boolean",
        "title": "Emit ACTIVATE_VERSION",
        "default": False,
        "description": "After a full-table stream was read completely, have the target delete the "
        "rows that did not come. For contacts, set their replication method to FULL_TABLE.",
    },
}


def check_tap_settings(settings: Mapping[str, Any]) -> None:
    """Refuse what JSON Schema cannot say, or says too late.

    Raises:
        ConfigError: a setting is wrong; the error names it.
    """
    if settings.get("batch_config"):
        raise ConfigError("batch_config", "tap-sakari writes no batch files; take it out.")
    start, end = (_date(name, settings.get(name)) for name in ("start_date", "end_date"))
    if start is not None and end is not None and start >= end:
        raise ConfigError("end_date", "must be later than start_date.")
    for name in ("lookback_days", "full_scan_every"):
        _days(name, settings.get(name))


def _date(name: str, value: Any) -> str | None:
    if value is None:
        return None
    moment = utc_milliseconds(value)
    if moment is None:
        raise ConfigError(name, "is no date or date-time such as 2024-01-01T00:00:00Z.")
    return moment


def _days(name: str, value: Any) -> None:
    if value is None:
        return
    try:
        days = float(value)
    except ValueError:
        days = -1
    if not 0 <= days <= _MOST_DAYS:
        raise ConfigError(name, f"must be a number of days from 0 to {_MOST_DAYS:,}.")
