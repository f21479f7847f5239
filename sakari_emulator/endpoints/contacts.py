"""Contacts are created one by one, as an array or as a CSV file; updated; deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator import bodies
from sakari_emulator.contact_upload import Upload
from sakari_emulator.contact_writes import STRATEGIES, Writes, key_id, read_fields
from sakari_emulator.endpoints.call import as_list, deleted, success
from sakari_emulator.errors import bad_request
from sakari_emulator.shapes import show

if TYPE_CHECKING:
    from starlette.responses import Response

    from sakari_emulator.endpoints.call import Call, Endpoint
    from sakari_emulator.rows import Contact, Json


def _create(call: Call) -> Response:
    """POST /contacts with a CSV file or one contact; with an array only if the switch allows it."""
    strategy = call.query.get("mergeStrategy")
    if strategy is not None and strategy not in STRATEGIES:
        raise bad_request(f"mergeStrategy must be one of {', '.join(STRATEGIES)}")
    if call.media_type == "text/csv":
        upload = Upload(call.emulator.account, call.switches, strategy)
        return success(upload.run(call.body), call.switches.create_status)
    body = bodies.json_value(call.body)
    if isinstance(body, list) and call.switches.bulk_array == "reject":
        raise bad_request("the body must be one contact")
    sent = bodies.objects(body if isinstance(body, list) else [body], "a contact")
    writes = Writes(call.emulator.account, call.switches)
    for item in sent:
        read_fields(item)  # all are refused, before any is written, where one cannot be
    shown = [_written(writes.create(item, strategy), call) for item in sent]
    form = "array" if isinstance(body, list) else call.switches.contact_create_answer
    if form == "array":
        return as_list(shown, call.switches.create_status)
    data = {"contacts": shown} if form == "contacts" else shown[0]
    return success(data, call.switches.create_status)


def _written(contact: Contact, call: Call) -> Json:
    return {**show(contact, call.switches), "keyId": key_id(contact)}


def _update(call: Call) -> Response:
    writes = Writes(call.emulator.account, call.switches)
    contact = writes.update(call.path["id"], bodies.json_object(call.body))
    return success(_written(contact, call))


def _delete(call: Call) -> Response:
    Writes(call.emulator.account, call.switches).delete(call.path["id"])
    return deleted(call.switches)


ENDPOINTS: list[tuple[str, str, Endpoint]] = [
    ("POST", "/contacts", _create),
    ("PUT", "/contacts/{id}", _update),
    ("DELETE", "/contacts/{id}", _delete),
]
