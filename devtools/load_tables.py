"""Parts of the target's docs that are made from the code: reasons, aliases, SQL of the examples.

`python -m devtools.load_tables` writes them anew; a test holds them equal to the code.
"""

from __future__ import annotations

from pathlib import Path

from devtools.marked import fill
from target_sakari.mapping.aliases import ALIASES, markdown_rows
from target_sakari.reasons import Reason

_CHECKOUT = Path(__file__).parent.parent

LOADS = _CHECKOUT / "docs" / "load-contacts.md"
SENDS = _CHECKOUT / "docs" / "send.md"


def render(document: Path) -> str:
    """One of the two with its parts made anew."""
    parts = _of_sends() if document == SENDS else _of_loads()
    text = document.read_text("utf-8")
    for name, made in parts.items():
        text = fill(text, name, made)
    return text


def _of_loads() -> dict[str, str]:
    kinds = [kind for kind in ALIASES if kind != "messages"]
    return {"reasons": _reasons(), **{kind: "\n".join(markdown_rows(kind)) for kind in kinds}}


def _of_sends() -> dict[str, str]:
    view = _sql("appointments")
    return {
        "view": _fenced(view[view.index("create or replace view") :].split("\n\n")[0]),
        "deliveries": _fenced(_sql("deliveries")),
        "messages": "\n".join(markdown_rows("messages")),
    }


def _reasons() -> str:
    rows = [f"| `{reason.value}` | {reason.meaning} |" for reason in Reason]
    return "\n".join(["| reason | meaning |", "| --- | --- |", *rows])


def _sql(name: str) -> str:
    return (_CHECKOUT / "examples" / f"{name}.sql").read_text("utf-8")


def _fenced(sql: str) -> str:
    return f"```sql\n{sql.strip()}\n```"


if __name__ == "__main__":
    for path in (LOADS, SENDS):
        path.write_text(render(path), "utf-8")
