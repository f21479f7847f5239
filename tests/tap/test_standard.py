"""The SDK's standard tap suite, whole."""

from __future__ import annotations

import atexit
from typing import Any

import pytest
from singer_sdk.testing import SuiteConfig, get_tap_test_class

from sakari_emulator.server import EmulatorServer
from tap_sakari.tap import TapSakari
from tests.conftest import settings_for

# The suite warns of fields that no record has. `extra` is there for what nobody foresaw, and the
# records of the emulator are as incomplete as the real ones.
pytestmark = pytest.mark.filterwarnings("ignore:Fields in transformed catalog but not in records")

# The suite makes its tap when this module is imported, before any fixture could start a server.
_EMULATOR = EmulatorServer(contacts=120, messages=120, seed=2)
_EMULATOR.__enter__()
atexit.register(_EMULATOR.__exit__, None, None, None)


def _everything_selected() -> dict[str, Any]:
    """The catalog with the streams too that are off by default."""
    tap = TapSakari(config=settings_for(_EMULATOR))
    for stream in tap.streams.values():
        stream.selected = True
    return tap.catalog_dict


TestTapSakari = get_tap_test_class(
    TapSakari,
    config=settings_for(_EMULATOR),
    suite_config=SuiteConfig(max_records_limit=500),
    catalog=_everything_selected(),
)
