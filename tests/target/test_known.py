"""The index of the account's contacts."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.contacts.known import KnownContacts, TemporaryFolderError
from target_sakari.exits import exit_code, is_explained

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_sakari.contacts.known import Key

ADA: dict[str, Any] = {
    "id": "1",
    "firstName": "Ada",
    "email": "Ada@Example.com ",
    "mobile": {"number": "+12125550123", "country": "US", "verified": True},
    "tags": [{"tag": "vip", "visible": True}],
    "attributes": {"plan": "pro"},
    "created": {"at": "2025-01-01"},
    "lists": [{"id": "9"}],
}


@pytest.fixture
def known() -> Iterator[KnownContacts]:
    index = KnownContacts()
    yield index
    index.close()


def names(known: KnownContacts, kind: Any, value: str) -> list[str]:
    return [one.record["firstName"] for one in known.find((kind, value))]


@pytest.mark.parametrize(
    "key", [("id", "1"), ("mobile", "+12125550123"), ("email", " ada@example.COM")]
)
def test_a_contact_is_found_by_each_key(known: KnownContacts, key: Key) -> None:
    known.add(ADA)
    [one] = known.find(key)
    assert one.sakari_id == "1"
    assert one.record == {
        **{name: ADA[name] for name in ("id", "firstName", "email", "tags", "attributes")},
        "mobile": {"number": "+12125550123", "country": "US"},
    }
    assert known.found([key, ("id", "2")]) == {"id": [], key[0]: [one]} | (
        {"id": []} if key[0] == "id" else {}
    )


@pytest.mark.parametrize(
    ("number", "country", "wanted", "found"),
    [
        ("(212) 555-0123", "US", "+12125550123", True),
        ("12125550123", None, "+12125550123", True),
        ("212 555 0123", None, "+12125550123", True),
        ("06 12 34 56 78", None, "+33612345678", True),
        ("06 12 34 56 78", None, "+33622345678", False),
        ("212 555 0124", None, "+12125550123", False),
        ("abc", None, "+12125550123", False),
        (None, None, "+12125550123", False),
    ],
)
def test_a_number_is_found_in_any_writing(
    known: KnownContacts, number: Any, country: Any, wanted: str, *, found: bool
) -> None:
    known.add({**ADA, "mobile": {"number": number, "country": country}})
    assert bool(known.find(("mobile", wanted))) is found


def test_what_is_known_is_newer_than_what_is_read(known: KnownContacts) -> None:
    known.add(ADA)
    [one] = known.find(("id", "1"))
    known.put({**one.record, "firstName": "Augusta"}, one.row)
    known.add(ADA)
    assert names(known, "id", "1") == ["Augusta"]
    known.renew(ADA)
    assert names(known, "mobile", "+12125550123") == ["Ada"]
    known.remove(one.row)
    known.add(ADA)
    known.renew(ADA)
    assert names(known, "id", "1") == []
    assert known.count() == 0
    known.put(ADA)  # it was made anew, and Sakari gave it the same id
    assert names(known, "id", "1") == ["Ada"]


def test_a_contact_moves_to_its_new_keys(known: KnownContacts) -> None:
    known.add(ADA)
    [one] = known.find(("id", "1"))
    moved = {"mobile": {"number": "+12125550124"}, "email": "new@example.com"}
    known.put({**one.record, **moved}, one.row)
    assert names(known, "mobile", "+12125550123") == names(known, "email", "ada@example.com") == []
    assert names(known, "mobile", "+12125550124") == names(known, "email", "new@example.com")


@pytest.mark.parametrize("take", ["add", "renew"])
def test_a_contact_made_without_an_id_gets_it_later(known: KnownContacts, take: str) -> None:
    nameless = {name: value for name, value in ADA.items() if name != "id"}
    row = known.put({**nameless, "firstName": "Augusta"})
    [one] = known.find(("mobile", "+12125550123"))
    assert (one.row, one.sakari_id) == (row, None)
    getattr(known, take)(ADA)
    [one] = known.find(("mobile", "+12125550123"))
    assert (one.row, one.sakari_id) == (row, "1")
    assert one.record["firstName"] == ("Augusta" if take == "add" else "Ada")


def test_a_contact_that_was_known_all_the_same_is_not_made_twice(known: KnownContacts) -> None:
    known.add(ADA)
    row = known.put({**ADA, "firstName": "Augusta"})
    [one] = known.find(("id", "1"))
    assert (one.row, one.record["firstName"]) == (row, "Augusta")
    assert known.count() == 1


@pytest.mark.parametrize("made_up", [None, "", "no-id-0123"])
def test_what_is_no_id_is_none(known: KnownContacts, made_up: Any) -> None:
    known.add({**ADA, "id": made_up})
    [one] = known.find(("mobile", "+12125550123"))
    assert one.sakari_id is None


def test_who_came_and_what_was_asked_is_remembered(known: KnownContacts) -> None:
    for at in range(3):
        known.add({"id": str(at), "firstName": str(at)})
    [one] = known.find(("id", "1"))
    known.see(one.row, brought=False)
    assert [other.sakari_id for other in known.unseen(blocked=False)] == ["0", "2"]
    assert (known.count(), known.count_unseen()) == (3, 2)
    for other in known.unseen(blocked=False):
        known.remove(other.row)
    assert (known.count(), known.count_unseen()) == (1, 0)
    assert not known.was_asked(("id", "7"))
    known.ask(("id", "7"))
    known.ask(("id", "7"))
    assert known.was_asked(("id", "7"))
    assert not known.was_asked(("email", "7"))
    assert [known.came_before("+1") for _ in range(3)] == [False, True, True]


def test_contacts_made_in_the_run_are_none_of_those_there(known: KnownContacts) -> None:
    known.add({"id": "1"})
    known.put({"id": "2", "mobile": {"number": "+12125550122"}})
    known.put(ADA | {"id": None})
    known.add(ADA | {"id": "3"})  # the nameless one
    assert (known.count(), known.count_unseen()) == (1, 1)


def test_who_opted_out_is_told_apart(known: KnownContacts) -> None:
    for at in range(3):
        known.add({"id": str(at), "blocked": "2026-01-01T00:00:00.000Z" if at == 1 else None})
    assert [one.sakari_id for one in known.unseen(blocked=False)] == ["0", "2"]
    [one] = known.unseen(blocked=True)
    assert (one.sakari_id, one.record["blocked"]) == ("1", "2026-01-01T00:00:00.000Z")
    assert (known.count(), known.count_unseen()) == (3, 2)


def test_who_was_brought_with_the_number_stays_so(known: KnownContacts) -> None:
    known.add(ADA)
    for brought, then in [(False, False), (True, True), (False, True)]:
        [one] = known.find(("id", "1"))
        known.see(one.row, brought=brought)
        assert known.find(("id", "1"))[0].brought is then


def test_who_is_not_found_by_id_is_gone_and_so_is_who_has_none(known: KnownContacts) -> None:
    known.add(ADA)
    known.lose(("mobile", "+12125550123"))  # the number may have been changed
    assert names(known, "id", "1") == ["Ada"]
    known.lose(("id", "1"))
    assert names(known, "mobile", "+12125550123") == []
    known.put(ADA | {"id": None})
    known.lose(("mobile", "+12125550123"))
    assert names(known, "mobile", "+12125550123") == []


def test_values_come_back_as_they_were(known: KnownContacts) -> None:
    attributes = {"n": 5, "f": 0.1, "big": 2**80, "t": True, "o": {"a": [1, None, "é😀"]}}
    known.add({"id": "1", "attributes": attributes})
    assert known.find(("id", "1"))[0].record["attributes"] == attributes


@contextlib.contextmanager
def small_files(size: int) -> Iterator[None]:
    """No file of this process grows beyond a size, as on a disk that is full."""
    resource = pytest.importorskip("resource")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_temporary_folder_that_is_full_is_said_to_be(known: KnownContacts) -> None:
    def fill() -> None:
        for at in range(100_000):
            known.add({**ADA, "id": str(at)})

    with small_files(200_000), pytest.raises(TemporaryFolderError, match="TMPDIR") as caught:
        fill()
    assert is_explained(caught.value)
    assert exit_code(caught.value) == 1
