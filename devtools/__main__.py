"""`python -m devtools` is the demo; see `script/demo`."""

from __future__ import annotations

import sys

try:
    from devtools.demo import main

    sys.exit(main())
except KeyboardInterrupt:
    sys.stderr.write("\nInterrupted; all that was started is gone again.\n")
    sys.exit(130)
