"""The target: its settings. Writing records to Sakari is not part of this version."""

from __future__ import annotations

from typing import Any, NoReturn

from singer_sdk import Target
from singer_sdk.helpers.capabilities import PluginCapabilities

from sakari_client.command import read_environment
from sakari_client.config import REQUIRED, SETTINGS, ClientConfig
from sakari_client.errors import SakariError
from sakari_client.settings_check import check_settings
from sakari_client.version import DISTRIBUTION, VERSION


class NothingWrittenError(SakariError):
    """A stream came in that this version cannot write."""


class TargetSakari(Target):
    """Takes the settings of a Sakari account, and refuses every stream before its first record."""

    name = "target-sakari"
    package_name = DISTRIBUTION
    config_jsonschema = {  # noqa: RUF012 - the SDK's type
        "type": "object",
        "properties": dict(SETTINGS),
        "required": list(REQUIRED),
    }
    capabilities = [  # noqa: RUF012 - the SDK's type
        PluginCapabilities.ABOUT,
        PluginCapabilities.STREAM_MAPS,
        PluginCapabilities.FLATTENING,
        PluginCapabilities.STRUCTURED_LOGGING,
    ]

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
        if parse_env_config:
            self.append_builtin_config(self.config_jsonschema)
            settings = self.config_jsonschema["properties"]
            config = {**(config or {}), **read_environment(settings, "TARGET_SAKARI_")}
        super().__init__(config=config, **kwargs)

    def _validate_config(self, *, raise_errors: bool = True) -> list[str]:
        """Check the settings before the SDK does, which would show their values.

        Raises:
            ConfigError: a setting is missing or wrong; the error names it.
        """
        if raise_errors:
            check_settings(self.config_jsonschema, self._config)
            ClientConfig.from_settings(self._config)
        return super()._validate_config(raise_errors=raise_errors)

    def get_sink(self, stream_name: str, **_: Any) -> NoReturn:
        """Refuse a stream.

        Raises:
            NothingWrittenError: always.
        """
        raise NothingWrittenError(
            f"{stream_name}: target-sakari {VERSION} does not write records yet. Nothing of this "
            "stream was sent to Sakari."
        )
