"""What the demo and the end-to-end tests stand on; no part of the product."""

from __future__ import annotations
