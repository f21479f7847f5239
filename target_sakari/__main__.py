"""The command `target-sakari`."""

from __future__ import annotations

from singer_sdk.exceptions import ConfigurationError, DiscoveryError, MappingError

from sakari_client.command import run
from target_sakari.target import TargetSakari


def main() -> None:
    """Run the target."""
    TargetSakari.append_builtin_config(TargetSakari.config_jsonschema)
    run(
        TargetSakari.cli,
        TargetSakari.logger,
        TargetSakari.config_jsonschema["properties"],
        "TARGET_SAKARI_",
        (ConfigurationError, DiscoveryError, MappingError),
    )


if __name__ == "__main__":
    main()
