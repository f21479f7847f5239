"""Text from outside, made fit for a terminal."""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
"""Holds the parts of an emoji together."""

_SHORTEST = 10


def plain(text: str) -> str:
    r"""A text that cannot move the cursor: what is not printable is shown as `\x1b` and the like.

    Line breaks are too, so that a cell of a table stays on its line.
    """
    return text if text.isprintable() else "".join(map(_shown, text))


def _shown(character: str) -> str:
    if character.isprintable() or character == _JOINER:
        return character
    if unicodedata.category(character) == "Zs":
        return " "
    return character.encode("unicode_escape").decode()


def masked(number: str) -> str:
    """A phone number with its middle left out: `+1555*****67`."""
    if len(number) < _SHORTEST:
        return "*" * len(number)
    return f"{number[:5]}{'*' * (len(number) - 7)}{number[-2:]}"
