"""`/contacts`: people, known by their mobile number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from sakari_client import phone
from sakari_client.errors import InvalidInputError, SeveralFoundError
from sakari_client.http.retry import Repeat
from sakari_client.http.transport import Operation
from sakari_client.resources.base import Record, Resource
from sakari_client.resources.upload import CHUNK_ROWS, Uploader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sakari_client.resources.upload import RowOutcome

MergeStrategy = Literal["append", "core", "remove"]
"""What becomes of a contact who is known, by the mobile number.

* append: what is sent is added, and the rest stays.
* core: likewise, but only names and email (by analogy: Sakari does not say).
* remove: the contact becomes what is sent; what is not sent is removed.

The hub's CSV upload has the same choice (help article 360038871612).
"""

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

_LAST_DIGITS = 4


class Contacts(Resource):
    """The account's contacts. Filters find parts of a value, not whole ones (OpenAPI document)."""

    name = "contacts"
    filters = ("firstName", "lastName", "mobile", "email", "tags")
    read_only = frozenset({"id", "keyId", "valid", "error", "created", "updated"})

    def get(self, contact_id: str) -> Record:
        """`GET /v1/accounts/{accountId}/contacts/{contactId}`: one contact.

        Raises:
            NotFoundError: there is no such contact.
            SakariError: the request failed for good.
        """
        return self._get(_GET, contactId=contact_id)

    def find_by_mobile(self, number: str, country: str | None = None) -> Record | None:
        """The one contact who has a mobile number, or None. Uses the list's filter `mobile`.

        The filter finds parts of a number as it is stored, which may be with or without spaces
        and country code. So where the whole number finds nobody, its last four digits are asked
        for, and what comes is compared number by number.

        Args:
            number: the number, best in international form: `+15551234567`.
            country: where it is to be read as a national number; ISO 3166, two letters.

        Raises:
            InvalidInputError: this cannot be a number.
            SeveralFoundError: several contacts have it; the error has their `ids`.
            PagingError: the list cannot be read completely.
            SakariError: a request failed for good.
        """
        wanted = phone.e164(number, country)
        if wanted is None:
            raise InvalidInputError(
                "number", "cannot be a phone number; give it as +15551234567, or give its country."
            )
        for part in (wanted, wanted[-_LAST_DIGITS:]):
            found = [one for one in self.list({"mobile": part}) if phone.of(one) == wanted]
            if len(found) > 1:
                raise SeveralFoundError(
                    "GET /contacts by mobile", [self.identify(one) for one in found]
                )
            if found:
                return found[0]
        return None

    def create(self, contact: Mapping[str, Any]) -> Record:
        """`POST /v1/accounts/{accountId}/contacts`: a new contact.

        What Sakari does where the number is known, it does not say; `upsert` is certain.

        Args:
            contact: `{mobile: {number, country}, firstName, lastName, email, tags: [{tag,
                visible}], attributes: {…}}`. Attributes must be created at hub.sakari.io first.

        Returns:
            The contact with its id.

        Raises:
            AmbiguousError: it is not known whether the contact was created.
            RequestRefusedError: the number is no mobile number (CONT-001), or is known.
            SakariError: the request failed for good.
        """
        return self._create(_CREATE, contact)

    def upsert(self, contact: Mapping[str, Any], merge: MergeStrategy = "append") -> Record:
        """`POST /v1/accounts/{accountId}/contacts?mergeStrategy=…`: a contact by mobile number.

        Done twice, it does no harm, so it is repeated where an answer is lost.

        Args:
            contact: as of `create`; the number must be there.
            merge: what becomes of a contact who has that number already.

        Returns:
            The contact as it is now.

        Raises:
            InvalidInputError: there is no number to know the contact by.
            RequestRefusedError: the number is no mobile number (CONT-001).
            SakariError: the request failed for good.
        """
        if not phone.number_of(contact):
            raise InvalidInputError("mobile.number", "is what a contact is known by; give it.")
        return self._create(_UPSERT, contact, {"mergeStrategy": merge})

    def update(self, contact_id: str, changes: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/contacts/{contactId}`: change some fields of a contact.

        The contact is read, merged with the changes and written whole, as Sakari does not say
        what becomes of fields that are not sent; it is not written if nothing changes.
        What somebody else changes between the two requests is lost.

        Args:
            contact_id: the contact.
            changes: fields and their values. Objects (`attributes`, `mobile`) are merged, lists
                (`tags`) replaced; None clears a field.

        Returns:
            The contact as it is now.

        Raises:
            NotFoundError: there is no such contact.
            SakariError: a request failed for good.
        """
        return self._update(_GET, _REPLACE, changes, contactId=contact_id)

    def replace(self, contact_id: str, contact: Mapping[str, Any]) -> Record:
        """`PUT /v1/accounts/{accountId}/contacts/{contactId}`: write a contact as given.

        Fields that are not given may be erased. Those that are Sakari's (`id`, `created` …) are
        left out.

        Raises:
            NotFoundError: there is no such contact.
            SakariError: the request failed for good.
        """
        return self._replace(_REPLACE, contact, contactId=contact_id)

    def delete(self, contact_id: str) -> bool:
        """`DELETE /v1/accounts/{accountId}/contacts/{contactId}`: remove a contact.

        Returns:
            Whether it was there. (False too if an earlier try removed it and its answer was lost.)

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
    ) -> Iterator[RowOutcome]:
        """`POST /v1/accounts/{accountId}/contacts` with `text/csv`: any number of contacts.

        They are taken, sent and answered in chunks, so that memory stays bounded.

        Args:
            contacts: as of `upsert`; `attributes` become columns.
            merge: what becomes of contacts who are known.
            chunk_rows: most rows of a request; it is also kept below five megabytes.

        Yields:
            An outcome for each contact, in their order.

        Raises:
            SakariError: a chunk could not be sent, or was refused whole. Outcomes of the chunks
                before it have been yielded; none of the chunk's are known.
        """
        return Uploader(self._transport, merge, chunk_rows).outcomes(contacts)
