"""Campaigns are created, updated and deleted; none of it sends anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import bodies
from sakari_emulator.endpoints.call import deleted, success
from sakari_emulator.errors import bad_request
from sakari_emulator.fixtures import TRIGGERS
from sakari_emulator.row_writes import remove, stamp, touch
from sakari_emulator.rows import Campaign
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint
    from sakari_emulator.rows import Json

_KINDS: dict[str, type] = {
    "name": str,
    "description": str,
    "template": str,
    "paused": str,
    "filters": dict,
    "phoneNumberFilter": dict,
    "reporting": dict,
    "schedule": dict,
    "fieldMappings": list,
    "media": list,
}
_MANUAL = "M"
_READ_ONLY = ("lastJob", "nextExecution")


def _create(call: Call) -> Response:
    account = call.emulator.account
    fields = _read(bodies.json_object(call.body))
    fields.setdefault("trigger", _trigger(_MANUAL))
    campaign = Campaign(**stamp(account, "campaigns"), fields=fields)
    account.campaigns.add(campaign)
    return success(show(campaign, call.switches), call.switches.create_status)


def _update(call: Call) -> Response:
    campaign: Campaign = call.row("campaigns")
    fields, kept = _read(bodies.json_object(call.body)), campaign.fields
    if call.switches.put == "replace":
        kept = {name: kept[name] for name in _READ_ONLY if name in kept}
        kept["trigger"] = _trigger(_MANUAL)
    campaign.fields = {**kept, **fields}
    touch(call.emulator.account, campaign)
    return success(show(campaign, call.switches))


def _delete(call: Call) -> Response:
    campaigns = call.emulator.account.campaigns
    remove(campaigns, campaigns.find(call.path["id"]), "campaign", call.switches)
    return deleted(call.switches)


def _read(body: Json) -> Json:
    """The writable fields that the body mentions, as sent; all others are ignored."""
    fields = {
        name: bodies.of_kind(body, name, kind) for name, kind in _KINDS.items() if name in body
    }
    for name in ("fieldMappings", "media"):
        bodies.objects(fields.get(name) or [], f"each of {name}")
    trigger = bodies.of_kind(body, "trigger", dict) if "trigger" in body else None
    if trigger is not None:
        fields["trigger"] = _trigger(trigger.get("code"))
    return fields


def _trigger(code: object) -> Json:
    if not isinstance(code, str) or code not in TRIGGERS:
        raise bad_request(f"trigger.code must be one of {', '.join(TRIGGERS)}")
    return {"code": code, "name": TRIGGERS[code]}


ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    ("POST", "/campaigns", _create),
    ("PUT", "/campaigns/{id}", _update),
    ("DELETE", "/campaigns/{id}", _delete),
]
