"""Templates and campaigns: found by id or by exact name, and written only where that changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from sakari_client.client import SakariClient
from sakari_client.errors import AuthenticationError, ServerError
from target_sakari.mapping.others import NamedMapper
from target_sakari.others.named import NamedWriter
from target_sakari.reasons import Reason
from target_sakari.run import Run
from tests.client.reach import Sleeps
from tests.target.others import ATTEMPTS, brief, run_of, writes, written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sakari_emulator.server import EmulatorServer
    from target_sakari.mapping.inputs import NamedInput
    from target_sakari.routes import Item

Named = Literal["templates", "campaigns"]

NEW: dict[Named, dict[str, Any]] = {
    "templates": {"name": "Welcome", "type": "SMS", "template": "Hi {{firstName}}"},
    "campaigns": {
        "name": "Spring",
        "trigger": {"code": "M"},
        "template": "Hi {{{contact.firstName}}}",
        "filters": {"tags": ["vip"], "contacts": [], "attributes": []},
    },
}
BOTH = pytest.mark.parametrize("kind", list(NEW))


@pytest.fixture
def sakari(emulator: EmulatorServer, settings: dict[str, Any]) -> Iterator[SakariClient]:
    settings = {**settings, "max_retries": 1}
    with SakariClient.from_settings(settings, clock=Sleeps().clock, on_try=ATTEMPTS) as client:
        yield client


def mapped(item: Item) -> NamedInput:
    return NamedMapper(item.route).read(item.record)


def writer(sakari: SakariClient, kind: Named, *, dry_run: bool = False) -> NamedWriter:
    resource = sakari.templates if kind == "templates" else sakari.campaigns
    return NamedWriter(run_of(sakari, dry_run=dry_run), mapped, resource)


def record(kind: Named, sakari_id: str | None = None, **fields: Any) -> dict[str, Any]:
    return {"sakari_id": sakari_id, **NEW[kind], **fields}


def named(sakari: SakariClient, kind: Named, name: str) -> list[dict[str, Any]]:
    resource = sakari.templates if kind == "templates" else sakari.campaigns
    return [one for one in resource.list() if one.get("name") == name]


@BOTH
def test_one_that_is_not_there_is_created_and_then_known(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    changed = record(kind, template="Dear {{firstName}}")
    outcomes = written(writer(sakari, kind), kind, record(kind), record(kind), changed)
    assert brief(outcomes) == [
        ("create", "written", None),
        ("update", "unchanged", None),
        ("update", "written", None),
    ]
    (there,) = named(sakari, kind, NEW[kind]["name"])
    assert there["template"] == "Dear {{firstName}}"
    assert {one.sakari_id for one in outcomes} == {there["id"]}
    assert [one.attempts for one in outcomes] == [1, 0, 2]  # an update reads first
    assert writes(emulator) == ["POST", "PUT"]


@BOTH
def test_a_second_run_writes_nothing(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    written(writer(sakari, kind), kind, record(kind))
    assert brief(written(writer(sakari, kind), kind, record(kind))) == [
        ("update", "unchanged", None)
    ]
    assert writes(emulator) == ["POST"]


@BOTH
def test_an_id_comes_before_the_name_and_may_rename(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    (first,) = written(writer(sakari, kind), kind, record(kind))
    writing = writer(sakari, kind)
    renamed, by_new, by_old = written(
        writing,
        kind,
        record(kind, first.sakari_id, name="Autumn"),
        record(kind, name="Autumn"),
        record(kind),
    )
    assert (renamed.action, renamed.outcome) == ("update", "written")
    assert (by_new.outcome, by_new.sakari_id) == ("unchanged", first.sakari_id)
    assert (by_old.action, by_old.outcome) == ("create", "written")


@BOTH
def test_an_id_that_is_not_there_gives_way_to_the_name(sakari: SakariClient, kind: Named) -> None:
    (first,) = written(writer(sakari, kind), kind, record(kind))
    gone = "64b0c0ffee0000000000ffff"
    by_name, no_name = written(
        writer(sakari, kind),
        kind,
        record(kind, gone),
        {"sakari_id": gone, "template": "x"},
    )
    assert (by_name.outcome, by_name.sakari_id) == ("unchanged", first.sakari_id)
    assert (no_name.outcome, no_name.reason) == ("rejected", Reason.NOT_FOUND)


@BOTH
def test_two_of_one_name_are_no_guess(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    resource = sakari.templates if kind == "templates" else sakari.campaigns
    one, other = (resource.create(NEW[kind])["id"] for _ in "ab")
    (rejected, chosen) = written(
        writer(sakari, kind), kind, record(kind), record(kind, other, template="x")
    )
    assert (rejected.outcome, rejected.reason) == ("rejected", Reason.AMBIGUOUS_MATCH)
    assert rejected.detail is not None
    assert one in rejected.detail
    assert other in rejected.detail
    assert (chosen.outcome, chosen.sakari_id) == ("written", other)


@BOTH
def test_a_name_is_matched_whole(sakari: SakariClient, kind: Named) -> None:
    written(writer(sakari, kind), kind, record(kind))
    part = record(kind, name=NEW[kind]["name"][:-1])
    assert brief(written(writer(sakari, kind), kind, part)) == [("create", "written", None)]


@BOTH
def test_only_what_is_mentioned_changes(sakari: SakariClient, kind: Named) -> None:
    written(writer(sakari, kind), kind, record(kind))
    little = {"name": NEW[kind]["name"], "template": "x", "media": None}
    assert brief(written(writer(sakari, kind), kind, little, null_clears=True)) == [
        ("update", "written", None)
    ]
    (there,) = named(sakari, kind, NEW[kind]["name"])
    assert there["template"] == "x"
    for name in NEW[kind].keys() - {"template", "trigger"}:
        assert there[name] == NEW[kind][name], name


def test_tags_as_sakari_shows_them_are_the_same_tags(sakari: SakariClient) -> None:
    shown = {"tags": [{"tag": "vip", "visible": True}], "contacts": [], "attributes": []}
    sakari.campaigns.create({**NEW["campaigns"], "filters": shown})
    outcomes = written(writer(sakari, "campaigns"), "campaigns", record("campaigns"))
    assert brief(outcomes) == [("update", "unchanged", None)]


@BOTH
@pytest.mark.parametrize(
    ("mode", "there", "expected"),
    [
        ("create", False, ("create", "written", None)),
        ("create", True, ("create", "skipped", "exists")),
        ("update", False, ("update", "rejected", "not_found")),
        ("update", True, ("update", "unchanged", None)),
        ("delete", False, ("delete", "skipped", "already_absent")),
        ("delete", True, ("delete", "written", None)),
    ],
)
def test_modes(
    sakari: SakariClient,
    kind: Named,
    mode: str,
    *,
    there: bool,
    expected: tuple[str, str, str | None],
) -> None:
    if there:
        written(writer(sakari, kind), kind, record(kind))
    assert brief(written(writer(sakari, kind), kind, record(kind), mode=mode)) == [expected]
    kept = {"create": True, "update": there, "delete": False}[mode]
    assert bool(named(sakari, kind, NEW[kind]["name"])) is kept


@BOTH
def test_what_the_source_says_is_gone_is_deleted_if_asked(
    sakari: SakariClient, kind: Named
) -> None:
    gone = {**record(kind), "_sdc_deleted_at": "2026-11-28T00:00:00Z"}
    outcomes = written(writer(sakari, kind), kind, record(kind), gone, gone, delete=True)
    assert brief(outcomes) == [
        ("create", "written", None),
        ("delete", "written", None),
        ("delete", "skipped", "already_absent"),
    ]
    assert named(sakari, kind, NEW[kind]["name"]) == []


@BOTH
def test_a_dry_run_decides_alike_and_writes_nothing(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    records: tuple[dict[str, Any], ...] = (
        record(kind),
        record(kind),
        record(kind, template="x"),
        record(kind, template="x"),
        {**record(kind), "_sdc_deleted_at": "2026-11-28T00:00:00Z"},
        record(kind, name="Other"),
        {"template": "x"},
        {"name": 7},
    )
    dry = written(writer(sakari, kind, dry_run=True), kind, *records, delete=True)
    assert writes(emulator) == []
    real = written(writer(sakari, kind), kind, *records, delete=True)
    assert len(dry) == len(records)
    assert brief(dry) == [
        (action, "planned" if outcome == "written" else outcome, reason)
        for action, outcome, reason in brief(real)
    ]
    assert brief(real)[-2:] == [
        ("upsert", "rejected", "no_match_key"),
        ("upsert", "rejected", "invalid"),
    ]


@BOTH
def test_a_creation_without_a_clear_answer_is_looked_up_and_not_repeated(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    writing = writer(sakari, kind)
    emulator.switch(fail_after_accept_every=1)
    lost = written(writing, kind, record(kind))
    emulator.switch(fail_after_accept_every=0)
    again = written(writing, kind, record(kind))
    assert brief(lost + again) == [
        ("create", "unknown", "no_clear_answer"),
        ("update", "unchanged", None),
    ]
    assert len(named(sakari, kind, NEW[kind]["name"])) == 1


@BOTH
def test_a_deletion_whose_answer_is_lost_is_done(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    written(writer(sakari, kind), kind, record(kind))
    writing = writer(sakari, kind)
    written(writing, kind, record(kind))  # lists them
    emulator.switch(truncate_every=2)
    (deleted,) = written(writing, kind, record(kind), mode="delete")
    emulator.switch(truncate_every=0)
    assert (deleted.outcome, deleted.attempts) == ("written", 2)
    assert named(sakari, kind, NEW[kind]["name"]) == []


@BOTH
def test_a_deletion_that_had_to_wait_claims_nothing(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    written(writer(sakari, kind), kind, record(kind))
    writing = writer(sakari, kind)
    (found,) = written(writing, kind, record(kind))  # lists them
    resource = sakari.templates if kind == "templates" else sakari.campaigns
    resource.delete(str(found.sakari_id))
    emulator.switch(error_every=2, error_status=429)
    (deleted,) = written(writing, kind, record(kind), mode="delete")
    emulator.switch(error_every=0)
    assert (deleted.outcome, deleted.reason) == ("skipped", Reason.ALREADY_ABSENT)


@BOTH
def test_a_deletion_by_id_spares_a_namesake(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    written(writer(sakari, kind), kind, record(kind))
    (gone,) = written(writer(sakari, kind), kind, record(kind, "gone"), mode="delete")
    assert (gone.outcome, gone.reason) == ("skipped", Reason.ALREADY_ABSENT)
    assert len(named(sakari, kind, NEW[kind]["name"])) == 1


def test_a_refusal_is_the_records_own(emulator: EmulatorServer, sakari: SakariClient) -> None:
    wrong = record("templates", name="Odd", type="Fax")
    outcomes = written(writer(sakari, "templates"), "templates", wrong, record("templates"))
    assert brief(outcomes) == [("create", "rejected", "refused"), ("create", "written", None)]
    assert outcomes[0].attempts == 1


@BOTH
def test_a_list_that_cannot_be_read_is_nobodys_fault(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    emulator.switch(error_every=1)
    with pytest.raises(ServerError):
        written(writer(sakari, kind), kind, record(kind))


@BOTH
def test_refused_credentials_end_the_run(settings: dict[str, Any], kind: Named) -> None:
    with SakariClient.from_settings({**settings, "client_secret": "wrong"}) as sakari:
        with pytest.raises(AuthenticationError):
            written(writer(sakari, kind), kind, record(kind))


@BOTH
def test_no_further_record_is_begun_once_the_run_is_to_stop(
    emulator: EmulatorServer, sakari: SakariClient, kind: Named
) -> None:
    resource = sakari.templates if kind == "templates" else sakari.campaigns
    run = Run(sakari, lambda: bool(writes(emulator)))
    outcomes = written(
        NamedWriter(run, mapped, resource), kind, record(kind), record(kind, name="Other")
    )
    assert brief(outcomes) == [("create", "written", None)]
    assert named(sakari, kind, "Other") == []


def test_a_new_template_needs_a_text(sakari: SakariClient) -> None:
    outcomes = written(writer(sakari, "templates"), "templates", {"name": "Without"})
    assert brief(outcomes) == [("create", "rejected", "invalid")]
    assert named(sakari, "templates", "Without") == []
