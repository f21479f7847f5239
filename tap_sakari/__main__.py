"""The command `tap-sakari`."""

from __future__ import annotations

import gc

# Importing makes no garbage, and what it makes stays to the end: collecting it would take longer
# than reading a thousand records.
gc.disable()

# ruff: noqa: E402
from singer_sdk.exceptions import ConfigurationError, DiscoveryError, MappingError

from sakari_client.command import run
from tap_sakari.tap import StreamsFailedError, TapSakari
from tap_sakari.writer import OutputError


def main() -> None:
    """Run the tap."""
    gc.freeze()
    gc.enable()
    run(
        TapSakari.cli,
        TapSakari.logger,
        (ConfigurationError, DiscoveryError, MappingError, OutputError, StreamsFailedError),
    )


if __name__ == "__main__":
    main()
