"""Templates and campaigns: written, changed and removed, whatever form the server answers in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import AmbiguousError, InvalidInputError, NotFoundError
from tests.client.reach import Sleeps, odd
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_client.resources.campaigns import Campaigns
    from sakari_client.resources.templates import Templates
    from sakari_emulator.server import EmulatorServer

NEW: dict[str, dict[str, Any]] = {
    "templates": {"name": "Welcome", "type": "SMS", "template": "Hi {{firstName}}"},
    "campaigns": {
        "name": "Spring",
        "trigger": {"code": "M"},
        "template": "Hi {{{contact.firstName}}}",
        "filters": {"tags": ["vip"], "contacts": [], "attributes": []},
    },
}
BOTH = pytest.mark.parametrize("name", list(NEW))


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    with SakariClient.from_settings(settings, clock=Sleeps().clock) as client:
        yield client


def of(sakari: SakariClient, name: str) -> Templates | Campaigns:
    return sakari.templates if name == "templates" else sakari.campaigns


def puts(emulator: EmulatorServer) -> int:
    return sum(one.method == "PUT" for one in emulator.requests)


@BOTH
@pytest.mark.parametrize("form", ["object", "array"])
@pytest.mark.parametrize("status", [200, 201])
def test_what_is_created_can_be_read(
    emulator: EmulatorServer, sakari: SakariClient, name: str, form: str, status: int
) -> None:
    emulator.switch(template_create_answer=form, create_status=status)
    created = of(sakari, name).create(NEW[name])
    read = of(sakari, name).get(created["id"])
    assert read["name"] == NEW[name]["name"]
    assert read["template"] == NEW[name]["template"]
    assert created["id"] in emulator.ids(name)


@BOTH
@pytest.mark.parametrize("put", ["replace", "merge"])
def test_an_update_erases_nothing(
    emulator: EmulatorServer, sakari: SakariClient, name: str, put: str
) -> None:
    emulator.switch(put=put)
    created = of(sakari, name).create(NEW[name])
    updated = of(sakari, name).update(created["id"], {"name": "Autumn"})
    read = of(sakari, name).get(created["id"])
    assert updated["name"] == read["name"] == "Autumn"
    for field in NEW[name].keys() - {"name"}:
        assert read[field] == created[field], field


@BOTH
def test_an_update_that_changes_nothing_writes_nothing(
    emulator: EmulatorServer, sakari: SakariClient, name: str
) -> None:
    created = of(sakari, name).create(NEW[name])
    assert of(sakari, name).update(created["id"], {"name": created["name"]})["id"] == created["id"]
    assert puts(emulator) == 0


@BOTH
def test_replace_writes_what_is_given(
    emulator: EmulatorServer, sakari: SakariClient, name: str
) -> None:
    created = of(sakari, name).create(NEW[name])
    replaced = of(sakari, name).replace(created["id"], {**NEW[name], "id": "x", "name": "Autumn"})
    assert replaced["id"] == created["id"]
    assert replaced["name"] == "Autumn"
    assert puts(emulator) == 1


@BOTH
@pytest.mark.parametrize("status", [200, 204])
def test_deleting_is_done_once_it_is_done(
    emulator: EmulatorServer, sakari: SakariClient, name: str, status: int
) -> None:
    emulator.switch(delete_status=status)
    created = of(sakari, name).create(NEW[name])
    assert of(sakari, name).delete(created["id"]) is True
    assert of(sakari, name).delete(created["id"]) is False
    with pytest.raises(NotFoundError):
        of(sakari, name).get(created["id"])


@BOTH
def test_a_creation_whose_answer_is_lost_is_not_repeated(
    emulator: EmulatorServer, sakari: SakariClient, name: str
) -> None:
    before = len(emulator.ids(name))
    emulator.switch(fail_after_accept_every=1)
    with pytest.raises(AmbiguousError, match=f"look up the name with {name}.list"):
        of(sakari, name).create(NEW[name])
    assert len(emulator.ids(name)) == before + 1


@BOTH
def test_what_is_not_there_is_said(sakari: SakariClient, name: str) -> None:
    with pytest.raises(NotFoundError, match="There is no such record"):
        of(sakari, name).update("64b0c0ffee0000000000ffff", {"name": "x"})


@BOTH
@pytest.mark.parametrize("body", [b"", b'{"success": true}'])
def test_a_creation_that_is_answered_without_a_record_is_done(name: str, body: bytes) -> None:
    with odd_server(answer(body)) as server:
        sakari = SakariClient(odd(server.url, max_retries=3).config)
        assert of(sakari, name).create(NEW[name]) == NEW[name]
    assert sum(head.startswith("POST /v1/accounts") for head in server.heads) == 1


@BOTH
@pytest.mark.parametrize("field", ["id", "created", "updated"])
def test_an_update_of_what_is_sakaris_is_refused(
    emulator: EmulatorServer, sakari: SakariClient, name: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        of(sakari, name).update("64b0c0ffee0000000000ffff", {field: "x"})
    assert caught.value.field == field
    with pytest.raises(InvalidInputError, match="the record must be an object"):
        of(sakari, name).create(None)  # type: ignore[arg-type]
    assert not emulator.requests
