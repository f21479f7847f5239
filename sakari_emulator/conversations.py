"""Conversations while the emulator runs: they start, open again and close."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sakari_emulator.generate import attach

if TYPE_CHECKING:
    from sakari_emulator.account import Account
    from sakari_emulator.rows import Contact, Conversation, Message


def with_contact(account: Account, contact: Contact, at: int) -> Conversation:
    """The oldest conversation with this contact, or a new one made at that moment."""
    for known in account.conversations:
        if known.contact is not None and known.contact.id == contact.id:
            return known
    return begin(account, contact, at)


def begin(account: Account, contact: Contact, at: int) -> Conversation:
    """A new conversation, made at that moment."""
    conversation = account.maker.conversation(at, contact)
    account.conversations.add(conversation)
    return conversation


def take_in(account: Account, message: Message) -> None:
    """Add a message of its conversation, which opens again if it had closed."""
    conversation = message.conversation
    closes = conversation.closes if conversation else None
    attach(message)
    if conversation is not None:
        if closes is not None and closes <= message.created:
            account.tell("conversation-started", conversation)
        _expect_close(account, conversation)
    account.messages.add(message)


def _expect_close(account: Account, conversation: Conversation) -> None:
    """Plan the close once: a message that puts it off does not plan another one."""
    if conversation.closes is not None and conversation.id not in account.closing:
        account.closing.add(conversation.id)
        account.agenda.at(conversation.closes, partial(_close, account, conversation))


def _close(account: Account, conversation: Conversation, moment: int) -> None:
    account.closing.discard(conversation.id)
    if conversation.closes is not None and conversation.closes > moment:
        _expect_close(account, conversation)
    elif conversation.closes == moment and account.conversations.find(conversation.id):
        account.tell("conversation-closed", conversation)
