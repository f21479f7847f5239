"""Sending texts: never twice, and with an answer for each recipient."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import AmbiguousError, InvalidInputError, RequestRefusedError
from tests.client.reach import Sleeps
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer


TEXT = "Hello {{firstName}}"


ADA, BEN = "+12125550123", "+12125550124"
GERMAN = {"number": "4915112345678", "country": "DE"}


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def sends(emulator: EmulatorServer) -> int:
    return sum(one.method == "POST" and one.path.endswith("/messages") for one in emulator.requests)


def test_each_recipient_has_an_outcome(emulator: EmulatorServer, sakari: SakariClient) -> None:
    known = sakari.contacts.create({"mobile": {"number": ADA}, "firstName": "Ada"})
    blocked = next(row for row in emulator.account.contacts if row.mobile)
    blocked.blocked = "2025-06-01T00:00:00.000Z"
    conversation = next(
        row
        for row in emulator.account.conversations
        if row.contact
        and row.contact.id != blocked.id
        and (contact := emulator.account.contacts.find(row.contact.id))
        and not contact.blocked
        and contact.mobile
    )
    before = len(emulator.ids("messages"))
    result = sakari.messages.send(
        TEXT,
        contacts=[
            {"id": known["id"]},
            BEN,
            {"id": blocked.id},
            {"mobile": {"number": "+12125550125", "country": "US"}, "firstName": "Cy"},
            {"id": "64b0c0ffee0000000000ffff"},
        ],
        conversations=[conversation.id],
    )
    by_asked = [(list(one.asked), one.status, one.code) for one in result.recipients]
    assert by_asked == [
        (["conversation"], "accepted", None),
        (["contact"], "accepted", None),
        (["contact"], "accepted", None),
        (["contact"], "rejected", "CONT-010"),
        (["contact"], "accepted", None),
        (["contact"], "rejected", "EMU-NOT-FOUND"),
    ]
    assert (result.requested, result.valid) == (6, 4)
    assert len(result.invalid) == 2
    assert len(emulator.ids("messages")) == before + 4
    assert result.estimated_price == pytest.approx(0.2)
    messages = [one.message for one in result.recipients if one.message]
    assert len({one["id"] for one in messages}) == 4
    assert {one["job"]["id"] for one in messages} == {result.job_id}
    assert messages[1]["message"] == "Hello Ada"
    read = sakari.messages.get(messages[1]["id"])
    assert read["contact"]["id"] == known["id"]


def test_filters_reach_everybody_who_has_the_tag(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    sakari.contacts.create({"mobile": {"number": ADA}, "tags": [{"tag": "only-here"}]})
    result = sakari.messages.send(TEXT, filters={"tags": ["only-here"]})
    assert result.recipients == ()
    assert [one["contact"]["mobile"]["number"] for one in result.messages] == [ADA]


def test_the_request_says_all_that_was_asked_and_no_more(
    emulator: EmulatorServer, settings: dict[str, Any]
) -> None:
    with odd_server(answer(b'{"data": {}}')) as server:
        with SakariClient.from_settings({**settings, "api_url": server.url}) as sakari:
            sakari.messages.send("Hi", contacts=[ADA])
            sakari.messages.send(
                "Look",
                conversations=["c1"],
                media=["https://example.com/a.png"],
                conversation_strategy="open",
                phone_number_group="g1",
                filters={"tags": ["vip"]},
            )
    plain, full = (json.loads(body) for body in server.bodies[-2:])
    assert plain == {
        "contacts": [{"mobile": {"number": ADA, "country": "US"}}],
        "template": "Hi",
        "type": "SMS",
    }
    assert full == {
        "conversations": ["c1"],
        "filters": {"tags": ["vip"]},
        "template": "Look",
        "type": "MMS",
        "media": [{"url": "https://example.com/a.png"}],
        "conversationStrategy": "open",
        "phoneNumberFilter": {"group": {"id": "g1"}},
    }


@pytest.mark.parametrize(
    ("how", "field"),
    [
        ({"template": " \n", "contacts": [ADA]}, "template"),
        ({"template": TEXT}, "name nobody"),
        ({"template": TEXT, "filters": {}}, "name nobody"),
        ({"template": TEXT, "filters": {"tags": []}}, "filters.tags must not be empty"),
        ({"template": TEXT, "contacts": [ADA, "+1 212 555 0123"]}, "twice"),
        ({"template": TEXT, "contacts": [{"id": "a"}, {"id": "a"}]}, "twice"),
        ({"template": TEXT, "conversations": ["a", "a"]}, "twice"),
        ({"template": TEXT, "contacts": ["2125550123"]}, "number"),
        ({"template": TEXT, "contacts": ADA}, "contacts must be a list"),
        ({"template": TEXT, "contacts": {"id": "a"}}, "contacts must be a list"),
        ({"template": TEXT, "conversations": "abc"}, "conversations must be a list"),
        ({"template": TEXT, "contacts": [ADA], "media": "https://a.b/c"}, "media must be a list"),
        ({"template": TEXT, "contacts": [{"firstName": "Ada"}]}, "neither id nor"),
        ({"template": "half \ud83d", "contacts": [ADA]}, "half a character"),
        ({"template": None, "contacts": [ADA]}, "template is empty, or not text"),
        ({"template": b"Hi", "contacts": [ADA]}, "template is empty, or not text"),
        ({"template": TEXT, "contacts": None}, "contacts must be a list"),
        ({"template": TEXT, "contacts": 7}, "contacts must be a list"),
        ({"template": TEXT, "contacts": [None]}, "contacts hold a number that cannot be one"),
        ({"template": TEXT, "contacts": [12125550123]}, "contacts hold a number that cannot"),
        ({"template": TEXT, "contacts": [f"x {ADA} y"]}, "contacts hold a number that cannot"),
        ({"template": TEXT, "contacts": [{"id": 7}]}, "contacts hold an id"),
        ({"template": TEXT, "contacts": [{"id": " "}]}, "contacts hold an id"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": 12125550123}}]}, "is not text"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": "nobody"}}]}, "with letters"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": "call 2125550123"}}]}, "letters"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": "()"}}]}, "neither id nor"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": "12"}}]}, "too short"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": "00 12-34"}}]}, "too short"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": f"{ADA} / {BEN}"}}]}, "cannot be"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": f"{ADA}4567"}}]}, "cannot be one"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": f"{ADA};5"}}]}, "cannot be one"),
        ({"template": TEXT, "contacts": [{"mobile": GERMAN}]}, "may begin with the country code"),
        ({"template": TEXT, "contacts": [{"mobile": {"number": ADA, "country": 1}}]}, "country"),
        ({"template": TEXT, "contacts": [{"id": "a "}, {"id": "a"}]}, "blanks around it"),
        ({"template": TEXT, "conversations": ["\ta"]}, "conversations hold an id with blanks"),
        ({"template": TEXT, "conversations": None}, "conversations must be a list"),
        ({"template": TEXT, "conversations": [""]}, "conversations must hold only texts"),
        ({"template": TEXT, "conversations": [7]}, "conversations must hold only texts"),
        ({"template": TEXT, "contacts": [ADA], "media": [""]}, "media must hold only texts"),
        ({"template": TEXT, "contacts": [ADA], "media": [None]}, "media must hold only texts"),
        ({"template": TEXT, "contacts": [ADA], "media": None}, "media must be a list"),
        ({"template": TEXT, "contacts": [ADA], "type": []}, "type must be"),
        ({"template": TEXT, "contacts": [ADA], "phone_number_group": ""}, "phone_number_group"),
        ({"template": TEXT, "contacts": [ADA], "conversation_strategy": 1}, "conversation_str"),
        ({"template": TEXT, "filters": ["vip"]}, "filters must be an object"),
        ({"template": TEXT, "filters": {"tag": ["vip"]}}, "filters may only have"),
        ({"template": TEXT, "filters": {"tags": ["a"], "contacts": ["b"]}}, "filters may only"),
        ({"template": TEXT, "filters": {"tags": "vip"}}, "filters.tags must be a list"),
        ({"template": TEXT, "filters": {"tags": None}}, "filters.tags must be a list"),
        ({"template": TEXT, "filters": {"tags": ["vip", ""]}}, "filters.tags must hold"),
        ({"template": TEXT, "filters": {"tags": ["a"], "attributes": []}}, "filters.attributes"),
        ({"template": TEXT, "filters": {"attributes": ["plan"]}}, "filters.attributes"),
        ({"template": TEXT, "filters": {"attributes": {"a": 1}}}, "filters.attributes"),
        (
            {"template": TEXT, "filters": {"attributes": [{"a": None}]}},
            "hold a value that is empty",
        ),
        ({"template": TEXT, "filters": {"attributes": [{"a": 1}, {"a": ""}]}}, "hold a value"),
        ({"template": TEXT, "filters": {"attributes": [{"a": ["x", None]}]}}, "hold a value that"),
    ],
)
def test_what_cannot_be_meant_is_not_sent(
    emulator: EmulatorServer, sakari: SakariClient, how: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInputError, match=field) as caught:
        sakari.messages.send(**how)
    assert not sends(emulator)
    assert "5550123" not in str(caught.value)


@pytest.mark.parametrize(
    "contacts",
    [
        [ADA, {"mobile": {"number": "2125550123"}}],
        [{"mobile": {"number": "(212) 555-0123"}}, ADA],
        [ADA, {"mobile": {"number": "212-555-0123", "country": "us"}}],
        [ADA, {"mobile": {"number": "0012125550123"}}],
        [{"mobile": {"number": "2125550123"}}, {"mobile": {"number": "212 5550123"}}],
        [
            {"id": "a", "mobile": {"number": ADA}},
            {"id": "b", "mobile": {"number": "12125550123"}},
        ],
        [{"id": "a", "mobile": {"number": ADA}}, {"id": "a"}],
        [{"mobile": {"number": "555123"}}, {"mobile": {"number": "555-123"}}],
        # Ten digits are enough where two have no country, as these have none that exists.
        [{"mobile": {"number": "2125550123"}}, {"mobile": {"number": "9992125550123"}}],
        ["+376312345", {"mobile": {"number": "312345", "country": "AD"}}],
        [{"mobile": {"number": "312345"}}, "+376312345"],
        [
            {"id": "a", "mobile": {"number": "4915112345678", "country": "DE"}},
            "+4915112345678",
        ],
        [
            "+494915112345678",
            {"id": "a", "mobile": {"number": "4915112345678", "country": "de"}},
        ],
    ],
)
def test_a_person_who_is_named_twice_is_not_texted_twice(
    emulator: EmulatorServer, sakari: SakariClient, contacts: list[Any]
) -> None:
    with pytest.raises(InvalidInputError, match="twice"):
        sakari.messages.send(TEXT, contacts=contacts)
    assert not sends(emulator)


@pytest.mark.parametrize(
    "contacts",
    [
        [ADA, BEN],
        ["+12125550123", "+4912125550123"],  # the one ends like the other, in another country
        [{"mobile": {"number": "5550123"}}, ADA],
        [{"mobile": {"number": "125550123"}}, {"mobile": {"number": "999125550123"}}],
        [{"mobile": {"number": "0491512345", "country": "DE"}}, "+491512345"],
        [{"id": "a", "mobile": None}, {"id": "b", "mobile": {}}],
    ],
)
def test_two_people_are_not_taken_for_one(sakari: SakariClient, contacts: list[Any]) -> None:
    assert len(sakari.messages.send(TEXT, contacts=contacts, dry_run=True).recipients) == 2


def test_what_looks_odd_and_is_none_the_less_meant_is_sent(sakari: SakariClient) -> None:
    contacts = [{"mobile": {"number": "72345"}}, {"mobile": {"number": "+1 212.555/0123"}}]
    filters = {"attributes": [{"member": False, "score": 0}]}
    result = sakari.messages.send(TEXT, contacts=contacts, filters=filters, dry_run=True)
    assert len(result.recipients) == 2


def test_a_dry_run_checks_all_and_sends_nothing(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    result = sakari.messages.send(TEXT, contacts=[ADA], conversations=["c"], dry_run=True)
    assert [one.status for one in result.recipients] == ["planned", "planned"]
    with pytest.raises(InvalidInputError, match="template"):
        sakari.messages.send("", contacts=[ADA], dry_run=True)
    assert not sends(emulator)


@pytest.mark.parametrize("failure", ["reset", "500", "hang"])
def test_a_send_whose_answer_is_lost_was_sent_once(
    emulator: EmulatorServer, settings: dict[str, Any], failure: str
) -> None:
    emulator.switch(fail_after_accept_every=1, fail_after_accept=failure)
    before = len(emulator.ids("messages"))
    quick = {**settings, "request_timeout": 0.3 if failure == "hang" else 5}
    with SakariClient.from_settings(quick) as sakari:
        with pytest.raises(AmbiguousError) as caught:
            sakari.messages.send(TEXT, contacts=[ADA])
    assert sends(emulator) == 1
    assert len(emulator.ids("messages")) == before + 1
    assert "look up the recipients' latest messages" in str(caught.value)
    assert "may have been carried out" in str(caught.value)


def test_a_send_that_is_refused_for_now_is_sent_later_and_once(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(rate_limit_every=2, retry_after="none")
    before = len(emulator.ids("messages"))
    for number in (ADA, BEN, "+12125550125", "+12125550126"):
        sakari.messages.send(TEXT, contacts=[number])
    assert len(emulator.ids("messages")) == before + 4


def test_a_send_whose_token_has_ended_is_sent_with_another(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    emulator.switch(revoke_every=2)
    before = len(emulator.ids("messages"))
    for number in (ADA, BEN, "+12125550125", "+12125550126"):
        sakari.messages.send(TEXT, contacts=[number])
    assert len(emulator.ids("messages")) == before + 4


def test_a_send_refused_as_a_whole_is_no_riddle(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    with pytest.raises(RequestRefusedError, match="CONV-001"):
        sakari.messages.send(TEXT, conversations=["64b0c0ffee0000000000ffff"])


def test_neither_log_nor_repr_shows_texts_or_numbers(
    emulator: EmulatorServer, sakari: SakariClient, caplog: pytest.LogCaptureFixture
) -> None:
    emulator.switch(rate_limit_every=3, retry_after="none")
    with caplog.at_level(logging.DEBUG):
        result = sakari.messages.send("A secret text", contacts=[ADA, BEN])
        shown = f"{result!r} {caplog.text}"
    for planted in ("secret text", "5550123", "5550124"):
        assert planted not in shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0612345678", "+33612345678"),
        ("40612345", "+4740612345"),
        ("0412 345 678", "+61412345678"),
        ("2125550123", "+12125550123"),
    ],
)
def test_one_number_with_and_without_its_country_is_one_person(
    emulator: EmulatorServer, sakari: SakariClient, one: str, other: str
) -> None:
    unsure = {"mobile": {"number": one}}
    pairs: list[list[Any]] = [[unsure, other], [other, unsure]]
    for pair in pairs:
        with pytest.raises(InvalidInputError, match="twice"):
            sakari.messages.send(TEXT, contacts=pair)
    assert not sends(emulator)


def test_a_mobile_that_is_no_object_is_not_sent(
    emulator: EmulatorServer, sakari: SakariClient
) -> None:
    with pytest.raises(InvalidInputError, match="no object"):
        sakari.messages.send(TEXT, contacts=[{"id": "a", "mobile": ADA}])
    assert not sends(emulator)
