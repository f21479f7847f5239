"""Settings from environment variables: each as its schema wants it, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from sakari_client.command import read_environment
from sakari_client.errors import ConfigError

SETTINGS: dict[str, dict[str, Any]] = {
    "dry_run": {"type": "boolean"},
    "flatten": {"type": ["boolean", "null"]},
}


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
