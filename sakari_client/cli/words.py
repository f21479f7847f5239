"""What an error says, as people at the command read it: its settings, and Sakari's own words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sakari_client.cli.plain import masked, plain
from sakari_client.config import SETTINGS

if TYPE_CHECKING:
    from sakari_client.errors import SakariError

PREFIX = "TAP_SAKARI_"
"""What the settings' variables begin with. One set for the tap and the command: they read the same
account."""

_LONGEST = 200
"""Characters of Sakari's words that are shown."""

_SETTING = re.compile(rf"\b({'|'.join(name for name in SETTINGS if '_' in name)})\b")

_NUMBER = re.compile(r"\+?\d(?:[\W_]{0,3}\d){6,}")
"""Seven digits or more, with whatever people write between those of a number."""

_ADDRESS = re.compile(r"\S*@\S*")


def told(error: SakariError) -> str:
    """What an error says, with its settings named as here, and what Sakari itself says of it."""
    line = _SETTING.sub(lambda found: f"{PREFIX}{found[0].upper()}", str(error))
    if not error.server_message:
        return line
    words = plain(discreet(error.server_message))
    if len(words) > _LONGEST:
        words = f"{words[: _LONGEST - 1]}…"
    return f'{line} Sakari says: "{words}".'


def discreet(text: str) -> str:
    """A text with everything masked that may be a phone number or an e-mail address."""
    shown = _ADDRESS.sub("***@***", text)
    return _NUMBER.sub(lambda found: masked(found[0]), shown)
