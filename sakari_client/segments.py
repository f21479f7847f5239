"""How many SMS a text is sent in, which is what it costs.

In GSM-7 (3GPP TS 23.038), one SMS holds 160 septets; the characters of its extension table take
two. A text with a single character that it does not have goes as UCS-2: 70 code units of UTF-16 in
one SMS. A longer text is cut into segments of 153 septets or 67 code units, as each begins with a
header; no character is cut in two. Sakari has the same limits (help article 360039248071).
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà"
    + string.digits
    + string.ascii_letters
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_GSM = _BASIC | _EXTENSION

_LAST_OF_ONE_UNIT = "\uffff"
"""Characters after it are two code units of UTF-16."""

Encoding = Literal["GSM-7", "UCS-2"]

_LIMITS: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
"""Units of a text that is one SMS, and of each segment of a longer one."""


@dataclass(frozen=True)
class Segments:
    """A text as it is sent.

    Attributes:
        encoding: GSM-7, or UCS-2 where that lacks a character.
        units: septets of GSM-7, or code units of UTF-16.
        segments: how many SMS; none for an empty text.
    """

    encoding: Encoding
    units: int
    segments: int


def count(text: str) -> Segments:
    """What a text is sent as. Placeholders (`{{firstName}}`) count as they stand here."""
    encoding: Encoding
    if odd_characters(text):
        encoding, sizes = "UCS-2", [2 if one > _LAST_OF_ONE_UNIT else 1 for one in text]
    else:
        encoding, sizes = "GSM-7", [2 if one in _EXTENSION else 1 for one in text]
    units = sum(sizes)
    alone, each = _LIMITS[encoding]
    return Segments(encoding, units, min(units, 1) if units <= alone else _cut(sizes, each))


def odd_characters(text: str) -> tuple[str, ...]:
    """The characters that GSM-7 does not have, each once, as they come: they make a text UCS-2."""
    return tuple(one for one in dict.fromkeys(text) if one not in _GSM)


def _cut(sizes: Iterable[int], each: int) -> int:
    """How many segments characters of these sizes fill, when none is cut in two."""
    segments, used = 1, 0
    for size in sizes:
        if used + size > each:
            segments, used = segments + 1, 0
        used += size
    return segments
