"""Contacts made up."""

from __future__ import annotations

from typing import Any

Contact = dict[str, Any]

ADA: Contact = {
    "mobile": {"number": "+12125550123", "country": "US"},
    "firstName": "Ada",
    "email": "ada@example.com",
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"plan": "pro"},
}


def people(count: int) -> list[Contact]:
    """Contacts with numbers of their own."""
    return [
        {"mobile": {"number": f"+1907555{140 + at:04}", "country": "US"}, "firstName": f"P{at}"}
        for at in range(count)
    ]
