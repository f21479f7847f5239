"""The docs say what the code does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from devtools import load_tables, settings_table
from target_sakari.mapping.aliases import ALIASES
from target_sakari.reasons import Reason
from target_sakari.send_settings import SEND_SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_tables_are_those_of_the_code() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    assert document == settings_table.render(document), "run python -m devtools.settings_table"


def test_every_setting_of_our_own_is_in_the_tables() -> None:
    document = settings_table.DOCUMENT.read_text("utf-8")
    for setting in ("client_id", "page_size", "filters", "circuit_breaker_cooldown"):
        assert f"`TAP_SAKARI_{setting.upper()}`" in document
    assert "`TARGET_SAKARI_CLIENT_SECRET`" in document
    assert "TARGET_SAKARI_PAGE_SIZE" not in document


@pytest.mark.parametrize("document", [load_tables.LOADS, load_tables.SENDS])
def test_reasons_aliases_and_queries_are_those_of_the_code(document: Path) -> None:
    made = load_tables.render(document)
    assert document.read_text("utf-8") == made, "run python -m devtools.load_tables"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_is_explained(reason: Reason) -> None:
    assert f"| `{reason.value}` | {reason.meaning} |" in load_tables.LOADS.read_text("utf-8")


def test_every_field_and_its_aliases_are_listed() -> None:
    document = "".join(one.read_text("utf-8") for one in (load_tables.LOADS, load_tables.SENDS))
    for fields in ALIASES.values():
        for field, names in fields.items():
            assert f"| `{field}` | {', '.join(names)} |" in document


@pytest.mark.parametrize("setting", SEND_SETTINGS)
def test_the_page_on_sends_has_each_of_their_settings(setting: str) -> None:
    assert f"`{setting}" in load_tables.SENDS.read_text("utf-8")


@pytest.mark.parametrize("document", [load_tables.LOADS, load_tables.SENDS])
def test_plugins_are_shown_as_meltano_has_them(document: Path) -> None:
    project = yaml.safe_load((document.parent.parent / "meltano.yml").read_text("utf-8"))
    blocks = document.read_text("utf-8").split("```yaml\n")[1:]
    shown = [one for block in blocks for one in yaml.safe_load(block.split("```")[0])]
    assert shown
    for one in shown:
        assert one in project["plugins"]["loaders"]
