"""The docs say what the code does."""

from __future__ import annotations

from devtools import settings_table


def test_settings_tables_are_those_of_the_code() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    assert document == settings_table.render(document), "run python -m devtools.settings_table"


def test_every_setting_of_our_own_is_in_the_tables() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    for setting in ("client_id", "page_size", "filters", "circuit_breaker_cooldown"):
        assert f"`TAP_SAKARI_{setting.upper()}`" in document
    assert "`TARGET_SAKARI_CLIENT_SECRET`" in document
    assert "TARGET_SAKARI_PAGE_SIZE" not in document
