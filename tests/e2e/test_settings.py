"""Real Meltano: a slip in a variable ends the run, and makes no dry run a real one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from devtools.meltano import Meltano

if TYPE_CHECKING:
    from pathlib import Path

_ACCOUNT = {
    "TARGET_SAKARI_CLIENT_ID": "nobody",
    "TARGET_SAKARI_CLIENT_SECRET": "nothing",
    "TARGET_SAKARI_ACCOUNT_ID": "0123456789abcdef01234567",
}


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("TARGET_SAKARI_DRY_RUN", "dry_run: must be true or false."),
        ("TARGET_SAKARI__REMINDERS_CHECK_CONSENT", "check_consent: must be true or false."),
        ("TARGET_SAKARI_DRYRUN", "Did you mean TARGET_SAKARI_DRY_RUN?"),
    ],
)
def test_a_slip_in_a_value_or_a_name_is_refused(tmp_path: Path, variable: str, said: str) -> None:
    meltano = Meltano(tmp_path, {**_ACCOUNT, variable: "ture"})
    run = meltano("slip", "invoke", "target-sakari--reminders")
    assert run.exit_code == 1
    assert said in run.last_words()


@pytest.mark.parametrize("word", ["true", "Off"])
def test_true_and_false_arrive_from_a_variable(tmp_path: Path, word: str) -> None:
    paths = {
        f"TARGET_SAKARI__REMINDERS_{name}_PATH": str(tmp_path / name)
        for name in ("OUTCOMES", "REJECTS", "DEFERRED")
    }
    meltano = Meltano(tmp_path, {**_ACCOUNT, **paths, "TARGET_SAKARI_DRY_RUN": word})
    run = meltano(word, "invoke", "target-sakari--reminders")  # which gets no input
    assert run.exit_code == 0, run.last_words()
    assert f'"dry_run": {"true" if word == "true" else "false"}' in run.last_words()
