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
    # What Sakari has.
    AMBIGUOUS_MATCH = "ambiguous_match", "Several things in Sakari, or in the run, fit it."
    NUMBER_TAKEN = "number_taken", "Another contact has the new number."
    EXISTS = "exists", "It is there already, and the mode is create."
    NOT_FOUND = "not_found", "It is not there, and the mode is update."
    ALREADY_ABSENT = "already_absent", "It was to be deleted, and is not there."
    OPTED_OUT = (
        "opted_out",
        "The contact wants no messages; it is kept so that this is not forgotten.",
    )
    NOTHING_TO_DO = "nothing_to_do", "The record asks for nothing."
    # What Sakari answers.
    REFUSED = "refused", "Sakari refused it; the detail has its code."
    NO_CLEAR_ANSWER = "no_clear_answer", "Sakari's answer does not tell what became of it."
    FAILED = "failed", "Sakari failed at it, in spite of retries."
    # The settings.
    UNKNOWN_STREAM = "unknown_stream", "No route leads from its stream into Sakari."
