"""How many texts people got."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sent:
    """Texts, by the hashes that their recipients went by: of a number, and of a contact's id.

    Whoever is asked about got those that share a hash with them, each once: a contact whose number
    was corrected has the earlier ones too.
    """

    def __init__(self) -> None:
        self._texts: Counter[frozenset[str]] = Counter()
        self._named: defaultdict[str, set[frozenset[str]]] = defaultdict(set)

    def add(self, people: Iterable[str], texts: int = 1) -> None:
        """Count texts to somebody, by all their hashes."""
        names = frozenset(people)
        self._texts[names] += texts
        for name in names:
            self._named[name].add(names)

    def to(self, people: Iterable[str]) -> int:
        """How many texts somebody got, by all their hashes."""
        theirs = {names for one in people for names in self._named.get(one, ())}
        return sum(self._texts[names] for names in theirs)
