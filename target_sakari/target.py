"""The target: its settings, what comes in, and how a run ends."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import IO, TYPE_CHECKING, Any, ClassVar

import click
from singer_sdk import Target
from singer_sdk.exceptions import MappingError
from singer_sdk.helpers.capabilities import PluginCapabilities

from sakari_client.client import SakariClient
from sakari_client.clock import Clock
from sakari_client.command import read_booleans, read_environment
from sakari_client.config import REQUIRED, SETTINGS, ClientConfig
from sakari_client.errors import ConfigError
from sakari_client.settings_check import check_environment, check_settings
from sakari_client.version import DISTRIBUTION
from target_sakari.exits import UnexpectedError, is_explained
from target_sakari.incoming import Incoming
from target_sakari.loading.loader import Loader, Outside
from target_sakari.loading.run_file import refuse_own_input
from target_sakari.messages import InputError, MessageReader
from target_sakari.routing import Routing
from target_sakari.send_settings import SendSettings
from target_sakari.settings import TARGET_SETTINGS, LoadSettings
from target_sakari.writers import make_writers

if TYPE_CHECKING:
    from collections import Counter
    from types import FrameType

    from sakari_client.http.transport import Hook
    from target_sakari.loading.loader import MakeWriters
    from target_sakari.messages import Message


_PREFIX = "TARGET_SAKARI_"
"""What the settings' environment variables begin with."""


class TargetSakari(Target):
    """Writes records to a Sakari account."""

    name = "target-sakari"
    # Else the SDK looks for a distribution named like the target, and finds no version.
    package_name = DISTRIBUTION
    config_jsonschema = {  # noqa: RUF012 - the SDK's type
        "type": "object",
        "properties": {**SETTINGS, **TARGET_SETTINGS},
        "required": list(REQUIRED),
    }
    capabilities = [  # noqa: RUF012 - the SDK's type
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]
    message_reader_class = MessageReader
    message_reader: MessageReader

    clock = Clock()
    """Time, sleep and chance; tests pass their own."""

    make_writers: ClassVar[MakeWriters] = staticmethod(make_writers)
    """Makes what writes the records."""

    _loader: Loader | None = None
    _incoming: Incoming

    def __init__(
        self, *, config: Any = None, parse_env_config: bool = False, **kwargs: Any
    ) -> None:
        """Make a target.

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

    @classmethod
    def append_builtin_config(cls, config_jsonschema: dict[str, Any]) -> None:
        """Add the settings of all Singer plugins, but not those of targets that load tables."""
        super(Target, cls).append_builtin_config(config_jsonschema)

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
        errors = super()._validate_config(raise_errors=raise_errors)  # fills in the defaults
        if raise_errors:
            LoadSettings.from_settings(self._config)
            SendSettings.from_settings(self._config)
            Routing(self._config)
        return errors

    def setup_mapper(self) -> None:
        """Take the stream maps.

        Raises:
            ConfigError: one of them cannot be understood.
        """
        try:
            super().setup_mapper()
        except MappingError as error:
            raise ConfigError("stream_maps", f"{error} Mend the expression.") from None

    def _connect(self, hook: Hook | None = None) -> SakariClient:
        return SakariClient.from_settings(
            self.config, clock=self.clock, on_try=hook, stopping=self.message_reader.stop.asked
        )

    # A run

    def process_lines(  # type: ignore[misc]  # final, but nothing else sees an error in the input
        self, file_input: IO[str] | None
    ) -> Counter[str]:
        """Read all input; what came before an error is written first."""
        self._check_input(file_input)
        loader = self._begin()
        try:
            return super().process_lines(file_input)
        except Exception as error:  # noqa: BLE001 - raised again, explained
            raise self._give_up(loader, error) from None

    def _check_input(self, file_input: IO[str] | None) -> None:
        settings = LoadSettings.from_settings(self.config)
        written = {
            "outcomes_path": settings.outcomes_path,
            "rejects_path": settings.rejects_path,
            "deferred_path": SendSettings.from_settings(self.config).deferred_path,
        }
        refuse_own_input(file_input or self.message_reader.default_input, written)

    def _begin(self) -> Loader:
        settings, reader = LoadSettings.from_settings(self.config), self.message_reader
        outside = Outside(
            self._connect, self.make_writers, reader.stop, self.clock, self.logger,
            SendSettings.from_settings(self.config),
        )  # fmt: skip
        self._routing = Routing(self.config)
        self._loader = loader = Loader(settings, outside)
        self._incoming = Incoming(
            self._routing,
            self.mapper,
            loader,
            skip_unknown=settings.on_unknown_stream == "skip",
        )
        reader.wait, reader.tick = loader.seconds_left, loader.tick
        return loader

    def _give_up(self, loader: Loader, error: Exception) -> Exception:
        """End a run after an error; returns what to raise, which holds no values of records."""
        try:
            loader.give_up()
        except Exception as worse:  # noqa: BLE001 - takes the place of the error
            error = worse
        if is_explained(error):
            return error
        self.logger.error(
            "It happened here:\n%s", "".join(traceback.format_tb(error.__traceback__))
        )
        return UnexpectedError(error)

    def process_endofpipe(self) -> None:
        """Write what is left; end with 128 + signal where a signal ended the input."""
        loader, stop = self._loader, self.message_reader.stop
        if loader is None:
            return
        try:
            if stop.signal is None:
                loader.finish()
        except Exception as error:  # noqa: BLE001 - raised again, explained
            raise self._give_up(loader, error) from None
        if stop.signal is not None:
            loader.close(finished=False)
            sys.exit(128 + stop.signal)
        for stream in self._routing.unused():
            self.logger.warning("streams.%s: no such stream came in. Is its name a slip?", stream)

    def _handle_termination(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """End on a signal, but let what is in flight end; a second one ends at once."""
        if self._loader is None:
            sys.exit(128 + signum)
        stop = self.message_reader.stop
        if stop.signal is not None:
            os._exit(128 + stop.signal)
        stop.ask(signum)
        self.logger.warning(
            "%s: ending what is in flight; once more ends at once.", signal.Signals(signum).name
        )

    # Messages

    def _process_schema_message(self, message_dict: Message) -> None:
        self._incoming.schema(message_dict)

    def _process_record_message(self, message_dict: Message) -> None:
        self._incoming.record(message_dict, cut=self.message_reader.cut)

    def _process_state_message(self, message_dict: Message) -> None:
        if self._loader is not None:
            self._loader.add_state(message_dict["value"])

    def _process_activate_version_message(self, message_dict: Message) -> None:
        """Note that its stream came to an end; what is gone from the source is for `mirror`."""
        if self._loader is not None:
            self._loader.whole.add_version(message_dict["stream"])

    def _process_batch_message(self, message_dict: Message) -> None:
        """Refuse it.

        Raises:
            InputError: always.
        """
        raise InputError(
            f"the stream {message_dict['stream']!r} comes as files (BATCH), which target-sakari "
            "does not read. Take batch_config out of the tap's settings."
        )

    # The command

    @classmethod
    def get_singer_command(cls) -> click.Command:
        """The SDK's command, and `--test`."""
        command = super().get_singer_command()
        command.params.append(
            click.Option(
                ["--test"],
                is_flag=True,
                expose_value=False,
                callback=cls.cb_test,
                help="Check the credentials and the account, and write nothing.",
            )
        )
        return command

    @classmethod
    def cb_test(cls, ctx: click.Context, param: click.Option, value: bool) -> None:  # noqa: ARG003, FBT001
        """`--test`: read a contact.

        Raises:
            SakariError: the account cannot be reached.
        """
        if not value:
            return
        given = ctx.params["config"]
        target = cls(config=given.config, parse_env_config=given.parse_env)
        with target._connect() as client:
            client.contacts.first_page(page_size=1)
        click.echo("The credentials work, and the account can be reached. Nothing was written.")
        ctx.exit()
