"""Whether a contact may be texted, by what Sakari has of it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import msgspec

from target_sakari.guards.objection import Objection
from target_sakari.reasons import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

_NO_MORE = "CONT-010"
"""Sakari's code: the contact has requested no further communication."""

_INVALID_NUMBER = "CONT-001"

_LANDLINES = frozenset({"landline", "fixedline"})
"""Line types, as letters only. Sakari documents none but `mobile`."""


def consent(
    contact: Mapping[str, Any] | None, *, require_opt_in: bool = False, skip_landlines: bool = True
) -> Objection | None:
    """What a contact has against being texted.

    Args:
        contact: as Sakari has it; None where it has none, so that nothing is known.
        require_opt_in: whether it must be known to have opted in.
        skip_landlines: whether landlines get no text.
    """
    if contact is None:
        detail = "Sakari has no such contact, and require_opt_in is set."
        return Objection("skipped", Reason.NO_OPT_IN, detail) if require_opt_in else None
    opted_out = _opted_out(contact)
    if opted_out:
        return Objection("skipped", Reason.OPTED_OUT, f"The contact {opted_out}.")
    mobile = _object(contact, "mobile")
    if (
        contact.get("valid") is False
        or mobile.get("valid") is False
        or _object(contact, "error").get("code") == _INVALID_NUMBER
    ):
        detail = (
            f"Sakari marks it as invalid (valid is false, or {_INVALID_NUMBER}). Mend its number."
        )
        return Objection("rejected", Reason.INVALID_CONTACT, detail)
    if skip_landlines and _letters(mobile.get("lineType")) in _LANDLINES:
        detail = "Sakari marks the number as a landline; skip_landlines: false sends anyway."
        return Objection("skipped", Reason.LANDLINE, detail)
    if require_opt_in and not _said(contact.get("optIn")):
        detail = "The contact has no optIn, and require_opt_in is set."
        return Objection("skipped", Reason.NO_OPT_IN, detail)
    return None


def _opted_out(contact: Mapping[str, Any]) -> str | None:
    if _said(contact.get("blocked")):
        return "is blocked"
    if _object(contact, "error").get("code") == _NO_MORE:
        return f"has requested no further communication ({_NO_MORE})"
    opt_in, opt_out = contact.get("optIn"), contact.get("optOut")
    if _said(opt_out) and not _later(opt_in, opt_out):
        return "has opted out"
    return None


def _later(opt_in: Any, opt_out: Any) -> bool:
    """Whether an opt-in is later than an opt-out, for certain."""
    came, went = _moment(opt_in), _moment(opt_out)
    return came is not None and went is not None and came > went


def _moment(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _said(value: Any) -> bool:
    """Whether a date is there. It may be true in place of a date."""
    return bool(value.strip()) if isinstance(value, str) else bool(value)


def _object(contact: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = contact.get(name)
    return value if isinstance(value, dict) else {}


def _letters(value: Any) -> str:
    return "".join(filter(str.isalpha, value.casefold())) if isinstance(value, str) else ""
