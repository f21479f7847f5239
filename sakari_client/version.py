"""The version of the installed distribution."""

from __future__ import annotations

from importlib import metadata

DISTRIBUTION = "singer-sakari"
"""Name of the distribution that holds the client, the tap, the target and the emulator."""

try:
    VERSION = metadata.version(DISTRIBUTION)
except metadata.PackageNotFoundError:  # a plain checkout that was never installed
    VERSION = "0+unknown"
