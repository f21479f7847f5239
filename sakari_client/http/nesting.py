"""JSON that is nested deeper than programs can read."""

from __future__ import annotations

import re

import msgspec

DEEPEST = 100
"""Levels of objects and arrays inside each other that are left as they are."""

# A string without an end is taken to the end of the text: to try each quote in it as the beginning
# of another one takes time with the square of its length.
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[\[{\]}]', re.DOTALL)


def shallow(text: bytes) -> bytes:
    """JSON text in which what lies deeper than `DEEPEST` is a string that holds its JSON text.

    Readers recurse, and give up at a thousand levels or less: ours, and those of targets.
    """
    # Hardly any text has brackets enough to be deep.
    if text.count(b"{") + text.count(b"[") <= DEEPEST:
        return text
    pieces: list[bytes] = []
    depth = start = done = 0
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in (b"{", b"["):
            depth += 1
            if depth == DEEPEST + 1:
                start = token.start()
        elif mark in (b"}", b"]"):
            if depth == DEEPEST + 1:
                pieces += text[done:start], _as_string(text[start : token.end()])
                done = token.end()
            depth -= 1
    if depth > DEEPEST:  # it is no JSON: it ends in the middle
        pieces += text[done:start], _as_string(text[start:])
        done = len(text)
    return b"".join((*pieces, text[done:]))


def _as_string(text: bytes) -> bytes:
    return msgspec.json.encode(text.decode("utf-8", "replace"))
