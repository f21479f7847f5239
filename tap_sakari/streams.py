"""The streams, a row of the table each: what is special about it stands here."""

from __future__ import annotations

from typing import ClassVar

from tap_sakari.conform import utc_milliseconds
from tap_sakari.stream import Record, SakariStream, number_of

_STAMPS = {"created": "at", "updated": "at"}
_CONTACT = {**_STAMPS, "tags[]": "tag"}


def _inside(path: str, scalars: dict[str, str]) -> dict[str, str]:
    return {f"{path}.{name}": key for name, key in scalars.items()}


class ContactsStream(SakariStream):
    """`GET /contacts`."""

    name = "contacts"
    # Tags are documented as {tag, visible}; plain words are accepted in requests.
    scalars: ClassVar[dict[str, str]] = _CONTACT


class MessagesStream(SakariStream):
    """`GET /messages`, both directions. A status can change for days after the text was sent."""

    name = "messages"
    lifted: ClassVar[tuple[str, ...]] = (*SakariStream.lifted, "phone_number")
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        **_inside("contact", _CONTACT),
        **_inside("conversation", {**_STAMPS, "phoneNumber": "number"}),
    }

    def lift(self, row: Record) -> Record:
        """Lift our phone number too: API 1.0.1 has it as text, real answers in `conversation`."""
        conversation = row.get("conversation")
        of_conversation = (
            conversation.get("phoneNumber") if isinstance(conversation, dict) else None
        )
        phone_number = number_of(row.get("phoneNumber")) or number_of(of_conversation)
        return {**super().lift(row), "phone_number": phone_number}


class TemplatesStream(SakariStream):
    """`GET /templates`."""

    name = "templates"
    scalars: ClassVar[dict[str, str]] = _STAMPS


class CampaignsStream(SakariStream):
    """`GET /campaigns`."""

    name = "campaigns"
    # filters.list is documented as an id and as an object.
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        **_inside("lastJob", _STAMPS),
        "filters.list": "id",
        "filters.attributes[]": "attribute",
        "filters.tags[]": "tag",
    }


class ConversationsStream(SakariStream):
    """`GET /conversations`."""

    name = "conversations"
    lifted: ClassVar[tuple[str, ...]] = (*SakariStream.lifted, "is_closed", "phone_number")
    scalars: ClassVar[dict[str, str]] = {
        **_STAMPS,
        "phoneNumber": "number",
        **_inside("contact", _CONTACT),
        **_inside("lastMessage", _STAMPS),
        **_inside("lastMessage.contact", _CONTACT),
    }

    def lift(self, row: Record) -> Record:
        """Lift what `closed` means, and our phone number, which is an object or text."""
        return {
            **super().lift(row),
            "is_closed": self.is_closed(row.get("closed")),
            "phone_number": number_of(row.get("phoneNumber")),
        }

    def changed_at(self, record: Record) -> str | None:
        """A conversation also changes when its `closed` date comes; `updated` does not tell."""
        changed = super().changed_at(record)
        closed = utc_milliseconds(record.get("closed"))
        if changed is None or closed is None or not record.get("is_closed"):
            return changed
        return max(changed, closed)


class WebhooksStream(SakariStream):
    """`GET /webhooks`. They carry no dates, so all are read each time."""

    name = "webhooks"
    replication_key = None
    lifted: ClassVar[tuple[str, ...]] = ()

    def lift(self, row: Record) -> Record:  # noqa: ARG002
        """Nothing to lift."""
        return {}


STREAMS: tuple[type[SakariStream], ...] = (
    ContactsStream,
    MessagesStream,
    TemplatesStream,
    CampaignsStream,
    ConversationsStream,
    WebhooksStream,
)
