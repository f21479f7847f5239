"""The docs say what the code does."""

from __future__ import annotations

import pytest

from devtools import load_tables, settings_table
from target_sakari.mapping.aliases import ALIASES
from target_sakari.reasons import Reason


def test_settings_tables_are_those_of_the_code() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    assert document == settings_table.render(document), "run python -m devtools.settings_table"


def test_every_setting_of_our_own_is_in_the_tables() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    for setting in ("client_id", "page_size", "filters", "circuit_breaker_cooldown"):
        assert f"`TAP_SAKARI_{setting.upper()}`" in document
    assert "`TARGET_SAKARI_CLIENT_SECRET`" in document
    assert "TARGET_SAKARI_PAGE_SIZE" not in document


def test_reasons_and_aliases_are_those_of_the_code() -> None:
    document = load_tables.DOCUMENT.read_text("utf-8")
    assert document == load_tables.render(document), "run python -m devtools.load_tables"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained(reason: Reason) -> None:
    assert f"| `{reason.value}` | {reason.meaning} |" in load_tables.DOCUMENT.read_text("utf-8")


def test_every_field_and_its_aliases_are_listed() -> None:
    document = load_tables.DOCUMENT.read_text("utf-8")
    for fields in ALIASES.values():
        for field, names in fields.items():
            assert f"| `{field}` | {', '.join(names)} |" in document
