"""The text of a message: placeholders filled in, segments and price counted."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sakari_emulator.rows import Person

PRICE = 0.05
"""Price of one segment, as in the samples of POST /messages."""

_PLACEHOLDER = re.compile(r"\{{2,3}\s*(?:contact\.)?(\w+)\s*\}{2,3}")
_EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters of GSM-7 that take two septets."""

_GSM = _EXTENSION.union(
    string.ascii_letters,
    string.digits,
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà",
)
_ONE_GSM, _EACH_GSM = 160, 153
_ONE_UNICODE, _EACH_UNICODE = 70, 67


def fill(template: str, person: Person | None) -> str:
    """The template with `{{firstName}}`, `{{{contact.lastName}}}` and so on replaced."""
    if "{{" not in template:
        return template
    values = {
        "firstName": person and person.first_name,
        "lastName": person and person.last_name,
        "email": person and person.email,
    }
    return _PLACEHOLDER.sub(lambda match: values.get(match[1]) or "", template)


def segments(text: str) -> int:
    """How many parts the text is sent in (help article 360039248071); none cuts a character.

    Parts hold septets of GSM-7, or code units of UTF-16 where that lacks a character.
    """
    if _GSM.issuperset(text):
        one, each = _ONE_GSM, _EACH_GSM
        sizes = [2 if character in _EXTENSION else 1 for character in text]
    else:
        one, each = _ONE_UNICODE, _EACH_UNICODE
        sizes = [len(character.encode("utf-16-le", "surrogatepass")) // 2 for character in text]
    return 1 if sum(sizes) <= one else _cut(sizes, each)


def _cut(sizes: list[int], each: int) -> int:
    parts, used = 1, 0
    for size in sizes:
        if used + size > each:
            parts, used = parts + 1, 0
        used += size
    return parts


def price(parts: int) -> float:
    """The price of that many segments."""
    return round(parts * PRICE, 2)
