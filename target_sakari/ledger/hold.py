"""For how long a claim is its run's alone."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_client.config import ClientConfig


def hold(config: ClientConfig) -> dt.timedelta:
    """How long a run may be about to ask for what it has claimed, by its own settings.

    A claim is claimed again before each try of its request. That connects within `request_timeout`,
    or not at all, and ends within as long again; this is twice that.
    """
    return dt.timedelta(seconds=4 * config.request_timeout)
