"""Texts that people send to the account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET

from sakari_emulator import conversations, numbers, texts
from sakari_emulator.contact_writes import Writes
from sakari_emulator.errors import INVALID_NUMBER, ApiError
from sakari_emulator.generate import API_USER, country_of
from sakari_emulator.rows import Contact, Message
from sakari_emulator.times import iso

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.switches import Switches

OPT_OUT = ("STOP", "CANCEL", "END", "OPTOUT", "OPT-OUT", "QUIT", "REVOKE", "UNSUBSCRIBE")
"""Words that block a contact when they are the whole message (help article 360040097351)."""
OPT_IN = ("START", "UNSTOP")
"""Those that unblock it (same article)."""


def receive(account: Account, switches: Switches, number: str, text: str) -> Message:
    """Let somebody text the account.

    Args:
        account: Who gets it.
        switches: Those of now.
        number: Of the sender, with its country's code; an unknown one becomes a contact.
        text: The words OPT_OUT and OPT_IN, alone and in any case, block and unblock the sender.

    Raises:
        ApiError: The number cannot be one.
    """
    mobile = numbers.read(number, None)
    if mobile is None:
        raise ApiError(400, INVALID_NUMBER, "Invalid mobile number")
    contact = account.contacts.by_number(mobile.number)
    contact = contact or Writes(account, switches).add({"mobile": mobile})
    message = _message(account, contact, text)
    conversations.take_in(account, message)
    _obey(account, contact, text)
    return message


def _message(account: Account, contact: Contact, text: str) -> Message:
    at, person = account.next_moment("messages"), contact.person()
    conversation = conversations.with_contact(account, contact, at)
    conversation.unread = tuple(user["id"] for user in account.maker.users)
    return Message(
        id=account.maker.new_id("messages", at),
        created=at,
        updated=at,
        created_by=API_USER,
        updated_by=API_USER,
        contact=person,
        conversation=conversation,
        group_id=conversation.group_id,
        phone=conversation.phone,
        job_id=None,
        type="sms",
        template=None,
        text=text,
        status="received",
        outgoing=False,
        country=country_of(person),
        segments=texts.segments(text),
        price=UNSET,
        read=False,
        media=[],
        error=None,
    )


def _obey(account: Account, contact: Contact, text: str) -> None:
    """Block or unblock a sender who asks for it; asking again changes nothing."""
    word = text.strip().removesuffix(".").rstrip().upper()
    if word in OPT_OUT and not contact.blocked:
        contact.blocked = iso(account.now())
        account.touch(contact)
        account.tell("contact-opt-out", contact)
    elif word in OPT_IN and contact.blocked:
        contact.blocked = None
        account.touch(contact)
        account.tell("contact-opt-in", contact)
