"""How the status of a message that was sent moves on, and how it ends.

The last two digits of the recipient's number decide, so that a test can choose an ending. None of
this is Sakari's; the statuses and codes are (help article 360038858932).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sakari_emulator import words
from sakari_emulator.times import SECOND

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sakari_emulator.account import Account
    from sakari_emulator.rows import Message

    Steps = Sequence[tuple[str, str | None]]

ENDINGS: dict[str, Steps] = {
    "91": (("sent", None), ("error", "MSG-019")),
    "92": (("error", "MSG-020"),),
    "93": (("sent", None),),
}
"""Last two digits of a number -> what follows "queued": statuses, each with its error code."""
DELIVERED: Steps = (("sent", None), ("delivered", None))
"""What follows for every other number."""

_ERRORS = {error["code"]: error for error in words.ERRORS}


def begin(account: Account, messages: Sequence[Message], seconds: int) -> None:
    """Let messages that were just sent move on.

    Args:
        account: Where they are.
        messages: All of one send, queued.
        seconds: From one status to the next; 0 lets them stay as they are for ever.
    """
    now = account.now()
    for message in messages if seconds else ():
        _Way(account, message, message.status, seconds * SECOND, _steps_of(message)).plan(now)


def _steps_of(message: Message) -> Steps:
    """What follows "queued" for this recipient."""
    mobile = message.contact.mobile if message.contact else None
    return ENDINGS.get(mobile.number[-2:], DELIVERED) if mobile else DELIVERED


@dataclass
class _Way:
    """What is still to come for a message; `status` is the one it has, unless by hand."""

    account: Account
    message: Message
    status: str
    wait: int
    steps: Steps

    def plan(self, moment: int) -> None:
        """Have the next step, if there is one, taken in due time."""
        if self.steps:
            self.account.agenda.at(moment + self.wait, self.step)

    def step(self, moment: int) -> None:
        """Take the next step, unless the message is gone or was given a status by hand."""
        message = self.message
        gone = self.account.messages.find(message.id) is not message
        if gone or message.status != self.status:
            return
        (self.status, code), *self.steps = self.steps
        message.error = _ERRORS[code] if code else None
        self.account.set_status(message, self.status, moment)
        self.plan(moment)
