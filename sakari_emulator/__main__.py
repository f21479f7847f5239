"""The command `sakari-emulator`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the emulator; say so where its extra is not installed."""
    try:
        from sakari_emulator import cli  # noqa: PLC0415 - may fail
    except ModuleNotFoundError as error:
        sys.exit(
            f"sakari-emulator: {error.name} is not installed. Install singer-sakari with its extra "
            "`emulator`: pip install '/path/to/singer-sakari[emulator]'"
        )
    sys.exit(cli.main())


if __name__ == "__main__":
    main()
