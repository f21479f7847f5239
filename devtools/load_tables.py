"""The tables of `docs/load-contacts.md` that are made from the code: reasons, and aliases.

`python -m devtools.load_tables` writes them anew; a test holds them equal to the code.
"""

from __future__ import annotations

from pathlib import Path

from devtools.marked import fill
from target_sakari.mapping.aliases import ALIASES, markdown_rows
from target_sakari.reasons import Reason

DOCUMENT = Path(__file__).parent.parent / "docs" / "load-contacts.md"


def render(document: str) -> str:
    """The document with its tables made anew."""
    document = fill(document, "reasons", _reasons())
    for kind in ALIASES:
        document = fill(document, kind, "\n".join(markdown_rows(kind)))
    return document


def _reasons() -> str:
    rows = [f"| `{reason.value}` | {reason.meaning} |" for reason in Reason]
    return "\n".join(["| reason | meaning |", "| --- | --- |", *rows])


if __name__ == "__main__":
    DOCUMENT.write_text(render(DOCUMENT.read_text("utf-8")), "utf-8")
