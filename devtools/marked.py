"""Parts of a document that are made from the code, each between two marker comments."""

from __future__ import annotations


def fill(document: str, name: str, made: str) -> str:
    """The document with what is between `<!-- begin NAME -->` and `<!-- end NAME -->` made anew."""
    begin, end = f"<!-- begin {name} -->\n", f"\n<!-- end {name} -->"
    before, rest = document.split(begin, 1)
    after = rest.split(end, 1)[1]
    return f"{before}{begin}{made}{end}{after}"
