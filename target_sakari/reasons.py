"""Why a record was not simply written: the codes of the outcomes file, for scripts to rely on."""

from __future__ import annotations

import enum


class Reason(str, enum.Enum):
    """A stable code; what it means is the text beside it, which the docs print."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Reason:  # noqa: PYI034 - Self needs Python 3.11
        """Make a code with its meaning."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    # The record itself: mend it.
    KEY_MISSING = "key_missing", "A key property of the stream is missing or null."
    INVALID = "invalid", "The record breaks the contract of its kind (schemas/target)."
    NO_MATCH_KEY = "no_match_key", "It holds nothing to find or make the thing by."
    INVALID_NUMBER = "invalid_number", "The phone number cannot be one."
    NO_RECIPIENT = "no_recipient", "The text has nobody to go to."
    NO_TEXT = "no_text", "There is nothing to send: no text, and no template that has one."
    MEDIA = "media", "A local file may not go out: not in media_folder, not there, or too large."
    HISTORY = "history", "It is a message that Sakari sent or received before, as the tap reads it."
    DELETED = "deleted", "The row of the text to be sent is marked as deleted."
    # What guards those who get texts, and the account that pays.
    OPTED_OUT = "opted_out", "They asked for no texts, or are blocked: they get none, and are kept."
    NO_OPT_IN = "no_opt_in", "The recipient is not known to have opted in."
    INVALID_CONTACT = "invalid_contact", "Sakari holds the recipient's number to be invalid."
    LANDLINE = "landline", "The recipient's number is a landline."
    SEND_LATER = "send_later", "It is to be sent at a time that is yet to come."
    QUIET_HOURS = "quiet_hours", "It is in the quiet hours where the recipient may be."
    UNKNOWN_ZONE = "unknown_zone", "There are quiet hours, and no time zone is known."
    RECIPIENT_CAP = "recipient_cap", "The recipient has got enough texts in the last 24 hours."
    MAX_MESSAGES = "max_messages", "The run would send more messages than it may."
    MAX_SEGMENTS = "max_segments", "The run would send more segments than it may."
    MAX_COST = "max_cost", "The run would cost more than it may."
    STOP_WORD = "stop_word", "The text is nothing but a word such as STOP, as people reply."
    NO_OPT_OUT_TEXT = "no_opt_out_text", "The text does not say how to get no more of them."
    # What the ledger of sends has.
    ALREADY_SENT = "already_sent", "It was sent before, by the ledger of sends."
    ALREADY_REJECTED = (
        "already_rejected",
        "Sakari refused just this before, or somebody settled it so, by the ledger.",
    )
    UNRESOLVED = "unresolved", "Nobody knows yet whether it was sent; a later run looks again."
    NOT_FOUND_IN_SAKARI = (
        "not_found_in_sakari",
        "It may have been sent, and is not among the recipient's messages: settle it by hand.",
    )
    # What Sakari has.
    AMBIGUOUS_MATCH = (
        "ambiguous_match",
        "Several things in Sakari, or in the run, fit it; or one that only may be it.",
    )
    NUMBER_TAKEN = "number_taken", "Another contact has the new number."
    EXISTS = "exists", "It is there already, and the mode is create."
    NOT_FOUND = "not_found", "It is not there: nothing to update, or to send by or to."
    NUMBER_DIFFERS = "number_differs", "The contact has another number than the record says."
    ALREADY_ABSENT = "already_absent", "It was to be deleted, and is not there."
    NOTHING_TO_DO = "nothing_to_do", "The record asks for nothing."
    # What Sakari answers.
    REFUSED = "refused", "Sakari refused it; the detail has its code."
    NO_CLEAR_ANSWER = "no_clear_answer", "Sakari's answer does not tell what became of it."
    FAILED = "failed", "Sakari failed at it, in spite of retries."
    # The settings.
    UNKNOWN_STREAM = "unknown_stream", "No route leads from its stream into Sakari."
