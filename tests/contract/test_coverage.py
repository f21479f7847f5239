"""docs/coverage.md against Sakari's document, the connector's names and the code."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sakari_client.client import SakariClient
from sakari_client.config import ClientConfig
from tests.contract.openapi import DOCUMENT

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).parents[2]
SAKARIS: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
METHODS = ("get", "post", "put", "delete")
OF_BODIES = {
    "AccountidWebhooksBody",
    "ToolsSharefileBody",
    "InlineResponse200",
    "InlineResponse201",
}
"""What the connector calls the bodies of requests and answers that the document does not name."""


def _section(title: str) -> list[list[str]]:
    """The rows of the table in a section."""
    text = (CHECKOUT / "docs" / "coverage.md").read_text("utf-8")
    section = text.split(f"\n## {title}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


OPERATIONS = {row[0].strip("` "): row for row in _section("Operations")}
RECORDS = {row[0].strip("` "): row for row in _section("Records")}


def _documented_operations() -> set[str]:
    return {
        f"{method.upper()} {path}"
        for path, operations in SAKARIS["paths"].items()
        for method in METHODS
        if method in operations
    }


def _documented_records() -> Iterator[str]:
    """Every schema, and every object inside of one, as the connector names them."""
    for name, schema in SAKARIS["components"]["schemas"].items():
        yield name
        for part in [schema, *schema.get("allOf", [])]:
            for field, inner in part.get("properties", {}).items():
                if "properties" in inner or "properties" in inner.get("items", {}):
                    yield f"{name.capitalize()}{field.capitalize()}"


def test_every_operation_has_its_row() -> None:
    assert {row[1].strip("`") for row in OPERATIONS.values()} == _documented_operations()
    assert len(OPERATIONS) == 26


def test_every_record_has_its_row() -> None:
    assert set(RECORDS) == {*_documented_records(), *OF_BODIES}


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_every_method_is_there_and_says_what_it_calls(row: list[str]) -> None:
    sakari = SakariClient(ClientConfig("id", "secret", "account"))
    named = re.findall(r"`(\w+)\.(\w+)`", row[2])
    assert named
    for resource, method in named:
        function: Any = getattr(getattr(sakari, resource), method)
        verb, path = row[1].strip("`").split(" ")
        if method == "list":  # one for all resources
            path = "/v1/accounts/{accountId}/<name>"
        said = function.__doc__ or ""
        assert f"`{verb} {path}" in said, f"{resource}.{method}"
        for section in _sections_needed(function):
            assert re.search(rf"^ *({section}):$", said, re.MULTILINE), (
                f"{resource}.{method} has no section {section}"
            )


def _sections_needed(function: Any) -> Iterator[str]:
    """The sections that a method's docstring has to have."""
    signature = inspect.signature(function)
    yield "Raises"
    if signature.parameters:
        yield "Args"
    if signature.return_annotation not in (None, "None"):
        yield "Yields" if "Iterator" in str(signature.return_annotation) else "Returns"


@pytest.mark.parametrize("row", [*OPERATIONS.values(), *RECORDS.values()], ids=lambda row: row[0])
def test_every_test_that_is_named_is_there(row: list[str]) -> None:
    named = re.findall(r"`(tests/[\w/.]+)`", row[-1])
    assert named
    for path in named:
        assert (CHECKOUT / path).is_file(), path


@pytest.mark.parametrize("row", OPERATIONS.values(), ids=OPERATIONS)
def test_every_method_is_called_in_the_test_that_is_named(row: list[str]) -> None:
    texts = [(CHECKOUT / path).read_text("utf-8") for path in re.findall(r"`(tests/.*?)`", row[3])]
    for method in re.findall(r"`\w+\.(\w+)`", row[2]):
        assert any(f".{method}(" in text for text in texts), method
