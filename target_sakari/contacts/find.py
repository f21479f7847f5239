"""Finding contacts: each by itself, or all by one reading of the account, whichever is cheaper."""

from __future__ import annotations

import logging
import math
import re
from typing import TYPE_CHECKING

from sakari_client import phone
from sakari_client.errors import (
    InvalidInputError,
    NotFoundError,
    PagingError,
    RequestRefusedError,
    SakariError,
)
from sakari_client.resources.base import MAX_PAGE_SIZE
from target_sakari.abreast import abreast
from target_sakari.contacts.known import KnownContacts
from target_sakari.failure import is_run_wide

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sakari_client.resources.base import Record
    from target_sakari.contacts.known import Key
    from target_sakari.run import Run

logger = logging.getLogger(__name__)

_PAGES_OF_UNKNOWN = 100
"""Pages that an account is taken to have whose list does not tell its length."""

_SHARE_FOUND = 10
"""Of the account, one in so many has two certain digits somewhere in the number: they come too
where a number is looked up in any writing, as it must be unless all were seen to be E.164."""


_E164 = re.compile(r"\+\d+", re.ASCII)


class Finder:
    """Sees to it that what is looked for is in the index, if the account has it.

    Attributes:
        known: the index.
        whole: whether all contacts of the account are in the index.
    """

    def __init__(self, run: Run, known: KnownContacts) -> None:
        self._run = run
        self.known = self._known = known
        self._pages = 0
        self._all_e164 = False
        self._spent = 0
        self._readable = True
        self.whole = False

    def find(self, keys: Iterable[Key]) -> dict[Key, SakariError]:
        """Look for contacts, unless that was done before.

        Returns:
            What could not be looked for, and why. Less may have been looked for than was asked
            if the run is to stop.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        if self.whole or self._run.stopping():
            return {}
        new = [key for key in dict.fromkeys(keys) if not self._known.was_asked(key)]
        if not new or (self._reading_pays(new) and self.read_all()):
            return {}
        return self._look_up(new, renew=False)

    def look_again(self, keys: Sequence[Key]) -> None:
        """Look for contacts anew: what Sakari has takes the place of what was known.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        if self._readable and self._cost(keys) > self._length():
            self._read(renew=True)
        else:
            self.look_up_again(keys)

    def look_up_again(self, keys: Sequence[Key]) -> dict[Key, SakariError]:
        """Look up contacts anew; who is not there any more is gone from the index too.

        Returns:
            As of `find`.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        return self._look_up(keys, renew=True)

    def read_all(self) -> bool:
        """Read all contacts of the account, once.

        Returns:
            Whether they are all in the index; not so if the list cannot be read completely, or
            the run is to stop.

        Raises:
            SakariError: the list cannot be read at all.
        """
        if self._readable and not self.whole:
            self.whole = self._read(renew=False)
        return self.whole

    def ask(self, key: Key) -> list[Record]:
        """The contacts that a key finds in Sakari now; the index takes no note. From any thread.

        Raises:
            SakariError: Sakari could not be asked.
        """
        self._length()
        found = self._get(key)
        if isinstance(found, SakariError):
            raise found
        return found

    def _read(self, *, renew: bool) -> bool:
        take = self._known.renew if renew else self._known.add
        all_e164 = True
        try:
            for rows in self._run.client.contacts.read().pages():
                if self._run.stopping():
                    return False
                for row in rows:
                    take({**row.value, "id": row.id})
                    number = phone.number_of(row.value)
                    all_e164 &= number is None or bool(_E164.fullmatch(number))
        except PagingError as error:
            self._readable = False
            logger.warning(
                "contacts: %s Until the end of this run, contacts are looked up one by one.", error
            )
            return False
        self._all_e164 = all_e164
        return True

    def _reading_pays(self, keys: Sequence[Key]) -> bool:
        """Whether to read the whole account rather than to go on looking up single contacts.

        What was spent on look-ups counts too: so all of them never cost more than twice what is
        best, however many batches come.
        """
        if not self._readable:
            return False
        pages, cost = self._length(), self._cost(keys)
        reads = self._spent + cost > pages
        if reads:
            logger.info(
                "contacts: all of the account are read, in about %d requests, as looking them up "
                "one by one takes %d.", pages, self._spent + cost,
            )  # fmt: skip
        elif not self._spent:
            logger.info(
                "contacts: they are looked up one by one, in %d requests, as to read all of the "
                "account takes about %d.", cost, pages,
            )  # fmt: skip
        return reads

    def _length(self) -> int:
        """Pages of the account's contacts; the first one shows it."""
        if not self._pages:
            page = self._run.client.contacts.first_page()
            total = len(page.rows) if page.says_more is False else page.total
            pages = _PAGES_OF_UNKNOWN if total is None else math.ceil(total / MAX_PAGE_SIZE)
            self._pages = max(1, pages)
        return self._pages

    def _cost(self, keys: Sequence[Key]) -> int:
        """Requests that it takes to look up single contacts."""
        pages = self._length()
        by_number = 1 if self._all_e164 else 1 + math.ceil(pages / _SHARE_FOUND)
        return sum(by_number if kind == "mobile" else 1 for kind, _ in keys)

    def _look_up(self, keys: Sequence[Key], *, renew: bool) -> dict[Key, SakariError]:
        failed: dict[Key, SakariError] = {}
        take = self._known.renew if renew else self._known.add
        self._spent += self._cost(keys)
        for key, found in abreast(self._run, keys, self._get):
            if isinstance(found, SakariError):
                failed[key] = found
                continue
            if renew and not found:
                self._known.lose(key)
            for record in found:
                take({**record, "id": self._run.client.contacts.identify(record)})
            self._known.ask(key)
        return failed

    def _get(self, key: Key) -> list[Record] | SakariError:
        """The contacts that a key finds in Sakari, or why it could not be asked for them.

        Raises:
            SakariError: something is wrong with the whole run.
        """
        contacts = self._run.client.contacts
        kind, value = key
        try:
            if kind == "mobile":
                return contacts.with_mobile(value, in_any_writing=not self._all_e164)
            if kind == "email":
                return contacts.with_email(value)
            return [contacts.get(value)]
        except SakariError as error:
            if is_run_wide(error):
                raise
            # An id that Sakari, or the client, refuses as such is nobody's.
            refused = isinstance(error, NotFoundError | RequestRefusedError | InvalidInputError)
            return [] if kind == "id" and refused else error


def find_for(run: Run) -> Finder:
    """A finder with an index of its own, which lasts as long as the run."""
    known = KnownContacts()
    run.at_end.callback(known.close)
    return Finder(run, known)
