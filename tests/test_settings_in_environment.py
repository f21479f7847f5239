"""Settings from environment variables, and as text in files: each as its schema wants it."""

from __future__ import annotations

from typing import Any

import pytest

from sakari_client.command import read_booleans, read_environment
from sakari_client.errors import ConfigError
from sakari_client.settings_check import check_environment
from tap_sakari.tap import TapSakari
from target_sakari.target import TargetSakari
from tests.test_meltano_yml import settings

SETTINGS: dict[str, dict[str, Any]] = {
    "dry_run": {"type": "boolean"},
    "flatten": {"type": ["boolean", "null"]},
}


ACCOUNT = {"client_id": "a", "client_secret": "b", "account_id": "0123456789abcdef01234567"}

BOOLEANS = [
    (plugin, name)
    for plugin in (TapSakari, TargetSakari)
    for name, schema in settings(plugin.name).items()
    if "boolean" in schema["type"]
]


def read(text: str, name: str = "dry_run") -> object:
    return read_environment(SETTINGS, "X_", {f"X_{name.upper()}": text})[name]


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize(
    ("words", "value"),
    [
        (["true", "True ", " true", "\ttrue\n", "T", "YES", "y", "1", "on"], True),
        (["false", "False ", " FALSE", "f", "No", "n", "0", "off"], False),
    ],
)
def test_yes_and_no_have_several_words(name: str, words: list[str], value: bool) -> None:  # noqa: FBT001
    assert [read(one, name) for one in words] == [value] * len(words)


@pytest.mark.parametrize("slip", ["ture", "enabled", "", " ", "2", "yes please", "null"])
def test_what_is_neither_is_refused_and_not_taken_for_no(slip: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read(slip)
    assert str(caught.value) == "dry_run: must be true or false; look at X_DRY_RUN."


@pytest.mark.parametrize(("plugin", "name"), BOOLEANS)
def test_a_file_may_give_true_and_false_as_text(
    plugin: type[TapSakari | TargetSakari], name: str
) -> None:
    more = {"flattening_max_depth": 1}  # which flattening asks for
    for text, value in (("True", True), (" off", False), (True, True), (False, False)):
        assert plugin(config={**ACCOUNT, **more, name: text}).config[name] is value


@pytest.mark.parametrize(("plugin", "name"), BOOLEANS)
def test_a_slip_in_a_file_is_neither(plugin: type[TapSakari | TargetSakari], name: str) -> None:
    with pytest.raises(ConfigError) as caught:
        plugin(config={**ACCOUNT, name: "ture"})
    assert str(caught.value) == f"{name}: must be true or false."


def test_only_what_is_true_or_false_is_read_so() -> None:
    given = {"dry_run": "1", "flatten": None, "note": "yes", "streams": {"dry_run": "no"}}
    types = {**SETTINGS, "note": {"type": "string"}, "streams": {"type": "object"}}
    assert read_booleans(types, given) == {**given, "dry_run": True}


@pytest.mark.parametrize(
    ("plugin", "slip", "meant"),
    [
        (TargetSakari, "TARGET_SAKARI_DRYRUN", "TARGET_SAKARI_DRY_RUN"),
        (TargetSakari, "TARGET_SAKARI_MAX_MESAGES", "TARGET_SAKARI_MAX_MESSAGES"),
        (TapSakari, "TAP_SAKARI_API_ULR", "TAP_SAKARI_API_URL"),
    ],
)
def test_a_slip_in_a_variables_name_is_said_though_settings_come_from_a_file(
    monkeypatch: pytest.MonkeyPatch, plugin: type[TapSakari | TargetSakari], slip: str, meant: str
) -> None:
    monkeypatch.setenv(slip, "s3cret")
    with pytest.raises(ConfigError) as caught:
        plugin(config=ACCOUNT)
    assert str(caught.value) == f"{slip}: is no setting. Did you mean {meant}?"


@pytest.mark.parametrize(
    "variable",
    [
        "X_DRY_RUN",
        "X__REMINDERS_DRYRUN",  # these two Meltano makes, for settings of its own
        "X__DRYRUN",
        "X_B_DRY_RUN",  # of a plugin x-b, that inherits from x
        "X_CLIENT_ID_2",  # of another account
        "X_SOMETHING_ELSE",
        "XX_DRYRUN",
        "x_dryrun",
    ],
)
def test_variables_of_somebody_else_are_left_alone(variable: str) -> None:
    check_environment({"properties": SETTINGS}, "X_", {variable: "1"})
    with pytest.raises(ConfigError):
        check_environment({"properties": SETTINGS}, "X_", {variable: "1", "X_DRYRUN": "1"})
