"""Golden files; `test_golden.py` says what is what."""

from __future__ import annotations

from pathlib import Path

GOLDEN = Path(__file__).parent
