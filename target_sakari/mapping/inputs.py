"""What an incoming record means, in Sakari's terms."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from datetime import datetime

    from sakari_client.resources.base import Record


@dataclass(frozen=True)
class ContactInput:
    """A contact, as far as a record mentions it.

    Attributes:
        sakari_id: the contact's id in Sakari, if the record has it.
        mobile: the number in E.164.
        country: of the number, if it is certain; ISO 3166.
        email: to find the contact by; also among `fields`.
        fields: firstName, lastName, email: text, or None to clear. What is not to change is not
            there.
        tags: `{tag}` or `{tag, visible}` each; None where the record does not mention them.
        attributes: values by name, or None to clear one.
        deleted: whether the record says that the contact is gone.
    """

    sakari_id: str | None = None
    mobile: str | None = field(default=None, repr=False)
    country: str | None = None
    email: str | None = field(default=None, repr=False)
    fields: Record = field(default_factory=dict, repr=False)
    tags: tuple[Record, ...] | None = field(default=None, repr=False)
    attributes: Record = field(default_factory=dict, repr=False)
    deleted: bool = False


@dataclass(frozen=True)
class NamedInput:
    """A template or a campaign, as far as a record mentions it.

    Attributes:
        sakari_id: its id, if the record has it.
        name: its name.
        fields: what is to be written, by Sakari's names; name included.
        deleted: whether the record deletes it.
    """

    sakari_id: str | None = None
    name: str | None = None
    fields: Record = field(default_factory=dict, repr=False)
    deleted: bool = False


@dataclass(frozen=True)
class ConversationInput:
    """A conversation: which, and whether it is to be closed."""

    sakari_id: str
    closed: bool = False


@dataclass(frozen=True)
class WebhookInput:
    """A webhook: its address, its event types (None: not mentioned), and whether it is deleted."""

    url: str = field(repr=False)
    event_types: tuple[str, ...] | None = None
    deleted: bool = False


@dataclass(frozen=True)
class SendInput:
    """A text to be sent, and to whom. Just one of the four kinds of recipients is there.

    Attributes:
        contacts: people, each with what finds them and what placeholders may need. Where one has
            an id and a number, the id is who it is, and the number says what it must have.
        conversations: ids of conversations to answer in.
        tags: everybody who has one of them.
        text: the text; None where a template has it.
        template_name: of the template that has the text, exactly.
        template_id: the same by its id.
        type: SMS or MMS; None where the record does not say.
        media: addresses, and paths of local files.
        send_at: not to be sent before; UTC.
        phone_number_group: id of the group of numbers to send from.
        conversation_strategy: as Sakari has it.
    """

    contacts: tuple[ContactInput, ...] = ()
    conversations: tuple[str, ...] = ()
    tags: tuple[str, ...] = field(default=(), repr=False)
    text: str | None = field(default=None, repr=False)
    template_name: str | None = None
    template_id: str | None = None
    type: Literal["SMS", "MMS"] | None = None
    media: tuple[str, ...] = field(default=(), repr=False)
    send_at: datetime | None = None
    phone_number_group: str | None = None
    conversation_strategy: str | None = None


Input = ContactInput | NamedInput | ConversationInput | WebhookInput | SendInput


def nothing_known(value: Any) -> bool:
    """Whether a value says nothing: null, or text without any; CSV has no other null."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_empty(value: Any) -> bool:
    """Whether a value says nothing, or is an object or a list that holds nothing."""
    return nothing_known(value) or value in ({}, [])
