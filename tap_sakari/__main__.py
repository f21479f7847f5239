"""The command `tap-sakari`."""

from __future__ import annotations

from singer_sdk.exceptions import ConfigurationError, DiscoveryError, MappingError

from sakari_client.command import run
from tap_sakari.tap import TapSakari
from tap_sakari.writer import NoReaderError


def main() -> None:
    """Run the tap."""
    mistakes = (ConfigurationError, DiscoveryError, MappingError, NoReaderError)
    run(TapSakari.cli, TapSakari.logger, mistakes)


if __name__ == "__main__":
    main()
