"""How many SMS a text is: by the tables and limits of GSM 03.38, no character cut in two."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakari_client import segments
from sakari_client.segments import Segments, count, odd_characters

BASIC = st.sampled_from("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ aZ09¡ÄÖÑÜ§¿äöñüà")
EXTENSION = st.sampled_from("\f^{}\\[~]|€")
ODD = st.sampled_from("çżЖ—…中`\t\u00a0😀👩")
TEXTS = st.text(st.one_of(BASIC, EXTENSION), max_size=400) | st.text(
    st.one_of(BASIC, EXTENSION, ODD), max_size=400
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0)),
        ("Hello", Segments("GSM-7", 5, 1)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("€", Segments("GSM-7", 2, 1)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        # 76 to a segment: the 77th would be cut between its escape and itself.
        ("€" * 152, Segments("GSM-7", 304, 2)),
        ("€" * 153, Segments("GSM-7", 306, 3)),
        ("a" + "€" * 152 + "a", Segments("GSM-7", 306, 2)),
        ("ż" * 70, Segments("UCS-2", 70, 1)),
        ("ż" * 71, Segments("UCS-2", 71, 2)),
        ("ż" * 134, Segments("UCS-2", 134, 2)),
        ("ż" * 135, Segments("UCS-2", 135, 3)),
        ("a" * 159 + "ż", Segments("UCS-2", 160, 3)),
        ("😀" * 35, Segments("UCS-2", 70, 1)),
        # 33 to a segment: the 34th would be cut between its two halves.
        ("😀" * 66, Segments("UCS-2", 132, 2)),
        ("😀" * 67, Segments("UCS-2", 134, 3)),
        ("\ud83d", Segments("UCS-2", 1, 1)),
    ],
)
def test_limits(text: str, expected: Segments) -> None:
    assert count(text) == expected


def test_the_tables_are_whole() -> None:
    assert len(segments._BASIC) == 127  # the 128th is the escape to the extension table
    assert len(segments._EXTENSION) == 10


def test_odd_characters_are_named_once_in_their_order() -> None:
    assert odd_characters("ża—bż€") == ("ż", "—")
    assert odd_characters("Grüße {x}") == ()


@given(TEXTS)
def test_a_text_is_ucs_2_only_for_its_odd_characters(text: str) -> None:
    assert (count(text).encoding == "UCS-2") == bool(odd_characters(text))
    plain = text.translate(dict.fromkeys(map(ord, odd_characters(text))))
    assert count(plain).encoding == "GSM-7"


@given(TEXTS)
def test_units_are_those_of_the_encoding(text: str) -> None:
    told = count(text)
    if told.encoding == "UCS-2":
        assert told.units == len(text.encode("utf-16-le")) // 2
    else:
        assert told.units == len(text) + sum(text.count(one) for one in "\f^{}\\[~]|€")


@given(TEXTS)
def test_no_fewer_segments_than_units_need_and_hardly_more(text: str) -> None:
    told = count(text)
    alone, each = {"GSM-7": (160, 153), "UCS-2": (70, 67)}[told.encoding]
    if told.units <= alone:
        assert told.segments == (1 if text else 0)
    else:
        # A character that would be cut leaves one unit of a segment empty.
        assert -(-told.units // each) <= told.segments <= -(-told.units // (each - 1))


@given(TEXTS, st.one_of(BASIC, EXTENSION, ODD))
def test_a_longer_text_is_never_fewer_segments(text: str, more: str) -> None:
    assert count(text + more).segments >= count(text).segments
