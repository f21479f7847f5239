"""Which limits and guards a run of sends has, in words: a setting that slipped is seen in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_sakari.send_settings import SendSettings


def in_force(settings: SendSettings) -> str:
    """The limits and guards by the names of their settings, and the guards that are off.

    `max_messages 1000, quiet_hours 21:00-08:00, check_consent, check_balance; off: require_opt_in`
    """
    caps = {
        "max_messages": settings.limits.max_messages,
        "max_segments": settings.limits.max_segments,
        "max_cost": settings.limits.max_cost,
        "max_per_recipient_per_day": settings.max_per_recipient_per_day,
    }
    guards = {
        "quiet_hours": settings.quiet_hours,
        "check_consent": settings.check_consent,
        "require_opt_in": settings.require_opt_in,
        "skip_landlines": settings.skip_landlines and settings.check_consent,
        "refuse_stop_words": settings.refuse_stop_words,
        "require_opt_out_text": settings.opt_out_word,
        "check_balance": settings.check_balance,
    }
    limited = [f"{name} {most}" for name, most in caps.items() if most is not None]
    on = [name if on is True else f"{name} {on}" for name, on in guards.items() if on]
    off = [name for name, on in guards.items() if not on]
    said = ", ".join([*(limited or ["no limits"]), *on])
    return f"{said}; off: {', '.join(off)}" if off else said
