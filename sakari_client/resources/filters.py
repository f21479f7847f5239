"""Whether a list's filters took effect: Sakari silently ignores parameters it does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS: dict[str, tuple[str, ...]] = {
    "firstName": ("firstName",),
    "lastName": ("lastName",),
    "email": ("email",),
    "mobile": ("mobile", "number"),
    "name": ("name",),
    "contactId": ("contact", "id"),
    "conversationId": ("conversation", "id"),
}
"""Where a row holds what a filter looks at. Of `tags`, neither is documented well enough."""


def ignored_filter(row: Mapping[str, Any], filters: Mapping[str, str]) -> str | None:
    """The name of a filter that should have left this row out; None where there is none."""
    for name, wanted in filters.items():
        value: Any = row
        for key in _FIELDS.get(name, ("",)):
            value = value.get(key) if isinstance(value, dict) else None
        if isinstance(value, str) and _plain(name, wanted) not in _plain(name, value):
            return name
    return None


def _plain(name: str, text: str) -> str:
    """Text as far as the filters look at it: no case, and of numbers only the digits."""
    return re.sub(r"\D", "", text) if name == "mobile" else text.casefold()
