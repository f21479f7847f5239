"""The tap: its settings and its streams."""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import sys
from typing import TYPE_CHECKING, Any

from singer_sdk import Stream, Tap
from singer_sdk.exceptions import MappingError
from singer_sdk.helpers.capabilities import PluginCapabilities, TapCapabilities
from singer_sdk.tap_base import CliTestOptionValue

from sakari_client.client import SakariClient
from sakari_client.clock import Clock
from sakari_client.command import read_booleans, read_environment
from sakari_client.config import REQUIRED, SETTINGS, ClientConfig
from sakari_client.errors import ConfigError
from sakari_client.settings_check import check_environment, check_settings
from sakari_client.version import DISTRIBUTION
from tap_sakari.conform import parse_date_time
from tap_sakari.failure import explain
from tap_sakari.progress import Progress, has_terminal
from tap_sakari.request_metrics import RequestMetrics
from tap_sakari.settings import TAP_SETTINGS, check_tap_settings
from tap_sakari.streams import STREAMS
from tap_sakari.summary import Tally, last_lines
from tap_sakari.writer import BufferedWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

    import click

    from tap_sakari.stream import SakariStream


_PREFIX = "TAP_SAKARI_"
"""What the settings' environment variables begin with."""


def _check_state(state: dict[str, Any]) -> None:
    """Refuse what the SDK would stumble over.

    Raises:
        ConfigError: it is no state.
    """
    if state and "bookmarks" not in state:
        raise ConfigError("state", _NO_STATE)
    bookmarks = state.get("bookmarks", {})
    if not isinstance(bookmarks, dict):
        raise ConfigError("state, bookmarks", "must be an object with an entry for each stream.")
    for stream, bookmark in bookmarks.items():
        if not isinstance(bookmark, dict) or not isinstance(bookmark.get("partitions", []), list):
            raise ConfigError(
                f"state, bookmarks.{stream}",
                "is no bookmark. Remove the stream from the state to read it from the start.",
            )


_NO_STATE = (
    'must be an object that holds `bookmarks`. Of a line {"type": "STATE", "value": …} in the '
    "output, give the value."
)


def _check_stream_maps(stream_maps: dict[str, Any], streams: Iterable[str]) -> None:
    """Refuse a map for a stream that there is not: it may be there to hide something.

    Raises:
        ConfigError: the error names it.
    """
    for name, one in stream_maps.items():
        source = str(one.get("__source__", name)) if isinstance(one, dict) else name
        if source != "__else__" and not fnmatch.filter(streams, source):
            raise ConfigError("stream_maps", f"there is no stream {source!r}.")


class StreamsFailedError(Exception):
    """Some streams could not be read; the others were."""


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
        TapCapabilities.ACTIVATE_VERSION,
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    message_writer_class = BufferedWriter
    message_writer: BufferedWriter

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
        self.append_builtin_config(self.config_jsonschema)
        if parse_env_config:
            settings = self.config_jsonschema["properties"]
            config = {**(config or {}), **read_environment(settings, _PREFIX)}
        super().__init__(config=config, **kwargs)
        self.request_metrics = RequestMetrics(self.metrics_logger)
        self.progress = Progress(self.logger, self.clock, terminal=False)
        self.tallies: dict[str, Tally] = {}

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check the settings before the SDK does, which would show their values.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        if raise_errors:
            check_environment(self.config_jsonschema, _PREFIX)
            self._config = read_booleans(self.config_jsonschema["properties"], self._config)
            check_settings(self.config_jsonschema, self._config)
            ClientConfig.from_settings(self._config)
            check_tap_settings(self._config)
        return super()._validate_config(raise_errors=raise_errors)

    def setup_mapper(self) -> None:
        """Take the stream maps.

        Raises:
            ConfigError: one of them cannot be understood.
        """
        _check_stream_maps(self.config.get("stream_maps") or {}, self.streams)
        try:
            super().setup_mapper()
        except MappingError as error:
            raise ConfigError("stream_maps", f"{error} Mend the expression.") from None

    def load_state(self, state: dict[str, Any]) -> None:
        """Take the state of the run before.

        Raises:
            ConfigError: it is no state, or a bookmark in it is no date.
        """
        _check_state(state)
        super().load_state(state)
        for stream, bookmark in self.state.get("bookmarks", {}).items():
            value = bookmark.get("replication_key_value")
            dated = bookmark.get("replication_key") == "updated_at"
            if dated and value and not (isinstance(value, str) and parse_date_time(value)):
                raise ConfigError(
                    f"state, bookmarks.{stream}.replication_key_value",
                    "is no date-time such as 2024-01-01T00:00:00Z. Mend it, or remove the stream "
                    "from the state to read it from the start.",
                )

    def sync_all(self) -> None:  # type: ignore[misc]  # final, but nothing else comes last
        """Read every stream that is selected, and say what became of each.

        Raises:
            StreamsFailedError: some of them failed.
        """
        names = [name for name, stream in self.streams.items() if stream.selected]
        if not names:
            self.logger.warning("No stream is selected: nothing is read.")
        self.tallies.clear()
        try:
            with Progress(self.logger, self.clock, terminal=has_terminal()) as self.progress:
                super().sync_all()
        finally:
            for line in last_lines(names, self.tallies):
                self.logger.info("%s", line)
        failed = {name: one.failure for name, one in self.tallies.items() if one.failure}
        if failed:
            reasons = [f"{name}: {why.removeprefix(f'{name}: ')}" for name, why in failed.items()]
            raise StreamsFailedError(
                f"{len(failed)} of {len(names)} streams failed, and their bookmarks stay where "
                f"they were. {' '.join(reasons)}"
            )

    @contextlib.contextmanager
    def counting(self, stream: SakariStream) -> Iterator[None]:
        """Count requests and seconds towards a stream, and show how far it is."""
        tally = self.tallies[stream.name] = stream.tally = Tally()
        self.request_metrics.count_towards(stream.name, tally)
        started = self.clock.monotonic()
        self.progress.begin(stream.name)
        try:
            yield
        except Exception as error:
            tally.failure = explain(error)
            raise
        except (KeyboardInterrupt, SystemExit):
            tally.interrupted = True
            raise
        finally:
            self.progress.end()
            tally.seconds = self.clock.monotonic() - started
            self.request_metrics.write_counts(stream.name)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:
        """End on a signal, but not in the middle of a line."""
        # The very first signal may come before there is a writer.
        writer = getattr(self, "message_writer", None)
        if isinstance(writer, BufferedWriter):
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

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: str) -> None:
        """`--test`: read a record of each stream that is on by default.

        The SDK would try all there are, and fail for an endpoint that the account lacks and that
        nobody asked for. (It knows no catalog here, so what somebody selected cannot be told.)
        """
        if value != CliTestOptionValue.All.value:
            super().cb_test(ctx, param, value)
            return
        given = ctx.params["config"]
        tap = cls(config=given.config, parse_env_config=given.parse_env)
        tap.run_sync_dry_run(streams=[one for one in tap.streams.values() if one.selected])
        ctx.exit()

    def discover_streams(self) -> list[Stream]:
        """All streams; the SDK reads them in the order of their names."""
        return [stream(self) for stream in STREAMS]
