from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.cli.outcomes import outcomes
from sakari_client.resources.sent import read_result
from sakari_emulator.rows import Mobile
from tests.odd_server import answer, odd_server

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    from sakari_client.client import SakariClient
    from sakari_emulator.server import EmulatorServer

    Run = Callable[..., Result]

NUMBER = "+12125550199"
SEND = ("send", "--to", NUMBER, "--text", "Hello there")


def sent(emulator: EmulatorServer) -> int:
    return len(emulator.ids("messages")) - 250


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_text_is_sent_to_all_and_each_is_told(
    run: Run, client: SakariClient, emulator: EmulatorServer
) -> None:
    result = run(*SEND, "--to", "+1 212 555 0188", "--yes")
    assert result.exit_code == 0, result.stderr
    first, second = rows(result)
    assert (first["to"], first["status"]) == (NUMBER, "accepted")
    assert second["to"] == "+12125550188"
    assert client.messages.get(first["messageId"])["message"] == "Hello there"
    assert "2 accepted, 0 rejected, 0 unknown; estimated price 0.1" in result.stderr
    assert sent(emulator) == 2


def test_who_gets_what_is_said_with_numbers_masked(run: Run) -> None:
    more = [part for last in range(10, 14) for part in ("--to", f"+121255501{last}")]
    said = run(*SEND, *more, "--dry-run").stderr
    assert "To 5 recipients: +1212*****99, +1212*****10, +1212*****11, and 2 more" in said
    assert "Text: 11 characters, 1 segment (GSM-7)" in said
    assert "Balance: 250.0, enough for 5000 segments" in said
    assert "Hello" not in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a" * 161, "Text: 161 characters, 2 segments (GSM-7)\n"),
        ("Grüße — Zoë", "Text: 11 characters, 1 segment (UCS-2)\n"),
        ("a", "Text: 1 character, 1 segment (GSM-7)\n"),
        ("Hi {{firstName}}", "Text: 16 characters, about 1 segment (GSM-7)\n"),
    ],
)
def test_what_a_text_costs_each_recipient_is_said(run: Run, text: str, said: str) -> None:
    assert said in run("send", "--to", NUMBER, "--text", text, "--dry-run").stderr


def test_a_balance_that_cannot_be_read_does_not_matter(run: Run, emulator: EmulatorServer) -> None:
    emulator.switch(error_every=1, error_status=403)
    result = run(*SEND, "--dry-run")
    assert result.exit_code == 0
    assert "Balance: cannot be read" in result.stderr


def test_a_balance_that_is_not_enough_is_said_before_the_question(
    run: Run, emulator: EmulatorServer
) -> None:
    more = ("--to", "+12125550188", "--dry-run")
    emulator.account.balance = 0.15
    said = "The balance is not enough: it is enough for 3 segments; this takes about 4.\n"
    assert said in run("send", "--to", NUMBER, "--text", "a" * 161, *more).stderr
    assert "not enough" not in run("send", "--to", NUMBER, "--text", "a", *more).stderr


def test_a_balance_without_segments_names_none(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with odd_server(answer(b'{"success": true, "data": {"balance": 7.5}}')) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        assert "Balance: 7.5\n" in run(*SEND, "--dry-run").stderr


def test_a_dry_run_sends_nothing_whatever_else_is_said(
    run: Run, emulator: EmulatorServer, tmp_path: Path
) -> None:
    picture = tmp_path / "a.png"
    picture.write_bytes(b"x")
    result = run(*SEND, "--media-file", str(picture), "--dry-run", "--yes")
    assert rows(result) == [{"to": NUMBER, "status": "planned"}]
    assert "and 1 media" in result.stderr
    assert sent(emulator) == 0
    assert not [one for one in emulator.requests if one.method == "POST" and "v1" in one.path]


def test_without_a_terminal_it_must_be_told_not_to_ask(run: Run, emulator: EmulatorServer) -> None:
    result = run(*SEND, input="y\n")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "give --yes to go ahead. Nothing was sent." in result.stderr
    assert sent(emulator) == 0


def test_to_all_who_have_a_tag(run: Run, client: SakariClient, emulator: EmulatorServer) -> None:
    able = [one for one in client.contacts.list({"tags": "vip"}) if "blocked" not in one]
    planned = rows(run("send", "--tag", "vip", "--text", "x", "--dry-run"))
    numbers = {one["mobile"]["number"] for one in able}
    assert numbers <= {one["to"] for one in planned}
    result = run("send", "--tag", "vip", "--text", "x", "--yes")
    accepted = {one["to"] for one in rows(result) if one["status"] == "accepted"}
    assert accepted == numbers
    assert result.exit_code == (0 if len(able) == len(planned) else 1)
    assert sent(emulator) == len(able)


def test_a_refused_recipient_is_told_with_the_code(
    run: Run, client: SakariClient, emulator: EmulatorServer
) -> None:
    blocked = next(one for one in client.contacts.list() if one.get("blocked"))
    result = run(*SEND, "--contact", blocked["id"], "--yes")
    assert result.exit_code == 1
    assert [(one["status"], one["code"]) for one in rows(result)] == [
        ("accepted", None),
        ("rejected", "CONT-010"),
    ]
    assert sent(emulator) == 1


def test_to_a_conversation_with_media_from_a_group(
    run: Run, client: SakariClient, tmp_path: Path
) -> None:
    able = {one["id"] for one in client.contacts.list() if "blocked" not in one}
    conversation = next(
        one["id"] for one in client.conversations.list() if one["contact"]["id"] in able
    )
    picture, text = tmp_path / "a.png", tmp_path / "text"
    picture.write_bytes(b"x")
    text.write_text("Grüße\n", "utf-8")
    result = run(
        "send", "--conversation", conversation, "--text-file", str(text), "--media-file",
        str(picture), "--media", "https://media.example.com/b.png", "--group", "a" * 24, "--yes",
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    (row,) = rows(result)
    message = client.messages.get(row["messageId"])
    assert (message["message"], message["type"]) == ("Grüße", "mms")
    assert message["conversation"]["id"] == conversation
    assert message["group"] == {"id": "a" * 24}
    assert message["media"][0] == {"url": "https://media.example.com/b.png"}
    assert len(message["media"]) == 2


def test_nobody_knows_has_a_code_of_its_own(run: Run, emulator: EmulatorServer) -> None:
    emulator.switch(fail_after_accept_every=1)
    result = run(*SEND, "--yes")
    assert (result.exit_code, result.stdout) == (3, "")
    last = result.stderr.splitlines()[-1]
    assert "The text may have been sent all the same. Look before you send again: sakari" in last
    assert "messages.list" not in last
    assert sent(emulator) == 1


def test_a_send_that_failed_for_certain_says_so(run: Run, emulator: EmulatorServer) -> None:
    emulator.switch(success_false_every=2)  # the first asks for the balance
    result = run(*SEND, "--yes")
    assert result.exit_code == 1
    assert result.stderr.endswith(" Nothing was sent.\n")
    assert sent(emulator) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", NUMBER), "either --text or --text-file"),
        (("--to", NUMBER, "--text", " "), "empty"),
        (("--to", NUMBER, "--text", "caf\udce9", "--dry-run"), "the text is not UTF-8"),
        (("--to", NUMBER, "--text", "caf\udce9"), "the text is not UTF-8"),
        (("--text", "x"), "nobody to send to"),
        (("--to", NUMBER, "--to", "+1 212 5550199", "--text", "x"), "twice"),
        (("--contact", "a", "--contact", " a", "--text", "x"), "twice"),
        (("--to", "0199", "--text", "x"), "cannot be a phone number"),
        (("--to", f"x {NUMBER} y", "--text", "x"), "cannot be a phone number"),
        (("--tag", "", "--text", "x"), "'--tag': it is empty"),
        (("--to", NUMBER, "--contact", "", "--text", "x"), "'--contact': it is empty"),
        (("--to", NUMBER, "--conversation", " ", "--text", "x"), "'--conversation': it is empty"),
        (("--to", NUMBER, "--media", "", "--text", "x"), "'--media': it is empty"),
        (("--to", NUMBER, "--group", "", "--text", "x"), "'--group': it is empty"),
    ],
)
def test_what_cannot_be_sent_is_refused(
    run: Run, emulator: EmulatorServer, arguments: tuple[str, ...], said: str
) -> None:
    result = run("send", *arguments, "--yes")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert sent(emulator) == 0


def test_whom_sakari_counts_but_does_not_list_is_a_row_too() -> None:
    asked = [{"contact": {"mobile": {"number": NUMBER}}}]
    message = {"id": "1", "contact": {"mobile": {"number": NUMBER}}}
    data = {"requested": 5, "valid": 5, "messages": [message]}
    result = read_result(asked, data, filtered=True)
    told = [(one["to"], one["status"]) for one in outcomes(result)]
    assert told == [(NUMBER, "accepted"), ("4 more", "accepted")]
    data["valid"] = 3
    assert outcomes(read_result(asked, data, filtered=True))[1]["status"] == "unknown"


@pytest.mark.parametrize(
    ("requested", "valid", "invalid", "expected"),
    [
        (2, 2, 0, ["accepted", "accepted"]),  # the one who was named, and `1 more`
        (3, 2, 1, ["unknown", "rejected", "accepted"]),  # whoever is refused may be the one named
        (1, 1, 0, ["accepted"]),
        (3, 2, 0, ["unknown", "unknown"]),
        (3, 1, 1, ["unknown", "rejected", "unknown"]),
        (0, 0, 0, ["unknown"]),
    ],
)
def test_the_counts_are_believed_for_those_named_and_those_found_alike(
    requested: int, valid: int, invalid: int, expected: list[str]
) -> None:
    asked = [{"contact": {"mobile": {"number": NUMBER}}}]
    refused = [{"id": "b", "error": {"code": "CONT-010"}}][:invalid]
    data = {"requested": requested, "valid": valid, "invalid": refused}
    told = outcomes(read_result(asked, data, filtered=True))
    assert [one["status"] for one in told] == expected


def test_an_answer_that_tells_nothing_of_those_found_is_unknown() -> None:
    assert [one["status"] for one in outcomes(read_result([], {"jobId": "1"}))] == ["unknown"]


@pytest.mark.parametrize("way", ["--to", "--contact"])
def test_who_is_named_and_has_the_tag_is_not_texted_twice(
    run: Run, client: SakariClient, emulator: EmulatorServer, way: str
) -> None:
    made = client.contacts.create({"mobile": {"number": NUMBER}, "tags": [{"tag": "only-here"}]})
    whom = NUMBER if way == "--to" else made["id"]
    result = run("send", way, whom, "--tag", "only-here", "--text", "x", "--yes")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "has the tag only-here too" in result.stderr
    assert result.stderr.count("\n") == 1
    assert sent(emulator) == 0


def test_contacts_of_one_number_behind_a_tag_are_said_before_it_is_sent(
    run: Run, emulator: EmulatorServer
) -> None:
    several = list(emulator.account.contacts)[:4]
    for row in several:
        row.tags = [{"tag": "only-here", "visible": True}]
    said = "share a phone number"
    assert said not in run("send", "--tag", "only-here", "--text", "x", "--dry-run").stderr
    for row in several[:3]:
        emulator.account.contacts.give(row, Mobile(NUMBER, NUMBER, "US"))
    unclear: Any = ("(212) 555-0199", "(212) 555-0199", None)  # the country may not be known
    emulator.account.contacts.give(several[2], Mobile(*unclear))
    result = run("send", "--tag", "only-here", "--text", "x")
    assert result.exit_code == 2
    assert "3 of them share a phone number with another contact" in result.stderr
    assert sent(emulator) == 0


def test_a_tag_that_nobody_has_ends_it(run: Run, emulator: EmulatorServer) -> None:
    result = run(*SEND, "--tag", "no-such-tag", "--yes")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "sakari: nobody has the tag no-such-tag. Nothing was sent.\n"
    assert sent(emulator) == 0


def test_a_refused_send_shows_what_sakari_says(run: Run, emulator: EmulatorServer) -> None:
    result = run("send", "--conversation", "nope", "--text", "x", "--yes")
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert last.endswith(' Sakari says: "Invalid conversation id". Nothing was sent.')


def test_what_sakari_says_is_fit_for_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    words = f"No\x1b[31m credit for {NUMBER}" + "!" * 300
    body = json.dumps({"success": False, "error": {"code": "ACCT-006", "message": words}})
    with odd_server(answer(body.encode(), "400 Bad Request")) as server:
        monkeypatch.setenv("TAP_SAKARI_API_URL", server.url)
        result = run(*SEND, "--yes")
    assert result.exit_code == 1
    last = result.stderr.splitlines()[-1]
    assert 'Sakari says: "No\\x1b[31m credit for +1212*****99!!!' in last
    assert last.endswith('!…". Nothing was sent.')
    assert last.count("!") < 200


def test_a_conversation_whose_contact_is_blocked_is_one_row(
    run: Run, client: SakariClient, emulator: EmulatorServer
) -> None:
    conversation = next(row for row in emulator.account.conversations if row.contact)
    assert conversation.contact is not None
    contact = emulator.account.contacts.find(conversation.contact.id)
    assert contact is not None
    contact.blocked = "2025-06-01T00:00:00.000Z"
    result = run("send", "--conversation", conversation.id, "--text", "x", "--yes")
    assert result.exit_code == 1
    assert [(one["to"], one["code"]) for one in rows(result)] == [
        (f"conversation {conversation.id}", "CONT-010")
    ]


def test_a_failed_message_of_one_whom_filters_found_is_rejected_once() -> None:
    message = {"id": "1", "status": "error", "contact": {"id": "a"}, "error": {"code": "MSG-020"}}
    data = {"requested": 1, "valid": 1, "messages": [message], "invalid": [{"id": "a"}]}
    (row,) = outcomes(read_result([], data, filtered=True))
    assert (row["to"], row["status"], row["code"]) == ("contact a", "rejected", "MSG-020")


def test_a_count_of_all_does_not_tell_who_of_them_it_is() -> None:
    asked = [{"contact": {"mobile": {"number": NUMBER}}}]
    told = outcomes(read_result(asked, {"requested": 3, "valid": 2}, filtered=True))
    assert [one["status"] for one in told] == ["unknown", "unknown"]
