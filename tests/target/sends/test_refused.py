"""What Sakari refuses or fails at for one text is that text's own, and ends no run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.errors import AccessDeniedError, NotFoundError
from sakari_emulator import answers
from tests.target.run import record, state
from tests.target.sends.sending import Sending, number, sends

if TYPE_CHECKING:
    from starlette.responses import Response

    from tests.target.sends.watched_account import WatchedAccount


def refusal(code: str, status: int) -> Response:
    return answers.json({"success": False, "error": {"code": code, "message": "No"}}, status)


@pytest.mark.parametrize(
    ("status", "refused"),
    # All three, then the second and the third, then the third; after a 403 with a new token too.
    [(404, {1, 3, 5}), (403, {1, 2, 4, 5, 7, 8})],
)
@pytest.mark.parametrize("code", ["CONT-001", "CONV-001", "INT-002", "MSG-018"])
def test_a_code_of_one_text_is_its_own_whatever_the_status(
    sending: Sending, account: WatchedAccount, status: int, refused: set[int], code: str
) -> None:
    account.watch(arrived=lambda at: refusal(code, status) if at in refused else None)
    done = sending.run([*sends(3), state(1)], concurrency=1)
    assert done.ended == ["written", "written", "rejected refused"]
    assert code in done.outcomes[-1]["detail"]
    assert done.states == [1]
    assert [one.code for one in sending.entries() if one.status == "rejected"] == [code]
    assert sending.run(sends(3)).ended[-1] == "rejected already_rejected"


@pytest.mark.parametrize(("status", "error"), [(403, AccessDeniedError), (404, NotFoundError)])
@pytest.mark.parametrize("code", ["EMU-001", "ACCT-008"])
def test_without_such_a_code_it_is_the_whole_runs(
    sending: Sending, account: WatchedAccount, status: int, error: type[Exception], code: str
) -> None:
    account.watch(arrived=lambda _: refusal(code, status))
    done = sending.run([*sends(3), state(1)])
    assert isinstance(done.error, error)
    assert done.states == []
    assert not sending.entries()


def test_what_could_not_be_got_ready_is_not_unknown(
    sending: Sending, account: WatchedAccount
) -> None:
    (sending.folder / "media").mkdir()
    (sending.folder / "media" / "a.jpg").write_bytes(b"x")
    calm: dict[str, Any] = {
        "fields": ("id", "mobile", "text", "template_id", "media"),
        "media_folder": str(sending.folder / "media"),
        "check_balance": False,
        "max_retries": 0,
    }
    with_file = record("sends", id=1, mobile=number(1), text="Hello", media="a.jpg")
    of_template = record("sends", id=2, mobile=number(2), template_id="f" * 24)
    account.switch(error_every=1, error_status=500)
    unseen = sending.run([with_file, of_template], **calm, check_consent=False)
    assert unseen.ended == ["rejected failed"] * 2
    to_tag = record("sends", id=3, tags="vip", text="Hello")
    tagged = sending.run([to_tag], **{**calm, "fields": ("id", "tags", "text")})
    assert tagged.ended == ["rejected failed"]
    assert not sending.entries()
    account.switch(error_every=0)
    assert sending.run([with_file], **calm).ended == ["written"]


@pytest.mark.parametrize(
    "mended", [{"phone_number_group": "f" * 24}, {"conversation_strategy": "enforced"}]
)
def test_what_was_refused_is_asked_again_once_how_it_is_sent_is_mended(
    sending: Sending, account: WatchedAccount, mended: dict[str, str]
) -> None:
    fields = ("id", "mobile", "text", *mended)
    wrong = record("sends", id=1, mobile=number(0), text="Hello", **dict.fromkeys(mended, "wrong"))
    account.watch(arrived=lambda at: refusal("EMU-001", 400) if at == 1 else None)
    assert sending.run([wrong], fields=fields).ended == ["rejected refused"]
    assert sending.run([wrong], fields=fields).ended == ["rejected already_rejected"]
    right = record("sends", id=1, mobile=number(0), text="Hello", **mended)
    assert sending.run([right], fields=fields).ended == ["written"]
    assert sending.run([wrong], fields=fields).ended == ["skipped already_sent"]
    assert [one.tries for one in sending.entries()] == [2]
