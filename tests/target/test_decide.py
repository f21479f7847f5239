"""What is decided of any records, on any account, is what the rules say."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from target_sakari.contacts.decide import decide, keys_of
from target_sakari.contacts.known import KnownContact
from target_sakari.mapping.inputs import ContactInput
from target_sakari.reasons import Reason
from target_sakari.routes import Route
from tests.examples import examples
from tests.target.contact_rules import (
    NUMBERS,
    Account,
    Contact,
    accounts,
    apply,
    inputs,
    plain,
    routes,
)

if TYPE_CHECKING:
    from target_sakari.contacts.decide import Decision

SEQUENCES = st.lists(st.tuples(inputs(), routes()), max_size=8)


def decided(account: Account, wanted: ContactInput, route: Route) -> Decision:
    found = {kind: account.find((kind, value)) for kind, value in keys_of(wanted, route)}
    return decide(wanted, found, route)


def said(decision: Decision) -> str:
    """What is to become of a record, in a word."""
    settled = decision.settled
    if settled is None:
        return decision.action
    return settled.reason.value if settled.reason else settled.outcome


def without_ids(contacts: list[Contact]) -> list[Contact]:
    """Contacts without the ids of new ones, which the rules do not make."""
    return [
        {**one, "id": None if str(one["id"]).startswith("new") else one["id"]} for one in contacts
    ]


@pytest.mark.parametrize("append", ["adds", "replaces"])
@given(accounts(), SEQUENCES)
@examples(150)
def test_contacts_become_what_the_rules_say(
    append: str, contacts: list[Contact], sequence: list[tuple[ContactInput, Route]]
) -> None:
    account, rules = Account.of(contacts, append), copy.deepcopy(contacts)
    brought: set[str] = set()
    for wanted, route in sequence:
        account.brought = set(brought)
        before = copy.deepcopy(account.plain())
        decision = decided(account, wanted, route)
        assert said(decision) == apply(rules, wanted, route, brought)
        if decision.settled:
            assert account.plain() == before
            continue
        after = account.write(decision)
        if after:
            # A dry run goes on with this, so it decides alike.
            assert {**plain(decision.after), "id": after["id"]} == plain(after)
        assert without_ids(account.plain()) == rules


@given(accounts(), inputs(), routes())
@examples(200)
def test_a_record_that_comes_again_writes_nothing(
    contacts: list[Contact], wanted: ContactInput, route: Route
) -> None:
    account = Account.of(contacts, "adds")
    first = decided(account, wanted, route)
    if not first.settled:
        account.write(first)
    assert decided(account, wanted, route).settled


@given(accounts(), inputs(), routes())
@examples(200)
def test_what_is_not_mentioned_never_changes(
    contacts: list[Contact], wanted: ContactInput, route: Route
) -> None:
    account = Account.of(contacts, "replaces")
    before = {one["id"]: one for one in account.plain()}
    decision = decided(account, wanted, route)
    if decision.settled or decision.way == "delete":
        return
    account.write(decision)
    whom = decision.contact.sakari_id if decision.contact else None
    for after in account.plain():
        old = before.get(after["id"])
        if old is None:
            continue
        if after["id"] != whom:
            assert after == old
            continue
        assert after.get("blocked") == old.get("blocked")
        for name in {"firstName", "lastName", "email"} - wanted.fields.keys():
            assert after.get(name) == old.get(name)
        for name in old["attributes"].keys() - wanted.attributes.keys():
            assert after["attributes"][name] == old["attributes"][name]
        if wanted.tags is None:
            assert after["tags"] == old["tags"]
        if wanted.mobile is None:
            assert after["mobile"] == old["mobile"]


ADA: dict[str, Any] = {
    "id": "1",
    "mobile": {"number": NUMBERS[0], "country": "US"},
    "firstName": "Ada",
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"plan": "pro"},
}


def of(record: dict[str, Any], **more: Any) -> Decision:
    """What is decided of a record about the one contact with its number."""
    wanted = ContactInput(mobile=NUMBERS[0], **more)
    return decide(wanted, {"mobile": [KnownContact(7, record)]}, Route("people", "contacts"))


def test_what_is_added_is_appended_with_all_that_is_there() -> None:
    decision = of(ADA, fields={"lastName": "L"}, tags=({"tag": "new"},), attributes={"x": 1})
    assert (decision.way, decision.body) == (
        "append",
        {
            "mobile": ADA["mobile"],
            "lastName": "L",
            "tags": [{"tag": "vip", "visible": True}, {"tag": "new", "visible": True}],
            "attributes": {"plan": "pro", "x": 1},
        },
    )


def test_what_is_not_changed_is_not_sent_as_a_whole() -> None:
    decision = of(ADA, fields={"lastName": "L"}, tags=({"tag": "vip"},), attributes={"plan": "pro"})
    assert decision.body == {"mobile": ADA["mobile"], "lastName": "L"}


@pytest.mark.parametrize("tags", [["vip"], [{"tag": "vip"}], [{"tag": " vip ", "visible": None}]])
def test_tags_are_read_in_every_form(tags: list[Any]) -> None:
    settled = of({**ADA, "tags": tags}, tags=({"tag": "vip", "visible": True},)).settled
    assert settled
    assert settled.outcome == "unchanged"


@pytest.mark.parametrize("broken", [None, "x", 5, [None, 5, {"no": "tag"}]])
def test_odd_forms_are_taken_for_nothing(broken: Any) -> None:
    contact = {**ADA, "tags": broken, "attributes": broken}
    decision = of(contact, tags=({"tag": "new"},), attributes={"x": 1})
    assert decision.body["tags"] == [{"tag": "new", "visible": True}]
    assert decision.body["attributes"] == {"x": 1}


def test_a_contact_whose_number_sakari_may_not_know_again_is_written_by_id() -> None:
    contact = KnownContact(7, {**ADA, "mobile": {"number": "907 555 0140", "country": None}})
    wanted = ContactInput(sakari_id="1", mobile=NUMBERS[0], fields={"firstName": "B"})
    decision = decide(wanted, {"id": [contact], "mobile": [contact]}, Route("people", "contacts"))
    assert (decision.way, decision.body) == ("update", {"firstName": "B"})


def test_a_contact_whose_number_another_has_too_is_written_by_id() -> None:
    contacts = [KnownContact(at, {**ADA, "id": str(at)}) for at in range(2)]
    wanted = ContactInput(sakari_id="0", mobile=NUMBERS[0], fields={"firstName": "B"})
    decision = decide(wanted, {"id": contacts[:1], "mobile": contacts}, Route("people", "contacts"))
    assert (decision.way, decision.body) == ("update", {"firstName": "B"})


def test_whom_several_keys_are_about_is_said_by_id_and_not_by_value() -> None:
    contacts = [KnownContact(at, {**ADA, "id": str(at)}) for at in range(9)]
    wanted = ContactInput(mobile=NUMBERS[0])
    settled = decide(wanted, {"mobile": contacts}, Route("people", "contacts")).settled
    assert settled
    assert settled.reason == Reason.AMBIGUOUS_MATCH
    assert "0, 1, 2, 3, 4 …" in str(settled.detail)
    assert NUMBERS[0] not in str(settled.detail)
