"""The tap: its settings and its streams."""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream, Tap
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities

from sakari_client.client import SakariClient
from sakari_client.clock import Clock
from sakari_client.command import read_environment
from sakari_client.config import REQUIRED, SETTINGS, ClientConfig
from sakari_client.errors import ConfigError
from sakari_client.resources import MAX_PAGE_SIZE, RESOURCES
from sakari_client.settings_check import check_settings
from sakari_client.version import DISTRIBUTION
from tap_sakari.conform import parse_date_time
from tap_sakari.request_metrics import RequestMetrics
from tap_sakari.streams import STREAMS
from tap_sakari.writer import WholeLineWriter

if TYPE_CHECKING:
    from types import FrameType

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
}


class TapSakari(Tap):
    """Reads a Sakari account."""

    name = "tap-sakari"
    # Else the SDK looks for a distribution named like the tap, and finds no version.
    package_name = DISTRIBUTION
    config_jsonschema = {  # noqa: RUF012 - the SDK's type
        "type": "object",
        "properties": {**SETTINGS, **TAP_SETTINGS},
        "required": list(REQUIRED),
    }
    capabilities = [  # noqa: RUF012 - the SDK's type
        TapCapabilities.CATALOG,
        TapCapabilities.STATE,
        TapCapabilities.DISCOVER,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    message_writer_class = WholeLineWriter

    clock = Clock()
    """Time, sleep and chance; tests pass their own."""

    def __init__(
        self, *, config: Any = None, parse_env_config: bool = False, **kwargs: Any
    ) -> None:
        """Make a tap.

        Args:
            config: the settings.
            parse_env_config: whether to take settings from the environment too.
            kwargs: as of the SDK.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        if parse_env_config:
            self.append_builtin_config(self.config_jsonschema)
            settings = self.config_jsonschema["properties"]
            config = {**(config or {}), **read_environment(settings, "TAP_SAKARI_")}
        super().__init__(config=config, **kwargs)
        self.request_metrics = RequestMetrics(self.metrics_logger)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check the settings before the SDK does, which would show their values.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        if raise_errors:
            check_settings(self.config_jsonschema, self._config)
            ClientConfig.from_settings(self._config)
            start_date = self._config.get("start_date")
            if start_date is not None and parse_date_time(start_date) is None:
                raise ConfigError(
                    "start_date", "is no date or date-time such as 2024-01-01T00:00:00Z."
                )
        return super()._validate_config(raise_errors=raise_errors)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """End on a signal, but not in the middle of a line."""
        writer = getattr(self, "message_writer", None)  # a signal may come before there is one
        if isinstance(writer, WholeLineWriter):
            writer.between_lines(lambda: self._terminate(signum, frame))
        else:
            self._terminate(signum, frame)

    def _terminate(self, signum: int, frame: FrameType | None) -> None:
        """End with the exit code that says so: a half-read stream is no success."""
        try:
            super()._handle_termination(signum, frame)
        except SystemExit:
            sys.exit(128 + signum)

    @functools.cached_property
    def client(self) -> SakariClient:
        """The one client of all streams."""
        return SakariClient.from_settings(
            self.config, clock=self.clock, on_try=self.request_metrics
        )

    def discover_streams(self) -> list[Stream]:
        """All streams, in the order in which they are read."""
        return [stream(self) for stream in STREAMS]
