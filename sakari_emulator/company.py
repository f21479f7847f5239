"""The account as an object: what it is called, what it pays, and the secrets it tells.

`GET /v1/accounts/{accountId}` and `/balance` of the newer documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import tokens
from sakari_emulator.shapes import id_of, price_of, with_extras
from sakari_emulator.times import NEWEST, YEAR, iso

if TYPE_CHECKING:
    from sakari_emulator.rows import Json
    from sakari_emulator.switches import Switches

OPENING_BALANCE = 250.0
_SEGMENT_PRICE = 0.05
_COUNTRY: Json = {
    "code": "US",
    "flag": "us",
    "dialing": "1",
    "name": "United States",
    "aliass": ["USA"],
    "continent": "NA",
    "supported": True,
    "alphaNumericSenderId": False,
    "taxTypes": [{"type": "us_ein", "name": "EIN", "example": "12-3456789"}],
}
_ADDRESS: Json = {
    "line1": "1 Example Street",
    "city": "Springfield",
    "state": "IL",
    "country": _COUNTRY,
    "postalCode": "62701",
}


def account(balance: float, user: Json, switches: Switches) -> Json:
    """The account as the API shows it: its API credentials included, as the documents have it."""
    shown: Json = {
        "id": id_of(tokens.ACCOUNT_ID, switches),
        "apiCredentials": {"id": tokens.CLIENT_ID, "secret": tokens.CLIENT_SECRET},
        "name": "Example Flowers",
        "plan": {
            "id": "plan-example",
            "name": "Example",
            "price": 25,
            "commitment": 0,
            "credit": 25,
            "maxCommitment": 100,
            "minCommitment": 0,
            "passThroughPlanEligible": False,
            "billingFrequency": "monthly",
            "pricing": {"US": {"sms": _SEGMENT_PRICE}},
            "includedPhoneNumberCountries": ["US", "GB"],
        },
        "balance": price_of(balance, switches),
        "defaults": {"country": {"code": "US", "name": "United States"}},
        "subscription": {"activeUntil": iso(NEWEST + YEAR)},
        "nextBillingDate": "2026-02-01",
        "trialExpiry": iso(NEWEST - YEAR),
        "questionare": {"useCase": "reminders"},
        "externalName": "Example Flowers",
        "legalName": "Example Flowers LLC",
        "info": {
            "website": "https://www.example.com",
            "phone": "+12125550198",
            "email": "office@staff.example.com",
            "address": _ADDRESS,
        },
        "options": {
            "universalMMS": True,
            "verifyNumberType": True,
            "autoLinkShorten": False,
            "autotopup": {"amount": 50, "below": 10, "lastTopup": iso(NEWEST)},
            "autoEnroll": {
                "domain": "staff.example.com",
                "role": "user",
                "notifyEmail": "office@staff.example.com",
            },
            "customDomain": {
                "id": "domain-example",
                "domain": "go.example.com",
                "renewAt": iso(NEWEST + YEAR),
                "verified": "yes",
                "created": {"at": iso(NEWEST - YEAR), "by": user},
            },
        },
        "integrations": {"hubspot": {"portalId": 4711}},
        "partner": {"submitted": iso(NEWEST), "contact": "Ada Example"},
        "referralCode": "EXAMPLE",
        "questionnaire": {"useCase": "reminders"},
        "billing": {
            "name": "Example Flowers LLC",
            "email": "billing@staff.example.com",
            "address": _ADDRESS,
            "tax": {},
        },
    }
    return with_extras(shown, switches)


def balance(left: float, switches: Switches) -> Json:
    """What is left to send texts with."""
    shown: Json = {
        "balance": price_of(left, switches),
        "country": "US",
        "segmentPrice": price_of(_SEGMENT_PRICE, switches),
        "segments": round(left / _SEGMENT_PRICE),
    }
    return with_extras(shown, switches)
