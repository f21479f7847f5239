"""Who is not texted, by what Sakari has of them."""

from __future__ import annotations

from typing import Any

import pytest

from target_sakari.guards.consent import consent
from target_sakari.reasons import Reason

JUNE, JULY = "2026-06-01T00:00:00.000Z", "2026-07-01T00:00:00.000Z"


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        ({}, None),
        ({"blocked": None, "optOut": None, "valid": None, "mobile": None, "error": None}, None),
        ({"valid": True, "mobile": {"valid": True, "lineType": "mobile"}, "blocked": ""}, None),
        ({"blocked": JUNE}, Reason.OPTED_OUT),
        ({"blocked": JUNE, "optIn": JULY}, Reason.OPTED_OUT),
        ({"blocked": True}, Reason.OPTED_OUT),
        ({"blocked": False}, None),
        ({"optOut": JUNE}, Reason.OPTED_OUT),
        ({"optOut": JULY, "optIn": JUNE}, Reason.OPTED_OUT),
        ({"optOut": JULY, "optIn": JULY}, Reason.OPTED_OUT),
        ({"optOut": JUNE, "optIn": JULY}, None),
        ({"optOut": "2026-06-01", "optIn": JULY}, Reason.OPTED_OUT),
        ({"optOut": JUNE, "optIn": True}, Reason.OPTED_OUT),
        ({"optOut": "2026-06-01T00:00:00+02:00", "optIn": "2026-05-31T23:00:00Z"}, None),
        ({"error": {"code": "CONT-010"}}, Reason.OPTED_OUT),
        ({"error": {"code": "CONT-001"}}, Reason.INVALID_CONTACT),
        ({"error": {"code": "OTHER-1"}}, None),
        ({"valid": False}, Reason.INVALID_CONTACT),
        ({"mobile": {"valid": False}}, Reason.INVALID_CONTACT),
        ({"mobile": {"lineType": "Landline"}}, Reason.LANDLINE),
        ({"mobile": {"lineType": "fixed_line"}}, Reason.LANDLINE),
        ({"mobile": {"lineType": "voip"}}, None),
    ],
)
def test_what_a_contact_has_against_it(contact: dict[str, Any], reason: Reason | None) -> None:
    found = consent(contact)
    assert (found and found.reason) == reason


def test_landlines_are_texted_where_that_is_asked_for() -> None:
    assert consent({"mobile": {"lineType": "landline"}}, skip_landlines=False) is None


@pytest.mark.parametrize(
    ("contact", "allowed"),
    [(None, False), ({}, False), ({"optIn": " "}, False), ({"optIn": JUNE}, True)],
)
def test_an_opt_in_may_be_required(contact: dict[str, Any] | None, *, allowed: bool) -> None:
    assert consent(contact) is None
    found = consent(contact, require_opt_in=True)
    assert (found is None) == allowed
    assert found is None or (found.outcome, found.reason) == ("skipped", Reason.NO_OPT_IN)


def test_who_opted_out_is_skipped_and_who_is_invalid_is_rejected() -> None:
    outcomes = [consent(one) for one in ({"blocked": JUNE}, {"valid": False})]
    assert [one.outcome for one in outcomes if one] == ["skipped", "rejected"]
