"""A stored row as the API would show it, in whichever of the forms the switches ask for.

The order of fields is that of the samples: real message objects for messages, the documents for
the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import UNSET

from sakari_emulator.rows import (
    Call,
    Campaign,
    Contact,
    Conversation,
    Form,
    Link,
    Message,
    Template,
    Webhook,
)
from sakari_emulator.table import number_of
from sakari_emulator.times import DAY, iso

if TYPE_CHECKING:
    from sakari_emulator.rows import Json, Mobile, Person, Phone, Row
    from sakari_emulator.switches import Switches

_FAR = 3650 * DAY


def show(row: Row, switches: Switches) -> Json:
    """Any row as the API shows it."""
    return with_extras(_show(row, switches), switches)


def _show(row: Row, switches: Switches) -> Json:  # noqa: PLR0911 - one for each resource
    if isinstance(row, Message):
        return _message(row, switches, switches.nesting)
    if isinstance(row, Conversation):
        return _conversation(row, switches, switches.nesting)
    if isinstance(row, Contact):
        return _contact(row, switches)
    if isinstance(row, Template):
        return _template(row, switches)
    if isinstance(row, Campaign | Link):
        shown = {"id": id_of(row.id, switches), **row.fields}
        return _stamped(shown, row, switches)
    if isinstance(row, Webhook):
        return _webhook(row, switches)
    if isinstance(row, Call):
        return _call(row, switches)
    if isinstance(row, Form):
        return _form(row, switches)
    raise TypeError(type(row).__name__)


def shown_id(row: Row, switches: Switches) -> str:
    """What a client takes for the row's identity, as text: for an old webhook, its URL."""
    if isinstance(row, Webhook) and switches.webhook_form == "old":
        return row.url
    return str(id_of(row.id, switches))


def id_of(row_id: str, switches: Switches) -> str | int:
    """An id in the form asked for."""
    return row_id if switches.id_form == "hex" else number_of(row_id)


def time_of(moment: int, by: Json, form: str) -> Any:
    """`created` or `updated`, or UNSET where it is left out."""
    if form == "missing":
        return UNSET
    return iso(moment) if form == "string" else {"at": iso(moment), "by": by}


def _stamped(shown: Json, row: Row, switches: Switches) -> Json:
    shown["created"] = time_of(row.created, row.created_by, switches.created_form)
    shown["updated"] = time_of(row.updated, row.updated_by, switches.updated_form)
    return {name: value for name, value in shown.items() if value is not UNSET}


def _number_shown(mobile: Mobile, switches: Switches) -> str:
    """A contact's number in the form asked for."""
    return mobile.number if switches.number_form == "e164" else mobile.typed


def _contact(contact: Contact, switches: Switches) -> Json:
    shown: Json = {
        "id": id_of(contact.id, switches),
        "firstName": contact.first_name,
        "lastName": contact.last_name,
        "email": contact.email,
        "mobile": _full_mobile(contact.mobile, switches) if contact.mobile else UNSET,
        "tags": _tags(contact.tags, switches),
        "lists": contact.lists,
        "attributes": contact.attributes,
        "optIn": contact.opt_in,
        # Missing rather than null: only a contact that was blocked has the field at all.
        "blocked": contact.blocked or UNSET,
        **contact.others,
        "valid": contact.valid,
        "error": contact.error,
    }
    return _stamped(shown, contact, switches)


def _full_mobile(mobile: Mobile, switches: Switches) -> Json:
    shown: Json = {
        "country": mobile.country,
        "number": _number_shown(mobile, switches),
        "valid": mobile.valid,
        "lineType": mobile.line_type,
    }
    if mobile.verified:
        shown["verified"] = mobile.verified
    return shown


def _tags(tags: list[Json], switches: Switches) -> Any:
    if switches.tags_form == "missing":
        return UNSET
    return [tag["tag"] for tag in tags] if switches.tags_form == "strings" else tags


def _person(person: Person | None, switches: Switches) -> Any:
    if person is None:
        return UNSET
    shown: Json = {
        "id": id_of(person.id, switches),
        "firstName": person.first_name,
        "lastName": person.last_name,
        "email": person.email,
    }
    if person.mobile:
        number = _number_shown(person.mobile, switches)
        shown["mobile"] = {"number": number, "country": person.mobile.country}
    return shown


def _phone(phone: Phone | None, switches: Switches, *, plain: bool) -> Any:
    if phone is None:
        return UNSET
    if switches.phone_number_form == "string" or (
        plain and switches.phone_number_form == "documented"
    ):
        return phone.number
    return {"id": id_of(phone.id, switches), "number": phone.number, "country": phone.country}


def _ref(row_id: str | None, switches: Switches) -> Json | None:
    return {"id": id_of(row_id, switches)} if row_id else None


def _message(message: Message, switches: Switches, depth: int) -> Json:
    incoming = not message.outgoing
    shown: Json = {
        "id": id_of(message.id, switches),
        "conversation": _conversation_of(message, switches, depth),
        "group": _ref(message.group_id, switches),
        "contact": _person(message.contact, switches),
        "job": UNSET if incoming else _ref(message.job_id, switches),
        "jobBatch": UNSET if incoming else 0,
        "type": message.type,
        "template": UNSET if incoming else message.template,
        "message": message.text,
        "status": message.status,
        "outgoing": message.outgoing,
        "country": message.country,
        "segments": message.segments,
        "price": price_of(message.price, switches),
        "read": message.read,
        "operational": False,
        "media": message.media,
        "phoneNumber": _phone(message.phone, switches, plain=True),
        "error": message.error or UNSET,
        "sendAt": iso(message.send_at) if message.send_at is not None else UNSET,
    }
    return _stamped(shown, message, switches)


def price_of(price: Any, switches: Switches) -> Any:
    """Money in the form asked for."""
    if switches.price_form == "string" and price is not UNSET and price is not None:
        return str(price)
    return price


def _conversation_of(message: Message, switches: Switches, depth: int) -> Any:
    """The conversation inside a message: a few fields, more only when asked to nest deeper."""
    conversation = message.conversation
    if conversation is None:
        return UNSET
    if depth > 1:
        return _conversation(conversation, switches, depth - 1)
    return {
        "id": id_of(conversation.id, switches),
        "closed": _closed(conversation, switches),
        "group": _ref(conversation.group_id, switches),
        "phoneNumber": _phone(conversation.phone, switches, plain=False),
    }


def _conversation(conversation: Conversation, switches: Switches, depth: int) -> Json:
    last = conversation.last_message
    shown: Json = {
        "id": id_of(conversation.id, switches),
        "contact": _person(conversation.contact, switches),
        "closed": _closed(conversation, switches),
        "lastMessage": _message(last, switches, depth) if last and depth else UNSET,
        "phoneNumber": _phone(conversation.phone, switches, plain=False),
        "group": _ref(conversation.group_id, switches),
        "type": "sms",
        "unread": list(conversation.unread),
    }
    return _stamped(shown, conversation, switches)


def _closed(conversation: Conversation, switches: Switches) -> Any:
    """`closed`: v1.0.1 says boolean, four other sources a date-time, seven days ahead."""
    closes = conversation.closes
    if switches.closed_form == "boolean":
        return closes is not None
    if switches.closed_form == "null" or closes is None:
        return None
    return iso(closes + _FAR if switches.closed_form == "future_date" else closes)


def _template(template: Template, switches: Switches) -> Json:
    shown: Json = {
        "id": id_of(template.id, switches),
        "name": template.name,
        "type": template.type,
        "template": template.template,
        "media": template.media,
    }
    return _stamped(shown, template, switches)


def _webhook(webhook: Webhook, switches: Switches) -> Json:
    if switches.webhook_form == "old":
        return {"url": webhook.url, "eventTypes": webhook.event_types}
    return {
        "id": id_of(webhook.id, switches),
        "type": "webhook",
        "eventTypes": webhook.event_types,
        "destination": webhook.url,
    }


def _call(call: Call, switches: Switches) -> Json:
    shown: Json = {
        "id": id_of(call.id, switches),
        "direction": call.direction,
        "status": call.status,
        "contact": _person(call.contact, switches),
        "phoneNumber": _phone(call.phone, switches, plain=False),
    }
    return _stamped(shown, call, switches)


def _form(form: Form, switches: Switches) -> Json:
    shown: Json = {
        "id": id_of(form.id, switches),
        "name": form.name,
        "impressions": form.impressions,
        "conversions": form.conversions,
        "active": form.active or UNSET,
    }
    return _stamped(shown, form, switches)


def with_extras(shown: Json, switches: Switches) -> Json:
    """What is shown, with fields nobody documented in every object of it if that is asked for."""
    return _with_extras(shown) if switches.extra_fields else shown


def _with_extras(value: Any) -> Any:
    if isinstance(value, dict):
        more = {name: _with_extras(inner) for name, inner in value.items()}
        return {**more, "emulatorExtra": "new", "emulatorObject": {"list": [1, {"deep": None}]}}
    if isinstance(value, list):
        return [_with_extras(inner) for inner in value]
    return value
