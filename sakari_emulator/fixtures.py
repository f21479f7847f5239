"""The parts of generated rows that many of them share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import words
from sakari_emulator.times import DAY, iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_emulator.rows import Json

MEDIA: tuple[Json, ...] = (
    {
        "url": "https://media.example.com/m/flower.jpg",
        "type": "image/jpeg",
        "name": "flower",
        "filename": "flower.jpg",
    },
    {
        "url": "https://media.example.com/m/map.png",
        "type": "image/png",
        "name": "map",
        "filename": "map.png",
    },
)

TRIGGERS = {"M": "Manual", "S": "Scheduled", "FU": "File upload", "V2": "Version 2"}
"""The documented codes of what sets a campaign off; V2 is in newer documents only.

v1.0.1 explains the first three; what V2 is called here is made up.
"""


def users(ids: Sequence[str]) -> list[Json]:
    """People who work in the account, in the newer documented form of `by`."""
    names = zip(words.FIRST_NAMES, words.LAST_NAMES, strict=False)
    return [
        {
            "id": user_id,
            "name": f"{first} {last}",
            "firstName": first,
            "lastName": last,
            "email": f"{first.lower()}@staff.example.com",
            "source": "hub",
            "subSource": "web",
        }
        for user_id, (first, last) in zip(ids, names, strict=False)
    ]


def contact_lists(ids: Sequence[str]) -> list[Json]:
    """The account's contact lists, as a contact shows them."""
    return [
        {
            "id": list_id,
            "name": name,
            "source": {"id": list_id, "integration": "hubspot", "lastSynced": iso(0)},
            "keyword": name.split()[0].upper(),
            "doubleOptIn": {"enabled": False, "prompt": "Reply YES to join"},
            "filter": {
                "q": "",
                "attributes": [{"attribute": "city", "comparator": "=", "value": ["Salem"]}],
                "valid": True,
                "blocked": False,
            },
            "optInConfirmation": "Welcome",
        }
        for list_id, name in zip(ids, words.LIST_NAMES, strict=True)
    ]


def campaign(number: int, at: int, group_id: str, job_id: str | None) -> Json:
    """All of a campaign but id, created and updated."""
    code = ("M", "S", "FU")[number % 3]
    fields: Json = {
        "name": f"Campaign {number}",
        "description": "Made up" if number % 4 else None,
        "fieldMappings": [{"attribute": "firstName", "column": "First name", "mandatory": True}],
        "filters": {
            "list": None,
            "q": "",
            "attributes": [{"attribute": "orders", "comparator": ">", "value": "3"}],
            "tags": [{"tag": words.TAGS[number % len(words.TAGS)], "visible": True}],
        },
        "media": [MEDIA[0]] if number % 5 == 0 else [],
        "phoneNumberFilter": {"group": {"id": group_id}},
        "schedule": {"frequency": "OD", "timezone": "America/New_York", "cron": "0 9 * * 1"},
        "reporting": {"when": "NoReport"},
        "template": words.OUTGOING[number % len(words.OUTGOING)],
        "trigger": {"code": code, "name": TRIGGERS[code]},
    }
    if code == "S":
        fields["nextExecution"] = iso(at + 30 * DAY)
    if job_id:
        fields["lastJob"] = {
            "id": job_id,
            "status": "completed",
            "price": 1.25,
            "submitted": 25,
            "failures": 0,
            "invalid": [],
        }
    return fields


def link(number: int, link_id: str, clicks: int) -> Json:
    """All of a link but id, created and updated."""
    key = f"{number:04x}{link_id[8:11]}"
    return {
        "name": f"{words.TEMPLATE_NAMES[number % len(words.TEMPLATE_NAMES)]} link {number}",
        "keyId": key,
        "domain": {"id": "00000000000000000000d0d0", "name": "go.example.com"},
        "destinationUrl": f"https://www.example.com/offers/{number}?utm_source=sms",
        "shortenedUrl": f"https://go.example.com/{key}",
        "contactTracking": number % 3 != 0,
        "sourceTracking": number % 4 == 0,
        "stats": {
            "totalClicks": clicks,
            "uniqueClicks": clicks * 3 // 4,
            "ctr": round(clicks / 600, 4),
        },
    }
