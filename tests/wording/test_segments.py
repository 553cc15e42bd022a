"""What a text costs, against the tables of Twilio's and courier's counters."""

import unicodedata

import pytest
from hypothesis import given, strategies as st

from app.wording.segments import Encoding, Segments, fits, graphemes, segments

GSM7, UCS2 = Encoding.GSM7, Encoding.UCS2
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"  # three faces, two joiners
FLAG = "\U0001f1e7\U0001f1e9"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", Segments(GSM7, 0, 1), id="an empty message is a message"),
        pytest.param("a" * 160, Segments(GSM7, 160, 1), id="160 letters are one"),
        pytest.param("a" * 161, Segments(GSM7, 161, 2), id="161 letters are two"),
        pytest.param("a" * 306, Segments(GSM7, 306, 2), id="306 letters are two"),
        pytest.param("a" * 307, Segments(GSM7, 307, 3), id="307 letters are three"),
        pytest.param("{" + "a" * 158, Segments(GSM7, 160, 1), id="a brace is two"),
        pytest.param("[" + "a" * 159, Segments(GSM7, 161, 2), id="bracket spills over"),
        pytest.param("\f" * 80, Segments(GSM7, 160, 1), id="80 escapes are one"),
        pytest.param("\f" * 81, Segments(GSM7, 162, 2), id="81 escapes are two"),
        pytest.param(
            "a" * 152 + "€" + "a" * 152,
            Segments(GSM7, 306, 3),
            id="an escape pair is never cut by the end of a part",
        ),
        pytest.param("é", Segments(GSM7, 1, 1), id="e acute is in the alphabet"),
        pytest.param("ê", Segments(UCS2, 1, 1), id="e circumflex is not"),
        pytest.param("a\tb", Segments(UCS2, 3, 1), id="nor is a tab"),
        pytest.param("“word”", Segments(UCS2, 6, 1), id="nor are curly quotes"),
        pytest.param(
            "😜" + "a" * 68, Segments(UCS2, 70, 1), id="an emoji is two units"
        ),
        pytest.param("😜" + "a" * 69, Segments(UCS2, 71, 2), id="an emoji spills over"),
        pytest.param("ক" * 70, Segments(UCS2, 70, 1), id="70 Bengali letters are one"),
        pytest.param("ক" * 71, Segments(UCS2, 71, 2), id="71 Bengali letters are two"),
        pytest.param("ক" * 134, Segments(UCS2, 134, 2), id="134 bare letters are two"),
        pytest.param(
            "কি" * 67,
            Segments(UCS2, 134, 3),
            id="134 units are three where a vowel sign would be cut off",
        ),
        pytest.param("ক" + "কি" * 66, Segments(UCS2, 133, 2), id="133 units may fit"),
        pytest.param(
            "a" + "😜" * 66 + "a", Segments(UCS2, 134, 2), id="pairs that pack well"
        ),
        pytest.param(
            "😜" * 67, Segments(UCS2, 134, 3), id="a surrogate pair is never cut"
        ),
        pytest.param(
            "ক" * 60 + FAMILY + "ক" * 60,
            Segments(UCS2, 128, 3),
            id="a joined picture goes whole into the next part",
        ),
        pytest.param(
            "ক" + "\u0981" * 100, Segments(UCS2, 101, 3), id="a monster is cut anyhow"
        ),
    ],
)
def test_segments(text, expected):
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        pytest.param("কি", ["কি"], id="a vowel sign stays with its letter"),
        pytest.param("ক্ষ", ["ক্", "ষ"], id="a virama ends a cluster, as at Twilio"),
        pytest.param("கொ", ["கொ"], id="a two-part Tamil vowel"),
        pytest.param("ड़", ["ड़"], id="a nukta"),
        pytest.param("র\u200d্য", ["র\u200d্", "য"], id="a joiner between letters"),
        pytest.param(FAMILY + "a", [FAMILY, "a"], id="a joined picture"),
        pytest.param(FLAG + FLAG, [FLAG, FLAG], id="flags go two by two"),
        pytest.param("👍🏽!", ["👍🏽", "!"], id="a skin tone"),
        pytest.param("❤\ufe0f1", ["❤\ufe0f", "1"], id="a variation selector"),
        pytest.param("\n\u0981", ["\n", "\u0981"], id="nothing joins a line break"),
        pytest.param("\r\n", ["\r", "\n"], id="a line break of two is two signs"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_graphemes(text, signs):
    assert list(graphemes(text)) == signs


def test_text_that_fits_says_so():
    assert fits("কি" * 66, 2)
    assert not fits("কি" * 67, 2)


@given(st.text(st.characters(min_codepoint=0x80, max_codepoint=0x1FAFF), max_size=300))
def test_graphemes_lose_nothing_and_parts_hold_all_units(text):
    assert "".join(graphemes(text)) == text
    counted = segments(text)
    if counted.encoding is UCS2:
        assert counted.units == len(text.encode("utf-16-le", "surrogatepass")) // 2
        assert counted.parts * (70 if counted.parts == 1 else 67) >= counted.units


def test_nfc_makes_a_bengali_letter_dearer():
    typed = "\u09df" * 40  # one unit each from some keyboards
    assert fits(typed, 1)
    assert not fits(unicodedata.normalize("NFC", typed), 1)
