"""The command `tap-sakari`."""

from __future__ import annotations

from sakari_client.command import run
from sakari_client.config import SETTINGS
from tap_sakari.tap import TAP_SETTINGS, TapSakari


def main() -> None:
    """Run the tap."""
    run(TapSakari.cli, TapSakari.logger, {**SETTINGS, **TAP_SETTINGS}, "TAP_SAKARI_")


if __name__ == "__main__":
    main()
