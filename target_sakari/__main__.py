"""The command `target-sakari`."""

from __future__ import annotations

from singer_sdk.exceptions import ConfigurationError, DiscoveryError, MappingError

from sakari_client.command import run
from target_sakari.target import TargetSakari


def main() -> None:
    """Run the target."""
    run(TargetSakari.cli, TargetSakari.logger, (ConfigurationError, DiscoveryError, MappingError))


if __name__ == "__main__":
    main()
