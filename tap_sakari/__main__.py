"""The command `tap-sakari`."""

from __future__ import annotations

from singer_sdk.exceptions import ConfigurationError, DiscoveryError, MappingError

from sakari_client.command import run
from tap_sakari.tap import StreamsFailedError, TapSakari
from tap_sakari.writer import OutputError


def main() -> None:
    """Run the tap."""
    run(
        TapSakari.cli,
        TapSakari.logger,
        (ConfigurationError, DiscoveryError, MappingError, OutputError, StreamsFailedError),
    )


if __name__ == "__main__":
    main()
