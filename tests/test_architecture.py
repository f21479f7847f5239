"""Imports run one way: tap and target stand on the client, which stands on nothing of ours."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parent.parent
OURS = {"sakari_client", "tap_sakari", "target_sakari", "sakari_emulator", "devtools", "tests"}
MAY_IMPORT = {
    "sakari_client": set[str](),
    "tap_sakari": {"sakari_client"},
    "target_sakari": {"sakari_client"},
    "sakari_emulator": set[str](),
}


def _imports(package: str) -> Iterator[tuple[str, str]]:
    """Each file of a package with the name of each package it imports."""
    for file in sorted((CHECKOUT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((file.name, alias.name.split(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{file} imports relatively"
                yield file.name, (node.module or "").split(".")[0]


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_run_one_way(package: str) -> None:
    for file, imported in _imports(package):
        if imported in OURS - {package}:
            assert imported in MAY_IMPORT[package], f"{package}/{file} imports {imported}"


def test_the_ledger_knows_nothing_of_those_who_send() -> None:
    for file in (CHECKOUT / "target_sakari" / "ledger").rglob("*.py"):
        for module in re.findall(
            r"^ *from target_sakari\.(\w+)", file.read_text("utf-8"), re.MULTILINE
        ):
            assert module == "ledger", f"{file.name} imports target_sakari.{module}"


def test_the_client_knows_nothing_of_singer() -> None:
    assert "singer_sdk" not in {imported for _, imported in _imports("sakari_client")}


def test_only_the_command_talks_to_people() -> None:
    for file in (CHECKOUT / "sakari_client").rglob("*.py"):
        if file.parent.name != "cli":
            told = re.search(
                r"\b(from|import) (click|dotenv|rich|sakari_client\.cli)\b", file.read_text("utf-8")
            )
            assert told is None, f"{file}: {told}"


def test_only_the_wire_does_http() -> None:
    for package in ("sakari_client", "tap_sakari", "target_sakari"):
        for file, imported in _imports(package):
            if imported in {"requests", "urllib3"}:
                # The bodies only borrow urllib3's way to write a form.
                assert file in {"wire.py", "deadline.py", "bodies.py"}, f"{package}/{file}"
