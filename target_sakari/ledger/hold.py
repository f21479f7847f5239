"""For how long a claim is its run's alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.config import ClientConfig

_TRIES = 2
"""For good measure."""


def hold(config: ClientConfig) -> dt.timedelta:
    """How long a run may be about to ask for what it has claimed, by its own settings.

    A claim is claimed again before each try of its request. That connects within `request_timeout`,
    or not at all, and ends within as long again.
    """
    return dt.timedelta(seconds=_TRIES * 2 * config.request_timeout)
