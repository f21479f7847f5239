"""The command `target-sakari`."""

from __future__ import annotations

from sakari_client.command import run
from target_sakari.exits import MISTAKES, exit_code
from target_sakari.target import TargetSakari


def main() -> None:
    """Run the target."""
    run(TargetSakari.cli, TargetSakari.logger, MISTAKES, exit_code)


if __name__ == "__main__":
    main()
