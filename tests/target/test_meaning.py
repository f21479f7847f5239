"""The mappers of routes: one for each stream, however often its SCHEMA changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_sakari.routes import Item, Route
from target_sakari.writers import Meaning

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Named:
    made = 0

    def __init__(self, route: Route) -> None:
        self.route = route
        _Named.made += 1

    def read(self, record: Mapping[str, Any]) -> tuple[str, ...]:  # noqa: ARG002
        return self.route.properties


def test_a_schema_that_changes_leaves_no_mapper_behind() -> None:
    meaning = Meaning(_Named)
    for at in range(100):
        route = Route("contacts", "contacts", properties=(str(at),))
        assert [meaning(Item(0, route, {})) for _ in range(2)] == [(str(at),)] * 2
    assert _Named.made == 100
    assert len(meaning._mappers) == 1
