"""Odd characters, which double or triple what a text costs."""

from __future__ import annotations

import unicodedata

from sakari_client.segments import count, odd_characters

_PLAIN = str.maketrans({
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7", "-"),
    "\u2026": "...",
    **dict.fromkeys("\t\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009", " "),
    **dict.fromkeys("\u200a\u202f\u205f\u3000", " "),
    **dict.fromkeys("\u00ad\u200b\u200c\u2060\ufeff", ""),
    **dict.fromkeys("\u2028\u2029", "\n"),
})  # fmt: skip
"""Quotes, dashes, blanks and the like, as they are read. Letters are left alone."""


def plain(text: str) -> str:
    """A text with its odd characters made plain, if that makes it GSM-7; else as it is.

    Letters whose accents are characters of their own are made one, which changes nothing.
    """
    if not odd_characters(text):
        return text
    made = unicodedata.normalize("NFC", text).translate(_PLAIN)
    return text if odd_characters(made) else made


def warning(text: str) -> str | None:
    """What to say of a text that a few odd characters make longer; None where there are none.

    Args:
        text: as it would be sent.

    Returns:
        One line, which holds the names of the characters, and nothing else of the text.
    """
    odd = odd_characters(text)
    made = plain(text)
    if not odd or (made == text and len(odd) > 1):
        return None
    # One that has no plain form can only be taken out.
    other = made if made != text else text.replace(odd[0], "")
    now, then = count(text).segments, count(other).segments
    if now <= then:
        return None
    names = ", ".join(f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in odd)
    how = "plain_characters: true replaces it" if made != text else "leave it out"
    return f"A text takes {now} segments in place of {then}, because of {names}: {how}."
