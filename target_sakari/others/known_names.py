"""The templates or campaigns of the account, to be found by id and by name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sakari_client.resources.base import Record


class KnownNames:
    """Records by id and by name; those that a dry run would have made have no id."""

    def __init__(self, records: Iterable[Record], identify: Callable[[Record], str]) -> None:
        self._identify = identify
        self._by_id: dict[str, Record] = {}
        self._by_name: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        for record in records:
            self.put(record)

    def of_id(self, sakari_id: str | None) -> Record | None:
        """The one of that id."""
        return None if sakari_id is None else self._by_id.get(sakari_id)

    def of_name(self, name: str | None) -> list[Record]:
        """All of exactly that name."""
        return [] if name is None else list(self._by_name.get(name, {}).values())

    def put(self, record: Record) -> None:
        """Take one in."""
        key = self._identify(record)
        self._by_id[key] = record
        self._by_name[str(record.get("name"))][key] = record

    def replace(self, old: Record, new: Record) -> None:
        """Take one in for another, whose name may be a different one."""
        self.remove(old)
        self.put(new)

    def remove(self, record: Record) -> None:
        """Forget one."""
        key = self._identify(record)
        del self._by_id[key]
        del self._by_name[str(record.get("name"))][key]
