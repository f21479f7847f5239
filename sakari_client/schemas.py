"""The JSON Schemas of the records and of webhook events, as shipped in `schemas/`.

The files lie in the folder `schemas/` at the top of the checkout. A wheel holds them inside this
package, since the name `schemas` is nobody's to claim in a shared environment; an editable
install and a plain checkout read them where they are.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

_PACKAGED = Path(__file__).parent / "schemas"
_CHECKOUT = Path(__file__).parent.parent / "schemas"


@functools.cache
def schemas_dir() -> Path:
    """The folder that holds the schemas of this installation."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def load_schema(name: str) -> dict[str, Any]:
    """Read a JSON Schema, a fresh object at each call.

    `name` is that of a stream (`contacts`), or a path below `schemas/` (`events/event`).

    Raises:
        FileNotFoundError: there is no such schema.
    """
    schema: dict[str, Any] = json.loads((schemas_dir() / f"{name}.json").read_text("utf-8"))
    return schema
