"""What Sakari's error codes mean, in few words.

Sources: OpenAPI document 1.0.1 (CONT-001, CONT-010, CONV-001) and Sakari's help article
360038858932 (the rest). The list is not complete, and which HTTP status goes with which code is
not documented.
"""

from __future__ import annotations

MEANINGS: dict[str, str] = {
    "ACCT-001": "the free limit is used up",
    "ACCT-006": "the account has not enough credit",
    "ACCT-008": "the account id is not valid",
    "ACCT-010": "this IP address is blocked",
    "ACCT-016": "the credentials may not use this API",
    "ACCT-017": "the account must be verified first",
    "CONT-001": "not a valid mobile number",
    "CONT-010": "the contact wants no further messages",
    "CONV-001": "not a valid conversation id",
    "INT-002": "no provider for this country",
    "MSG-001": "no number available to send from",
    "MSG-006": "unknown error at the provider",
    "MSG-007": "the message is too long",
    "MSG-008": "the message was marked as spam",
    "MSG-009": "the message is prohibited",
    "MSG-018": "the number cannot be routed to",
    "MSG-019": "not delivered",
    "MSG-020": "the number is a landline",
    "MSG-023": "rejected by the carrier",
    "MSG-024": "a duplicate message",
    "MSG-025": "unknown error at the provider",
    "MSG-026": "timed out",
    "MSG-028": "throttled; Sakari tries again",
    "MSG-029": "the number's daily limit is reached",
    "MSG-033": "failure at the carrier",
    "MSG-036": "blocked by toll-free verification",
    "MSG-037": "no carrier",
    "MSG-043": "a free link shortener was blocked",
}
