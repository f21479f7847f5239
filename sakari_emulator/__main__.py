"""`python -m sakari_emulator` is `sakari-emulator`."""

from __future__ import annotations

import sys

from sakari_emulator.cli import main

if __name__ == "__main__":
    sys.exit(main())
