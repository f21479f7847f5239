"""For how long a claim is its run's alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.config import ClientConfig


_LONGEST = 7 * 24 * 3_600.0
"""Seconds: one who died must not hold a text for years."""


def hold(config: ClientConfig) -> dt.timedelta:
    """How long a run may be about to ask for what it has claimed, by its own settings.

    Twice all tries of a request: a token may have to be asked for first, as patiently.
    """
    once = config.connect_timeout + config.request_timeout + config.retry_max_wait
    return dt.timedelta(seconds=min(2 * (config.max_retries + 1) * once, _LONGEST))
