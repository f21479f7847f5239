"""Templates are created, updated and deleted. Only the id tells two of one name apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_emulator import bodies
from sakari_emulator.endpoints.call import as_list, deleted, success
from sakari_emulator.errors import bad_request
from sakari_emulator.row_writes import remove, stamp, touch
from sakari_emulator.rows import Template
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint
    from sakari_emulator.rows import Json

_TYPES = ("SMS", "Web")


def _create(call: Call) -> Response:
    """POST /templates: v1.0.1 and the newer documents answer with a list, even for this one."""
    fields = _read(bodies.json_object(call.body))
    if not (fields.get("name") and fields.get("template")):
        raise bad_request("a template needs a name and a template, which is its text")
    account = call.emulator.account
    template = Template(**stamp(account, "templates"), **{**_empty(), **fields})
    account.templates.add(template)
    shown = show(template, call.switches)
    if call.switches.template_create_answer == "array":
        return as_list([shown], call.switches.create_status)
    return success(shown, call.switches.create_status)


def _update(call: Call) -> Response:
    template: Template = call.row("templates")
    fields = _read(bodies.json_object(call.body))
    kept = _empty() if call.switches.put == "replace" else {}
    for name, value in {**kept, **fields}.items():
        setattr(template, name, value)
    touch(call.emulator.account, template)
    return success(show(template, call.switches))


def _delete(call: Call) -> Response:
    templates = call.emulator.account.templates
    remove(templates, templates.find(call.path["id"]), "template", call.switches)
    return deleted(call.switches)


def _empty() -> dict[str, Any]:
    return {"name": None, "type": _TYPES[0], "template": None, "media": []}


def _read(body: Json) -> dict[str, Any]:
    """The writable fields that the body mentions; all others are ignored."""
    fields: dict[str, Any] = {
        name: bodies.of_kind(body, name, str) for name in ("name", "template") if name in body
    }
    if body.get("type") is not None:
        if body["type"] not in _TYPES:
            raise bad_request(f"type must be one of {', '.join(_TYPES)}")
        fields["type"] = body["type"]
    if "media" in body:
        fields["media"] = bodies.objects(bodies.of_kind(body, "media", list) or [], "a medium")
    return fields


ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    ("POST", "/templates", _create),
    ("PUT", "/templates/{id}", _update),
    ("DELETE", "/templates/{id}", _delete),
]
