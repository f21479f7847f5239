"""What records say of texts to be sent, and which of them are refused."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_sakari.mapping.aliases import ALIASES
from target_sakari.mapping.inputs import ContactInput, SendInput
from target_sakari.mapping.sends import SendMapper
from target_sakari.outcome import RejectedError
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.examples import examples

ID, OTHER_ID = "5f1d7c6e8a9b0c1d2e3f4a5b", "5f1d7c6e8a9b0c1d2e3f4a5c"
NUMBER, OTHER_NUMBER = "+12125550123", "+12125550124"
ADA = ContactInput(mobile=NUMBER, country="US")
BOB = ContactInput(mobile=OTHER_NUMBER, country="US")
EMITTED: dict[str, Any] = {
    "id": ID, "contact": {"id": OTHER_ID, "mobile": {"number": NUMBER, "country": "US"}},
    "conversation": {"id": OTHER_ID}, "message": "Hi Ada", "template": "Hi {{firstName}}",
    "outgoing": True, "status": "delivered", "segments": 1, "price": 0.05, "type": "sms",
    "created": {"at": "2026-01-01T00:00:00.000Z"}, "created_at": "2026-01-01T00:00:00.000Z",
    "phone_number": "+12125550199", "media": [],
}  # fmt: skip

FIELDS = [name for names in ALIASES["messages"].values() for name in names]
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text()
    | st.sampled_from([ID, NUMBER, "SMS", "[", '{"a": 1}', "2026-05-01T09:00:00Z", "https://a/b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "mobile", "number", "country", "tag", "tags", "url", "attributes"]),
        inner, max_size=3,
    ),
    max_leaves=6,
)  # fmt: skip


def send(record: dict[str, Any], **route: Any) -> SendInput:
    return SendMapper(Route("sms", "messages", **route)).read({"text": "Hi", **record})


def refused(record: dict[str, Any], **route: Any) -> tuple[Reason, str]:
    with pytest.raises(RejectedError) as raised:
        SendMapper(Route("sms", "messages", **route)).read(record)
    return raised.value.reason, raised.value.detail


def test_a_row_of_a_warehouse() -> None:
    record = {
        "order_no": 7, "mobile": "(212) 555-0123", "first_name": "Ada", "plan": "gold",
        "text": " Hi {{firstName}}\n", "send_at": "2026-05-01T09:00:00+02:00",
        "media": "https://a.example/b.png, c.png,", "type": "mms", "phone_number_group": 17,
        "conversation_strategy": "newest",
    }  # fmt: skip
    assert send(record, default_country="US", attributes=("plan",)) == SendInput(
        (
            ContactInput(
                mobile=NUMBER, country="US", fields={"firstName": "Ada"},
                attributes={"plan": "gold"},
            ),
        ),
        text=" Hi {{firstName}}\n",
        type="MMS",
        media=("https://a.example/b.png", "c.png"),
        send_at=datetime(2026, 5, 1, 7, tzinfo=timezone.utc),
        phone_number_group="17",
        conversation_strategy="newest",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("record", "contacts"),
    [
        ({"phone": NUMBER}, [ADA]),
        ({"to": Decimal(12125550123), "country": "us"}, [ADA]),
        ({"mobile": {"number": "212 555 0123", "country": "US"}}, [ADA]),
        ({"contact": ID}, [ContactInput(ID)]),
        ({"contact": NUMBER}, [ADA]),
        ({"contact": {"id": 17, "lastName": "B"}}, [ContactInput("17", fields={"lastName": "B"})]),
        ({"contact": {"mobile": {"number": NUMBER, "country": "US"}}}, [ADA]),
        ({"contacts": f"{NUMBER}; {OTHER_NUMBER}"}, [ADA, BOB]),
        ({"contacts": [ID, {"mobile": OTHER_NUMBER}, None, ""]}, [ContactInput(ID), BOB]),
        ({"contacts": f'["{NUMBER}", {{"id": "{ID}"}}]'}, [ADA, ContactInput(ID)]),
        ({"contacts": [NUMBER, "+1 (212) 555-0123", ID, {"id": ID}]}, [ADA, ContactInput(ID)]),
        ({"contacts": ["212 555 0123", OTHER_NUMBER], "country": "US"}, [ADA, BOB]),
        ({"sakari_contact_id": 17}, [ContactInput("17")]),
        ({"sakari_id": ID, "mobile": NUMBER}, [ContactInput(ID, NUMBER, "US")]),
        ({"contact": ID, "mobile": NUMBER}, [ContactInput(ID, NUMBER, "US")]),
        ({"contact": "", "mobile": NUMBER}, [ADA]),
    ],
)  # fmt: skip
def test_people(record: dict[str, Any], contacts: list[ContactInput]) -> None:
    assert send(record) == SendInput(tuple(contacts), text="Hi")


def test_names_go_along_with_one_contact_only() -> None:
    record = {"first_name": "Ada", "custom_attributes": {"plan": "gold", "city": "x"}}
    named = {"contact": {"mobile": NUMBER, "firstName": "Eve", "attributes": {"city": "y"}}}
    (ada,) = send({**record, **named}).contacts
    assert (ada.fields, ada.attributes) == ({"firstName": "Eve"}, {"plan": "gold", "city": "y"})
    several = send({**record, "contacts": [NUMBER, OTHER_NUMBER]}).contacts
    assert several == (ADA, BOB)


@pytest.mark.parametrize(
    "value", [[OTHER_ID, 17, OTHER_ID], f"{OTHER_ID}, 17", [{"id": OTHER_ID}, "17"]]
)
def test_conversations(value: Any) -> None:
    found = SendInput(conversations=(OTHER_ID, "17"), text="Hi")
    assert send({"conversations": value}) == found


def test_a_conversation() -> None:
    assert send({"conversation": {"id": 17}}).conversations == ("17",)
    assert send({"conversation_id": ID}).conversations == (ID,)


@pytest.mark.parametrize(
    "record",
    [
        {"tags": "vip, new"},
        {"tags": [{"tag": "vip", "visible": True}, "new", "vip"]},
        {"filters": {"tags": ["vip", "new"]}},
        {"tags": "vip", "filters": {"tags": ["new", "vip"]}},
    ],
)
def test_everybody_who_has_a_tag(record: dict[str, Any]) -> None:
    assert send(record) == SendInput(tags=("vip", "new"), text="Hi")


def test_a_missing_number_never_makes_a_text_go_to_everybody() -> None:
    assert send({"mobile": NUMBER, "tags": "vip"}) == SendInput((ADA,), text="Hi")
    assert refused({"text": "Hi", "mobile": None, "tags": "vip"})[0] is Reason.NO_RECIPIENT
    columns = ("text", "mobile", "tags")
    reason, _ = refused({"text": "Hi", "tags": "vip"}, properties=columns)
    assert reason is Reason.NO_RECIPIENT
    chosen = {"fields": {"tags": "tags", "mobile": "mobile"}, "properties": columns}
    assert send({"tags": "vip", "mobile": None}, **chosen).tags == ("vip",)


def test_fields_say_which_way_to_name_recipients_counts() -> None:
    record = {"conversation": ID, "mobile": NUMBER}
    assert send(record, fields={"conversations": "conversation"}).contacts == ()
    assert send(record, fields={"mobile": "mobile"}).conversations == ()


@pytest.mark.parametrize(
    ("record", "found"),
    [
        ({"template": "A", "message": "B"}, SendInput((ADA,), text="A")),
        ({"template": " ", "body": "B"}, SendInput((ADA,), text="B")),
        ({"template_name": " Welcome "}, SendInput((ADA,), template_name="Welcome")),
        ({"template_id": 7}, SendInput((ADA,), template_id="7")),
    ],
)
def test_the_text(record: dict[str, Any], found: SendInput) -> None:
    assert send({"mobile": NUMBER, "text": None, **record}) == found


@pytest.mark.parametrize(
    ("value", "media"),
    [
        (
            ["https://a.example/b,c", {"url": "d.png"}, None, "d.png"],
            ("https://a.example/b,c", "d.png"),
        ),
        ('["HTTP://a.example/b"]', ("HTTP://a.example/b",)),
        ("folder/a.png", ("folder/a.png",)),
        (" ", ()),
    ],
)
def test_media(value: Any, media: tuple[str, ...]) -> None:
    assert send({"mobile": NUMBER, "media": value}).media == media


def test_a_time_without_a_zone_is_utc() -> None:
    sent = send({"mobile": NUMBER, "send_at": "2026-05-01 09:00:00"})
    assert sent.send_at == datetime(2026, 5, 1, 9, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("record", "reason", "detail"),
    [
        ({}, Reason.NO_RECIPIENT, "the record has no contact, mobile or conversation"),
        ({"mobile": " "}, Reason.NO_RECIPIENT, "the record has no contact"),
        ({"contacts": []}, Reason.NO_RECIPIENT, "the record has no contact"),
        ({"tags": " , "}, Reason.NO_RECIPIENT, "the record has no contact"),
        ({"filters": {"tags": []}}, Reason.NO_RECIPIENT, "the record has no contact"),
        ({"contacts": [ID, {"firstName": "Ada"}]}, Reason.NO_RECIPIENT, "contacts: one of them"),
        ({"mobile": NUMBER, "text": ""}, Reason.NO_TEXT, "the record has no template (text)"),
        ({"mobile": NUMBER, "template_name": "A"}, Reason.INVALID, "template, templateName: only"),
        ({"mobile": "n/a"}, Reason.INVALID_NUMBER, "mobile: holds no digits"),
        ({"contacts": [NUMBER, "12345"]}, Reason.INVALID_NUMBER, "mobile: has no country code"),
        ({"mobile": NUMBER, "type": "fax"}, Reason.INVALID, "type: must be SMS or MMS"),
        ({"mobile": NUMBER, "type": 5}, Reason.INVALID, "type: must be text"),
        ({"mobile": NUMBER, "send_at": "2026-05-01"}, Reason.INVALID, "sendAt: must be a date"),
        ({"mobile": NUMBER, "send_at": "0001-01-01T00:00:00+14:00"}, Reason.INVALID, "sendAt"),
        ({"mobile": NUMBER, "send_at": 5}, Reason.INVALID, "sendAt: must be text"),
        ({"mobile": NUMBER, "send_at": "\ud800"}, Reason.INVALID, "sendAt: must be a date"),
        ({"mobile": NUMBER, "media": "ftp://a/b"}, Reason.INVALID, "media: must be addresses"),
        ({"mobile": NUMBER, "media": "https:///b"}, Reason.INVALID, "media: must be addresses"),
        ({"mobile": NUMBER, "text": "\ud800"}, Reason.INVALID, "template: holds half a character"),
        ({"mobile": NUMBER, "text": 5}, Reason.INVALID, "template: must be text"),
        ({"mobile": NUMBER, "conversation": ID}, Reason.INVALID, "mobile, conversations: somebody"),
        ({"mobile": NUMBER, "contacts": [ID, OTHER_ID]}, Reason.INVALID, "mobile, contacts: some"),
        ({"mobile": NUMBER, "contact": OTHER_NUMBER}, Reason.INVALID, "mobile, contacts: some"),
        ({"sakari_id": ID, "contact": NUMBER}, Reason.INVALID, "sakariContactId, contacts: some"),
        ({"filters": {"tags": "a", "list": "b"}}, Reason.INVALID, "filters: must be an object"),
        ({"conversation": {"no": 1}}, Reason.INVALID, "conversations: an object has no id"),
        ({"mobile": NUMBER, "_sdc_deleted_at": "2026-01-01"}, Reason.DELETED, "the record has _sd"),
    ],
)  # fmt: skip
def test_what_is_refused(record: dict[str, Any], reason: Reason, detail: str) -> None:
    found = refused({"text": "Hi", **record})
    assert found[0] is reason
    assert found[1].startswith(detail)
    assert "555" not in found[1]


@pytest.mark.parametrize(
    "record",
    [
        EMITTED,
        {**EMITTED, "outgoing": None},
        {name: EMITTED[name] for name in ("id", "contact", "message", "status")},
        {"id": ID, "mobile": NUMBER, "status": "queued", "created_at": "2026-01-01"},
        {
            "ID": "7",
            "Outgoing": False,
            "Created At": "2026-01-01",
            "STATUS": "new",
            "phone": NUMBER,
        },
    ],
)
def test_a_message_of_sakaris_is_not_sent_again(record: dict[str, Any]) -> None:
    reason, detail = refused({"text": "Hi", **record})
    assert reason is Reason.HISTORY
    assert "streams.sms.allow_history: true" in detail


def test_history_is_sent_where_that_is_asked_for() -> None:
    sent = SendMapper(
        Route("sms", "messages", fields={"contacts": "contact"}, allow_history=True)
    ).read(EMITTED)
    contact = ContactInput(OTHER_ID, NUMBER, "US")
    assert sent == SendInput((contact,), text="Hi {{firstName}}", type="SMS")


def test_a_queue_of_texts_is_no_history() -> None:
    queued = {
        "id": 7, "status": "new", "created_at": "2026-01-01", "updated_at": "2026-01-01",
        "price": 5, "mobile": NUMBER,
    }  # fmt: skip
    assert send(queued).contacts == (ADA,)
    assert send({**queued, "status": "sent"}).contacts == (ADA,)
    assert send({"id": ID, "status": "new", "mobile": NUMBER}).contacts == (ADA,)


@examples(500)
@given(st.dictionaries(st.sampled_from([*FIELDS, "id", "status"]), VALUES, max_size=6))
def test_a_record_is_read_or_refused(record: dict[str, Any]) -> None:
    whole = {"to": NUMBER, "message": "Hi", **record}
    try:
        sent = SendMapper(Route("sms", "messages", default_country="US")).read(whole)
    except RejectedError as error:
        assert error.detail  # noqa: PT017
        return
    kinds = [sent.contacts, sent.conversations, sent.tags]
    assert len([one for one in kinds if one]) == 1
    texts = [sent.text, sent.template_name, sent.template_id]
    assert len([one for one in texts if one is not None]) == 1
    assert all(one.sakari_id or one.mobile for one in sent.contacts)
