"""The guards of a send, in their order. The first objection counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_sakari.guards.caps import recipient_cap
from target_sakari.guards.consent import consent
from target_sakari.guards.send_time import send_time
from target_sakari.guards.wording import opt_out_text, stop_word

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from target_sakari.guards.objection import Objection
    from target_sakari.send_settings import SendSettings
    from target_sakari.sends.plan import Send


def objection(
    send: Send, settings: SendSettings, *, now: dt.datetime, sent: int
) -> Objection | None:
    """What stands against a send.

    Args:
        send: it.
        settings: which guards there are.
        now: the time.
        sent: texts that the recipient got in the last 24 hours, or may have got.
    """
    return next((found for found in _objections(send, settings, now, sent) if found), None)


def hour_objection(send: Send, settings: SendSettings, now: dt.datetime) -> Objection | None:
    """What the hour has against a send; asked once more before its request, in a long batch."""
    if not settings.quiet_hours:
        return None
    return settings.quiet_hours.objection(send.recipient.number, now)


def _objections(
    send: Send, settings: SendSettings, now: dt.datetime, sent: int
) -> Iterator[Objection | None]:
    if settings.refuse_stop_words:
        yield stop_word(send.content.text)
    yield opt_out_text(send.content.text, settings.opt_out_word)
    if settings.check_consent:
        for contact in send.recipient.contacts or (None,):
            yield consent(
                contact,
                require_opt_in=settings.require_opt_in,
                skip_landlines=settings.skip_landlines,
            )
    yield send_time(send.send_at, now)
    yield hour_objection(send, settings, now)
    yield recipient_cap(sent, settings.max_per_recipient_per_day)
