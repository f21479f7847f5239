"""The contacts of the account, found by their numbers too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sakari_emulator.rows import Contact
from sakari_emulator.table import Table, age

if TYPE_CHECKING:
    from sakari_emulator.rows import Mobile


class ContactTable(Table[Contact]):
    """Contacts by id, by age and by number; a number is changed by `give` alone."""

    def __init__(self) -> None:
        super().__init__()
        self._by_number: dict[str, list[Contact]] = {}

    def add(self, row: Contact) -> None:
        """Take in a contact."""
        self._note(row)
        super().add(row)

    def remove(self, row: Contact) -> None:
        """Forget a contact for good."""
        self._forget(row)
        super().remove(row)

    def give(self, contact: Contact, mobile: Mobile | None) -> None:
        """Let a contact of this table have another number, or none."""
        self._forget(contact)
        contact.mobile = mobile
        self._note(contact)

    def by_number(self, number: str) -> Contact | None:
        """The oldest contact with this E.164 number."""
        return min(self._by_number.get(number, ()), key=age, default=None)

    def _note(self, contact: Contact) -> None:
        if contact.mobile:
            self._by_number.setdefault(contact.mobile.number, []).append(contact)

    def _forget(self, contact: Contact) -> None:
        if contact.mobile:
            same = self._by_number[contact.mobile.number]
            same[:] = [other for other in same if other is not contact]
