"""What texts must not be, must say, and need not cost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client.segments import count, odd_characters
from target_sakari.guards.plain import plain, warning
from target_sakari.guards.wording import opt_out_text, stop_word
from target_sakari.reasons import Reason

ODD = st.sampled_from("\u2019\u201c\u2013\u2026\u00a0\u200b\u2028e\u0301\u0436\U0001f600^\t ")
TEXTS = st.text(ODD | st.characters(max_codepoint=0x17F), max_size=200)


@pytest.mark.parametrize(
    "text", ["STOP", " stop. ", "Opt-Out", "\u201cHELP\u201d", "un subscribe", "End\n"]
)
def test_a_lone_stop_word_is_refused(text: str) -> None:
    found = stop_word(text)
    assert found is not None
    assert (found.outcome, found.reason) == ("rejected", Reason.STOP_WORD)


@pytest.mark.parametrize("text", ["Reply STOP to end", "Stopped", "Helpful", "The end", "", "Hi"])
def test_other_texts_are_no_stop_words(text: str) -> None:
    assert stop_word(text) is None


@pytest.mark.parametrize(
    ("text", "word", "fits"),
    [
        ("Hi", None, True),
        ("Hi. Reply STOP to end.", "STOP", True),
        ("Hi. Txt stop2end", "STOP", False),
        ("Hi. Txt 'stop'", "STOP", True),
        ("The bus stops here", "STOP", False),
        ("Hi. Envoyez ARR\u00caT.", "arr\u00eat", True),
        ("Hi. Reply S.T", "S.T", True),
        ("Hi. Reply SxT", "S.T", False),
    ],
)
def test_the_word_of_the_opt_out(text: str, word: str | None, *, fits: bool) -> None:
    found = opt_out_text(text, word)
    assert (found is None) == fits
    assert found is None or (found.outcome, found.reason) == ("rejected", Reason.NO_OPT_OUT_TEXT)


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("It\u2019s \u201chere\u201d \u2013 now\u2026", 'It\'s "here" - now...'),
        ("a\u00a0b\u202fc\td", "a b c d"),
        ("a\u200bb\ufeff", "ab"),
        ("cafe\u0301 {{firstName}} \u20ac5", "caf\u00e9 {{firstName}} \u20ac5"),
        # What would stay UCS-2 all the same is left as it is.
        ("It\u2019s \U0001f600", "It\u2019s \U0001f600"),
        ("\u2019\u0436", "\u2019\u0436"),
        ("gar\u00e7on\u2019s", "gar\u00e7on\u2019s"),
        ("plain ^", "plain ^"),
    ],
)
def test_plain_characters(text: str, made: str) -> None:
    assert plain(text) == made


@given(TEXTS)
def test_a_text_is_made_wholly_plain_or_left(text: str) -> None:
    made = plain(text)
    assert made == text or not odd_characters(made)
    assert plain(made) == made
    if not odd_characters(text):
        assert made == text
    letters = [one for one in unicodedata.normalize("NFC", text) if one.isalnum()]
    assert made == text or [one for one in made if one.isalnum()] == letters


@given(TEXTS)
def test_a_warning_never_lies(text: str) -> None:
    if warning(text):
        assert odd_characters(text)
        made = plain(text)
        other = made if made != text else text.replace(odd_characters(text)[0], "")
        assert count(other).segments < count(text).segments


def test_a_warning_names_the_character_and_nothing_else() -> None:
    text = "a" * 150 + "\u2019"
    assert warning(text) == (
        "A text takes 3 segments in place of 1, because of U+2019 RIGHT SINGLE QUOTATION MARK: "
        "plain_characters: true replaces it."
    )
    told = warning("a" * 150 + "\U0001f600")
    assert told is not None
    assert told.endswith("U+1F600 GRINNING FACE: leave it out.")


@pytest.mark.parametrize(
    "text",
    ["Hi", "It\u2019s", "\u0436\u0430" * 100, "a" * 200, "a" * 150 + "\U0001f600\U0001f601"],
)
def test_no_warning_where_no_odd_character_is_to_blame(text: str) -> None:
    assert warning(text) is None
