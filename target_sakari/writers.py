"""What writes the records of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from target_sakari.routes import Kind
    from target_sakari.run import Run, Writer


def make_writers(run: Run) -> dict[Kind, Writer]:  # noqa: ARG001
    """A writer for each kind."""
    return {}
