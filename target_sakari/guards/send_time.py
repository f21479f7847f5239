"""Texts that are to be sent later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.guards.objection import Objection
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from datetime import datetime


def send_time(send_at: datetime | None, now: datetime) -> Objection | None:
    """What the time has against a text that has one. Sakari documents no way to leave it there.

    Args:
        send_at: not before; None: at any time.
        now: the server's time. Both with their zones.
    """
    if send_at is None or send_at <= now:
        return None
    detail = f"send_at is {send_at.isoformat(timespec='seconds')}. Pipe the deferred file in then."
    return Objection("deferred", Reason.SEND_LATER, detail)
