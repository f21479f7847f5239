"""The command `target-sakari`."""

from __future__ import annotations

from sakari_client.command import run
from sakari_client.config import SETTINGS
from target_sakari.target import TargetSakari


def main() -> None:
    """Run the target."""
    run(TargetSakari.cli, TargetSakari.logger, SETTINGS, "TARGET_SAKARI_")


if __name__ == "__main__":
    main()
