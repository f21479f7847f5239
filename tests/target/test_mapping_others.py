"""What records say of templates, campaigns, conversations and webhooks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from target_sakari.mapping.inputs import ConversationInput, NamedInput, WebhookInput
from target_sakari.mapping.others import ConversationMapper, NamedMapper, WebhookMapper
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import Kind, Route

URL = "https://hooks.example/sakari"


def named(to: Kind, record: dict[str, Any], **route: Any) -> NamedInput:
    return NamedMapper(Route("crm", to, **route)).read(record)


def conversation(record: dict[str, Any]) -> ConversationInput:
    return ConversationMapper(Route("crm", "conversations")).read(record)


def webhook(record: dict[str, Any], **route: Any) -> WebhookInput:
    return WebhookMapper(Route("crm", "webhooks", **route)).read(record)


def test_a_template() -> None:
    record = {"id": "5", "Name": " Welcome ", "Text": " Hi {{firstName}}\n", "media": [{}]}
    fields = {"name": "Welcome", "template": " Hi {{firstName}}\n", "media": [{}]}
    assert named("templates", record) == NamedInput(name="Welcome", fields=fields)
    by_id = named("templates", {"sakari_id": 7, "template": "Hi"})
    assert by_id == NamedInput("7", fields={"template": "Hi"})


def test_a_campaign() -> None:
    record = {
        "sakari_campaign_id": "7", "name": "June", "trigger": {"code": "M"},
        "filters": {"tags": ["vip"], "attributes": [{"attribute": "age", "value": Decimal("1.0")}]},
        "reporting": {"when": "NoReport"}, "phone_number_filter": {"group": {"id": "g"}},
        "lastJob": {"id": "j"}, "created": {"at": "2026-01-01"},
    }  # fmt: skip
    assert named("campaigns", record) == NamedInput(
        "7",
        "June",
        {
            "name": "June", "trigger": {"code": "M"},
            "filters": {"tags": ["vip"], "attributes": [{"attribute": "age", "value": 1}]},
            "reporting": {"when": "NoReport"}, "phoneNumberFilter": {"group": {"id": "g"}},
        },
    )  # fmt: skip


def test_null_clears_where_that_is_asked_for_but_never_the_name() -> None:
    record = {"sakari_id": "7", "name": "", "template": " ", "media": None}
    assert named("templates", record).fields == {}
    cleared = named("templates", record, null_clears=True)
    assert cleared == NamedInput("7", fields={"template": None, "media": None})


def test_a_template_that_is_gone() -> None:
    record = {"name": "Welcome", "template": 5, "_sdc_deleted_at": "2026-01-01"}
    gone = NamedInput(name="Welcome", fields={"name": "Welcome"}, deleted=True)
    assert named("templates", record, delete=True) == gone
    assert named("templates", record, mode="delete") == gone


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({"template": "Hi"}, Reason.NO_MATCH_KEY, "the record has no id and no name"),
        ({"id": "5", "name": " "}, Reason.NO_MATCH_KEY, "the record has no id and no name"),
        ({"name": 5}, Reason.INVALID, "name: must be text"),
        ({"name": "a", "media": "x"}, Reason.INVALID, "media: must be a list"),
        ({"name": "a", "text": "\ud800"}, Reason.INVALID, "template: holds half a character"),
    ],
)
def test_templates_that_are_rejected(record: Any, reason: Reason, detail: str) -> None:
    with pytest.raises(RejectedError, match=f"^{detail}") as raised:
        named("templates", record)
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("record", "closed"),
    [
        ({}, False),
        ({"closed": None}, False),
        ({"closed": True}, True),
        ({"closed": " Yes "}, True),
        ({"closed": "TRUE"}, True),
        ({"closed": 1}, True),
        ({"closed": 0}, False),
        ({"closed": "false"}, False),
        ({"closed": "2026-01-01T00:00:00.000Z", "is_closed": False}, False),
    ],
)
def test_conversations(record: dict[str, Any], closed: bool) -> None:  # noqa: FBT001
    assert conversation({"id": "5", **record}) == ConversationInput("5", closed)


def test_a_conversation_is_known_by_its_id_under_any_of_its_names() -> None:
    assert conversation({"conversation_id": 5, "id": "6"}).sakari_id == "5"
    assert conversation({"Sakari ID": "4", "id": "6"}).sakari_id == "4"


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({"closed": True}, Reason.NO_MATCH_KEY, "the record has no id;"),
        ({"id": "5", "closed": "2026-01-01"}, Reason.INVALID, "closed: must be true or false"),
        ({"id": "5", "closed": 2}, Reason.INVALID, "closed: must be true or false"),
        ({"id": []}, Reason.INVALID, "id: must be text or a whole number"),
    ],
)
def test_conversations_that_are_rejected(record: Any, reason: Reason, detail: str) -> None:
    with pytest.raises(RejectedError, match=f"^{detail}") as raised:
        conversation(record)
    assert raised.value.reason is reason


@pytest.mark.parametrize(
    ("events", "names"),
    [
        (["message-sent", " message-sent", None, "contact-opt-out"],
         ("message-sent", "contact-opt-out")),
        ("message-sent, contact-opt-out", ("message-sent", "contact-opt-out")),
        ([], None),
        (None, None),
        ("", None),
    ],
)  # fmt: skip
def test_webhooks(events: Any, names: Any) -> None:
    assert webhook({"url": f" {URL}", "eventTypes": events}) == WebhookInput(URL, names)
    assert webhook({"destination": URL, "event_types": events}) == WebhookInput(URL, names)


def test_a_webhook_that_is_gone() -> None:
    record = {"url": URL, "_sdc_deleted_at": "2026-01-01"}
    assert webhook(record, delete=True) == WebhookInput(URL, deleted=True)
    assert webhook(record) == WebhookInput(URL)


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({"eventTypes": "a"}, Reason.NO_MATCH_KEY, "the record has no url;"),
        ({"url": "hooks.example"}, Reason.INVALID, "url: must be a web address"),
        ({"url": URL, "events": [5]}, Reason.INVALID, "eventTypes.0: must be text"),
    ],
)
def test_webhooks_that_are_rejected(record: Any, reason: Reason, detail: str) -> None:
    with pytest.raises(RejectedError, match=f"^{detail}") as raised:
        webhook(record)
    assert raised.value.reason is reason
