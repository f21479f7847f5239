"""`/contacts`: people, known by their mobile number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sakari_client import phone
from sakari_client.errors import InvalidInputError, SakariError, SeveralFoundError
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource, required_object
from sakari_client.resources.contact_changes import FACTS, with_changes
from sakari_client.resources.strategy import MergeStrategy, check_strategy
from sakari_client.resources.upload import CHUNK_ROWS, Uploader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sakari_client.resources.upload import RowOutcome

_GET = Operation("GET", "/contacts/{contactId}")
_CREATE = Operation(
    "POST",
    "/contacts",
    Repeat.HARMFUL,
    look_up="the number with contacts.find_by_mobile",
)
_UPSERT = Operation("POST", "/contacts")
_REPLACE = Operation("PUT", "/contacts/{contactId}")
_DELETE = Operation("DELETE", "/contacts/{contactId}")

_LAST_DIGITS = 2
"""So few that hardly anybody writes a space between them: `+33 6 12 34 56 78`."""


class Contacts(Resource):
    """The account's contacts. Filters find parts of a value, not whole ones (OpenAPI document)."""

    name = "contacts"
    filters = ("firstName", "lastName", "mobile", "email", "tags")
    read_only = frozenset(
        {
            *("id", "keyId", "valid", "error", "created", "updated"),
            *(f"mobile.{name}" for name in FACTS),
        }
    )

    def get(self, contact_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/contacts/{contactId}`: one contact.

        Args:
            contact_id: the contact's id.

        Returns:
            The contact.

        Raises:
            NotFoundError: there is no such contact.
            SakariError: the request failed for good.
        """
        return self._get(_GET, contactId=contact_id)

    def find_by_mobile(self, number: str, country: str | None = None) -> Record | None:
        """`GET /v1/accounts/{accountId}/contacts?mobile=…`: the one contact who has a number.

        The filter finds parts of a number as it is stored, which may be with or without spaces
        and country code. So the whole number is asked for, and then always its last two digits,
        as another contact may have it in another writing; what comes is compared number by
        number. That is two requests at least, and more the more contacts have these digits
        anywhere in their numbers. Whom the filter finds by neither is not there: no other writing
        is looked for.

        A stored number without country and `+` is taken both for one of which only the `+` is
        missing and for a national one of the wanted number's country. One without `+` that begins
        with its country's calling code is taken both for one with it and for one without, and so
        is the number that is looked for.

        Args:
            number: the number, best in international form: `+15551234567`.
            country: where it is to be read as a national number; ISO 3166, two letters.

        Returns:
            The contact; None where nobody has the number.

        Raises:
            InvalidInputError: this cannot be a number, or a country.
            SeveralFoundError: several contacts have it; the error has their `ids`.
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        found = self.with_mobile(number, country)
        if len(found) > 1:
            ids = [self.identify(one) for one in found]
            raise SeveralFoundError("GET /contacts by mobile", ids)
        return found[0] if found else None

    def with_mobile(
        self, number: str, country: str | None = None, *, in_any_writing: bool = True
    ) -> list[Record]:
        """`GET /v1/accounts/{accountId}/contacts?mobile=…`: all contacts who have a number.

        Args:
            number: as of `find_by_mobile`, which says how they are found.
            country: likewise.
            in_any_writing: whether to look for other writings than E.164 too. That finds as well
                who has the last two digits anywhere in a number: a tenth of a large account.

        Returns:
            The contacts.

        Raises:
            InvalidInputError: this cannot be a number, or a country.
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        if not isinstance(number, str):
            raise InvalidInputError("number", "must be text, as +15551234567.")
        if not isinstance(country, str | None):
            raise InvalidInputError("country", "must be two letters, or None.")
        if phone.e164(number, country) is None:
            raise InvalidInputError(
                "number", "cannot be a phone number; give it as +15551234567, or give its country."
            )
        wanted = phone.readings({"mobile": {"number": number, "country": country}})
        # In their order, each once: two readings of a number end alike.
        asked = slice(2 if in_any_writing else 1)
        parts = dict.fromkeys(part for one in sorted(wanted) for part in _parts(one)[asked])
        found = {self.identify(one): one for part in parts for one in self._holding(part, wanted)}
        return list(found.values())

    def with_email(self, email: str) -> list[Record]:
        """`GET /v1/accounts/{accountId}/contacts?email=…`: all contacts who have an address.

        The filter finds parts of an address; what comes is compared whole, without regard to case.

        Args:
            email: the address.

        Returns:
            The contacts.

        Raises:
            InvalidInputError: there is no address, which would find everybody.
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        wanted = email.strip() if isinstance(email, str) else ""
        if not wanted:
            raise InvalidInputError("email", "must be text, as ada@example.com.")
        return [
            one
            for one in self.list({"email": wanted})
            if isinstance(one.get("email"), str)
            and one["email"].strip().casefold() == wanted.casefold()
        ]

    def _holding(self, part: str, wanted: Iterable[str]) -> Iterator[Record]:
        """Those whom the filter finds by a part of a number, and who have one that is wanted."""
        for contact in self.list({"mobile": part}):
            if any(phone.same(contact, one) for one in wanted):
                yield contact

    def create(self, contact: Mapping[str, Any]) -> Record:
        """`POST /v1/accounts/{accountId}/contacts`: a new contact.

        What Sakari does where the number is known, it does not say; `upsert` is certain.

        Args:
            contact: `{mobile: {number, country}, firstName, lastName, email, tags: [{tag,
                visible}], attributes: {…}}`. Attributes must be created at hub.sakari.io first.

        Returns:
            The contact with its id; as given, without one, where Sakari's answer holds none.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            AmbiguousError: it is not known whether the contact was created.
            RequestRefusedError: the number is no mobile number (CONT-001), or is known.
            SakariError: the request failed for good.
        """
        _check_mobile(contact)
        return self._create(_CREATE, contact)

    def upsert(self, contact: Mapping[str, Any], *, merge: MergeStrategy = "append") -> Record:
        """`POST /v1/accounts/{accountId}/contacts?mergeStrategy=…`: a contact by mobile number.

        Done twice, it does no harm, so it is repeated where an answer is lost.

        Args:
            contact: as of `create`; the number must be there.
            merge: what becomes of a contact who has that number already.

        Returns:
            The contact as it is now. Where Sakari's answer does not hold it, it is looked up by its
            number; if that does not find one contact for certain, it is as given, without an id.

        Raises:
            InvalidInputError: there is no number to know the contact by, or no such merge.
            RequestRefusedError: the number is no mobile number (CONT-001).
            SakariError: the request failed for good.
        """
        _check_mobile(contact)
        if phone.number_of(contact) is None:
            raise InvalidInputError("mobile.number", "is what a contact is known by; give it.")
        check_strategy(merge)
        written = self._created(_UPSERT, contact, {"mergeStrategy": merge})
        return (self._written(contact) or dict(contact)) if written is None else written

    def _written(self, contact: Mapping[str, Any]) -> Record | None:
        """A contact who was just written, by the number; None where that is not certain.

        The last digits, which many have, are asked for only where nobody has the whole number.
        """
        number = phone.of(contact)
        if number is None:
            return None
        try:
            for part in _parts(number):
                if found := list(self._holding(part, [number])):
                    certain = len(found) == 1 and phone.of(found[0]) == number
                    return found[0] if certain else None
        except SakariError:
            pass  # it was written all the same
        return None

    def update(self, contact_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/contacts/{contactId}`: change some fields of a contact.

        The contact is read, merged with the changes and written whole, as Sakari does not say
        what becomes of fields that are not sent; it is not written if nothing changes.
        What somebody else changes between the two requests is lost.

        What Sakari found out about a number (`verified`, `valid`, `lineType` in `mobile`) is never
        written, and changes of it are no changes. With another number, whatever else `mobile` holds
        goes, unless `changes` gives it. So does the old one's country, if the new one begins with
        `+`; the number's own comes in its place, where that is certain.

        Args:
            contact_id: the contact's id.
            changes: fields and their values. Objects (`attributes`, `mobile`) are merged, lists
                (`tags`) replaced; None clears a field.

        Returns:
            The contact as it is now.

        Raises:
            InvalidInputError: a field is one that Sakari alone writes (`id`, `created` …), or
                nearly named like another one (`fistName`); `mobile` is no object; or the contact
                holds what cannot be written back exactly.
            NotFoundError: there is no such contact.
            SakariError: a request failed for good.
        """
        _check_mobile(required_object(changes, "changes"))
        return self._update(_GET, _REPLACE, changes, with_changes, contactId=contact_id)

    def replace(self, contact_id: str, contact: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/contacts/{contactId}`: write a contact as given.

        Fields that are not given may be erased. Those that are Sakari's (`id`, `created` …) are
        left out, as a whole record is given here, often just as it was read.

        Args:
            contact_id: the contact's id.
            contact: as of `create`, or as read.

        Returns:
            The contact as it is now; as given, where Sakari's answer does not hold it.

        Raises:
            InvalidInputError: this is no object, or JSON cannot hold it.
            NotFoundError: there is no such contact.
            SakariError: the request failed for good.
        """
        _check_mobile(contact)
        return self._replace(_REPLACE, contact, contactId=contact_id)

    def delete(self, contact_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/contacts/{contactId}`: remove a contact.

        Args:
            contact_id: the contact's id.

        Returns:
            Whether it was there; also True where an earlier try may have removed it, whose answer
            was lost.

        Raises:
            SakariError: the request failed for good.
        """
        return self._delete(_DELETE, contactId=contact_id)

    def upload(
        self,
        contacts: Iterable[Mapping[str, Any]],
        *,
        merge: MergeStrategy = "append",
        chunk_rows: int = CHUNK_ROWS,
        blanks: bool = False,
    ) -> Iterator[RowOutcome]:
        """`POST /v1/accounts/{accountId}/contacts` with `text/csv`: any number of contacts.

        They are taken, sent and answered in chunks, so that memory stays bounded.

        Args:
            contacts: as of `upsert`; `attributes` become columns.
            merge: what becomes of contacts who are known.
            chunk_rows: most rows of a request; it is also kept below five megabytes.
            blanks: whether contacts that hold different things may share a request, with empty
                cells. Those may clear what a known contact has: only for new ones.

        Yields:
            An outcome for each contact, in their order.

        Raises:
            InvalidInputError: an argument is not what it must be; at once, and nothing was sent.
            SakariError: a chunk could not be sent, or was refused whole. Outcomes of the chunks
                before it have been yielded; none of the chunk's are known.
        """
        uploader = Uploader(self._transport, merge, chunk_rows, blanks=blanks)
        return uploader.outcomes(contacts)


def _parts(number: str) -> tuple[str, str]:
    """What to ask the filter for, to find a number in E.164 whatever way it is stored."""
    return number, number[-_LAST_DIGITS:]


def _check_mobile(record: Mapping[str, Any]) -> None:
    """Refuse a number alone, which Sakari might store as it is.

    Raises:
        InvalidInputError: `mobile` is no object, or the whole is none.
    """
    mobile = required_object(record, "the record").get("mobile")
    if not isinstance(mobile, dict | None):
        raise InvalidInputError("mobile", 'must be an object, as {"number": "+15551234567"}.')
