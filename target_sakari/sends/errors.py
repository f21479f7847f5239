"""What ends a run that sends texts."""

from __future__ import annotations

from sakari_client.errors import SakariError


class LowBalanceError(SakariError):
    """The account's balance does not pay for what is planned."""
