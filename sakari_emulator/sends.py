"""POST /messages: who gets a text, who does not, and the messages this makes.

A message is made with the status "queued"; `statuses` moves it on where a switch asks for that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sakari_emulator import conversations, statuses, texts
from sakari_emulator.bodies import objects
from sakari_emulator.contact_writes import Writes, read_fields
from sakari_emulator.errors import (
    INVALID_CONVERSATION,
    INVALID_NUMBER,
    NOT_FOUND,
    OPTED_OUT,
    ApiError,
    bad_request,
)
from sakari_emulator.generate import API_USER, country_of
from sakari_emulator.rows import Contact, Conversation, Json, Message
from sakari_emulator.shapes import id_of, show, time_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sakari_emulator.account import Account
    from sakari_emulator.switches import Switches

_Recipient = tuple[Contact, Conversation | None]


@dataclass
class Send:
    """One request to send, worked off.

    Attributes:
        account: Where the messages end up.
        switches: Those of the request.
        body: SendMessagesRequest; what it does not document is ignored.
        invalid: Contacts that get nothing, each with its `error`.
        messages: Those made.
        requested: Recipients asked for, invalid ones among them.
        media: What the messages show of the media sent.
    """

    account: Account
    switches: Switches
    body: Json
    invalid: list[Json] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    requested: int = 0
    media: list[Json] = field(default_factory=list)

    def run(self) -> Json:
        """Make the messages and give `data` of SendMessagesResponse.

        Raises:
            ApiError: No text, nobody to send to, or a conversation that does not exist.
        """
        template = self.body.get("template")
        if not isinstance(template, str) or not template:
            raise bad_request("template must be the text to send")
        # Looked at before anybody is: a refused request must not leave new contacts behind.
        self.media = [{"url": item.get("url")} for item in self._media()]
        recipients = list(self._recipients())
        if not self.requested:
            raise bad_request("nobody to send to: contacts, conversations or filters needed")
        at = self.account.next_moment("messages")
        job_id = self.account.maker.new_id("jobs", at)
        for contact, conversation in recipients:
            self._send(contact, conversation, template, at, job_id)
        statuses.begin(self.account, self.messages, self.switches.status_seconds)
        cost = sum(texts.price(message.segments) for message in self.messages)
        self.account.balance = round(self.account.balance - cost, 2)
        return self._data(job_id, at)

    def _recipients(self) -> Iterable[_Recipient]:
        threads = [self._conversation(i) for i in _items(self.body, "conversations")]
        for conversation in threads:
            contact_id = conversation.contact.id if conversation.contact else ""
            contact = self.account.contacts.find(contact_id)
            yield from self._allowed(contact, {"id": contact_id}, conversation)
        for sent in objects(_items(self.body, "contacts"), "a contact"):
            yield from self._contact(sent)
        filters = self.body.get("filters")
        tags = _items(filters, "tags") if isinstance(filters, dict) else []
        for contact in list(self.account.contacts) if tags else []:
            if any(tag["tag"] in tags for tag in contact.tags):
                yield from self._allowed(contact, {}, None)

    def _conversation(self, conversation_id: Any) -> Conversation:
        found = self.account.conversations.find(str(conversation_id))
        if found is None:
            raise ApiError(400, INVALID_CONVERSATION, "Invalid conversation id")
        return found

    def _contact(self, sent: Json) -> Iterable[_Recipient]:
        """A contact by id, by number, or a new one: an unknown number becomes a contact."""
        if sent.get("id") is not None:
            known = self.account.contacts.find(str(sent["id"]))
            return self._allowed(known, sent, None)
        try:
            fields = read_fields(sent)
        except ApiError as error:
            if error.code != INVALID_NUMBER:
                raise
            fields = {}
        if "mobile" not in fields:
            return self._refuse(sent, INVALID_NUMBER, "Invalid mobile number")
        contact = self.account.contacts.by_number(fields["mobile"].number)
        contact = contact or Writes(self.account, self.switches).add(fields)
        return self._allowed(contact, sent, None)

    def _allowed(
        self, contact: Contact | None, sent: Json, conversation: Conversation | None
    ) -> Iterable[_Recipient]:
        if contact is None:
            return self._refuse(sent, NOT_FOUND, "No such contact")
        if contact.blocked:
            shown = show(contact, self.switches)
            return self._refuse(shown, OPTED_OUT, "Contact has requested no further communication")
        if contact.mobile is None:
            return self._refuse(
                show(contact, self.switches), INVALID_NUMBER, "Invalid mobile number"
            )
        self.requested += 1
        return [(contact, conversation)]

    def _refuse(self, shown: Json, code: str, description: str) -> Iterable[_Recipient]:
        self.requested += 1
        error = {"code": code, "description": description}
        self.invalid.append({**shown, "valid": False, "error": error})
        return []

    def _send(
        self,
        contact: Contact,
        conversation: Conversation | None,
        template: str,
        at: int,
        job_id: str,
    ) -> None:
        person = contact.person()
        conversation = conversation or self._thread_with(contact, at)
        text = texts.fill(template, person)
        parts = texts.segments(text)
        message = Message(
            id=self.account.maker.new_id("messages", at),
            created=at,
            updated=at,
            created_by=API_USER,
            updated_by=API_USER,
            contact=person,
            conversation=conversation,
            group_id=self._group() or conversation.group_id,
            phone=conversation.phone,
            job_id=job_id,
            type=str(self.body.get("type") or "SMS").lower(),
            template=template,
            text=text,
            status="queued",
            outgoing=True,
            country=country_of(person),
            segments=parts,
            price=texts.price(parts),
            read=True,
            media=self.media,
            error=None,
        )
        conversations.take_in(self.account, message)
        self.messages.append(message)

    def _thread_with(self, contact: Contact, at: int) -> Conversation:
        """The oldest conversation with a contact, or a new one."""
        if contact.id not in self._threads:
            self._threads[contact.id] = conversations.begin(self.account, contact, at)
        return self._threads[contact.id]

    @cached_property
    def _threads(self) -> dict[str, Conversation]:
        newest_first = reversed(list(self.account.conversations))
        return {one.contact.id: one for one in newest_first if one.contact}

    def _media(self) -> list[Json]:
        return objects(_items(self.body, "media"), "a medium")

    def _group(self) -> str | None:
        wanted = self.body.get("phoneNumberFilter")
        group = wanted.get("group") if isinstance(wanted, dict) else None
        return str(group["id"]) if isinstance(group, dict) and group.get("id") else None

    def _data(self, job_id: str, at: int) -> Json:
        estimate = round(sum(float(str(m.price)) for m in self.messages), 2)
        shown_job = id_of(job_id, self.switches)
        stamp = time_of(at, API_USER, "object")
        job = {
            "id": shown_job,
            "status": "processing",
            "estimatedPrice": estimate,
            "price": 0,
            "invalid": self.invalid,
            "created": stamp,
            "updated": stamp,
        }
        return {
            "jobId": shown_job,
            "job": job,
            "requested": self.requested,
            "valid": len(self.messages),
            "estimatedPrice": estimate,
            "batches": 1,
            "messages": [show(message, self.switches) for message in self.messages],
            "invalid": self.invalid,
        }


def _items(body: Json, name: str) -> list[Any]:
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise bad_request(f"{name} must be an array")
    return value
