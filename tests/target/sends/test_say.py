"""A run says which limits and guards it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from target_sakari.sends.say import in_force
from tests.target.run import log_of
from tests.target.sends.sending import sends
from tests.target.test_send_settings import send_settings

if TYPE_CHECKING:
    from tests.target.sends.sending import Sending


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {},
            ("no limits, check_consent, skip_landlines, refuse_stop_words, check_balance; "
            "off: quiet_hours, require_opt_in, require_opt_out_text"),
        ),
        (
            {
                "max_messages": 1000, "max_segments": 2000, "max_per_recipient_per_day": 2,
                "quiet_hours": "21:00-8:00", "require_opt_out_text": True,
            },
            ("max_messages 1000, max_segments 2000, max_per_recipient_per_day 2, "
            "quiet_hours 21:00-08:00, check_consent, skip_landlines, refuse_stop_words, "
            "require_opt_out_text STOP, check_balance; off: require_opt_in"),
        ),
        (
            # Landlines are known by the same look-up.
            {"max_cost": "0", "check_consent": False, "check_balance": False},
            ("max_cost 0, refuse_stop_words; off: quiet_hours, check_consent, require_opt_in, "
            "skip_landlines, require_opt_out_text, check_balance"),
        ),
        (
            {"quiet_hours": "0:00-1:00", "require_opt_in": True, "require_opt_out_text": True},
            ("no limits, quiet_hours 00:00-01:00, check_consent, require_opt_in, skip_landlines, "
            "refuse_stop_words, require_opt_out_text STOP, check_balance"),
        ),
    ],
)  # fmt: skip
def test_it_names_what_is_set_and_what_is_off(
    settings: dict[str, Any], more: dict[str, Any], said: str
) -> None:
    assert in_force(send_settings(settings, **more)) == said


@pytest.mark.parametrize("dry", [True, False])
def test_it_is_said_once_whatever_the_batches(sending: Sending, *, dry: bool) -> None:
    with log_of("target_sakari.sends.writer") as log:
        sending.run(sends(3), batch_size_rows=1, check_balance=False, dry_run=dry)
    assert [line for line in log if "check_balance" in line] == [
        (
            "sends: no limits, check_consent, skip_landlines, refuse_stop_words; off: quiet_hours, "
            "require_opt_in, require_opt_out_text, check_balance."
        )
    ]


def test_it_is_said_before_the_first_text(sending: Sending) -> None:
    with log_of("target_sakari.sends.writer") as log:
        done = sending.run(sends(1), client_secret="wrong")
    assert done.error
    assert any(line.startswith("sends: no limits") for line in log)
