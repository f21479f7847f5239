"""The settings of sends."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sakari_client.errors import ConfigError
from target_sakari.guards.caps import Limits
from target_sakari.guards.quiet_hours import QuietHours
from target_sakari.routing import Routing
from target_sakari.send_settings import SendSettings
from target_sakari.target import TargetSakari

Settings = dict[str, Any]


def send_settings(settings: Settings, **more: Any) -> SendSettings:
    return SendSettings.from_settings(TargetSakari(config={**settings, **more}).config)


def test_nothing_is_sent_unless_that_is_asked_for(settings: Settings) -> None:
    assert send_settings(settings) == SendSettings(
        send_enabled=False,
        ledger_url=None,
        new_ledger=True,
        send_window_hours=24,
        delivery="at_most_once",
        resend_unknown=False,
        unknown_grace_seconds=300,
        recipients_per_request=100,
        deferred_path=None,
        media_folder=None,
        max_media_mb=5,
        check_balance=True,
        check_consent=True,
        require_opt_in=False,
        skip_landlines=True,
        quiet_hours=None,
        refuse_stop_words=True,
        opt_out_word=None,
        max_per_recipient_per_day=None,
        limits=Limits(),
        plain_characters=False,
    )


def test_settings_as_they_are_in_the_environment(settings: Settings) -> None:
    made = send_settings(
        settings,
        send_window_hours="0.5",
        max_cost=" 12.10 ",
        max_messages=5,
        quiet_hours="21:00-8:00",
        require_opt_out_text=True,
        opt_out_word=" ARRET ",
        deferred_path="~/later.singer",
        ledger_url=" ",
    )
    assert made.send_window_hours == 0.5
    assert made.limits == Limits(5, None, Decimal("12.10"))
    assert made.quiet_hours == QuietHours(time(21), time(8))
    assert made.opt_out_word == "ARRET"
    assert made.deferred_path == Path("~/later.singer").expanduser()
    assert made.ledger_url is None


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"quiet_hours": "late"}, "quiet_hours: must be two different times of day"),
        ({"quiet_hours_zone": "Mars"}, "quiet_hours_zone: must be a time zone"),
        ({"max_cost": "much"}, "max_cost: must be a number from 0 to"),
        ({"max_cost": -1}, "max_cost: must be 0 or more"),
        ({"max_media_mb": "0"}, "max_media_mb: must be more than 0"),
        ({"delivery": "twice"}, "delivery: must be one of at_most_once, at_least_once"),
        ({"recipients_per_request": 0}, "recipients_per_request: must be 1 or more"),
        ({"send_enabled": "yess"}, "send_enabled: must be true or false"),
        ({"opt_out_word": " "}, "opt_out_word: must not be empty"),
        ({"check_consent": False, "require_opt_in": True}, "check_consent: must be true"),
        ({"deferred_path": "a", "rejects_path": "a"}, "deferred_path: is the same file as rej"),
        ({"deferred_path": "a", "outcomes_path": "a"}, "deferred_path: is the same file as out"),
        ({"streams": {"sends": {"mode": "update"}}}, "streams.sends.mode: means nothing"),
        ({"streams": {"contacts": {"send_key": "a"}}}, "streams.contacts.send_key: means nothi"),
        (
            {"streams": {"contacts": {"allow_history": True}}},
            "allow_history: means nothing",
        ),
        ({"streams": {"sends": {"send_key": " "}}}, "streams.sends.send_key: must not be empty"),
        ({"streams": {"sends": {"fields": {"text": "a"}}}}, "streams.sends.fields.text: messages"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    settings: Settings, more: Settings, said: str
) -> None:
    with pytest.raises(ConfigError) as failed:
        TargetSakari(config={**settings, **more})
    assert said in str(failed.value)
    assert "\n" not in str(failed.value)


def test_streams_of_texts(settings: Settings) -> None:
    entry = {"to": "messages", "send_key": "order", "allow_history": True}
    routing = Routing(TargetSakari(config={**settings, "streams": {"crm": entry}}).config)
    routes = [routing.route(stream) for stream in ("messages", "sends", "crm")]
    assert [one.to for one in routes if one] == ["messages"] * 3
    found = [(one.send_key, one.allow_history) for one in routes if one]
    assert found == [(None, False), (None, False), ("order", True)]
