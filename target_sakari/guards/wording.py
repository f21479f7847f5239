"""What texts must not be, and must say."""

from __future__ import annotations

import re

from target_sakari.guards.objection import Objection
from target_sakari.reasons import Reason

STOP_WORDS = frozenset({
    "stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke",
    "start", "unstop", "help", "info",
})  # fmt: skip
"""What people reply, as letters only: by Sakari's help article 360040097351, and by carriers."""


def stop_word(text: str) -> Objection | None:
    """What stands against a text that is nothing but such a word."""
    if "".join(filter(str.isalnum, text.casefold())) not in STOP_WORDS:
        return None
    detail = (
        "The text is a lone word that people reply with. Is it the right field? "
        "refuse_stop_words: false sends it."
    )
    return Objection("rejected", Reason.STOP_WORD, detail)


def opt_out_text(text: str, word: str | None) -> Objection | None:
    """What stands against a text that lacks a word; none where no word is asked for."""
    if word is None or re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE):
        return None
    detail = "The text does not hold the word of opt_out_word, and require_opt_out_text is set."
    return Objection("rejected", Reason.NO_OPT_OUT_TEXT, detail)
