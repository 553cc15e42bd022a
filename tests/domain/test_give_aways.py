"""What in her words may tell who she is, marked by rule in four languages."""

import re
import time

import pytest
from hypothesis import given, strategies as st

from app.domain.give_aways import Why, marks, pieces, without

NAMES = ("Nasrin Akter", "রহিমা বেগম", "Md. Ali")


def found(text: str) -> list[tuple[str, Why]]:
    return [(text[m.start : m.end], m.why) for m in marks(text, NAMES)]


@pytest.mark.parametrize(
    ("text", "piece", "why"),
    [
        pytest.param("call 01711-234 567", "01711-234 567", Why.PHONE, id="phone"),
        pytest.param("আমার নম্বর ০১৭১১২৩৪৫৬৭", "০১৭১১২৩৪৫৬৭", Why.PHONE, id="phone-bn"),
        pytest.param("they cut 12,500 taka", "12,500", Why.NUMBER, id="amount"),
        pytest.param("my number is 4471", "4471", Why.NUMBER, id="four-digits"),
        pytest.param("எண் ௪௪௭௧ என்று", "௪௪௭௧", Why.NUMBER, id="four-digits-ta"),
        pytest.param("ID card no. 88 was taken", "ID card no. 88", Why.CARD, id="card"),
        pytest.param("আইডি ৪৪১", "আইডি ৪৪১", Why.CARD, id="card-bn"),
        pytest.param("badge EMP-88 lost", "badge EMP-88", Why.CARD, id="code"),
        pytest.param("on line 7 it is hot", "line 7", Why.PLACE, id="line"),
        pytest.param("we at line B", "line B", Why.PLACE, id="line-with-a-letter"),
        pytest.param("the third floor", "third floor", Why.PLACE, id="floor-in-words"),
        pytest.param("machine no 23 broke", "machine no 23", Why.PLACE, id="machine"),
        pytest.param("লাইন ৭ এ কাজ করি", "লাইন ৭", Why.PLACE, id="line-bn"),
        pytest.param("৭ নম্বর লাইন", "৭ নম্বর লাইন", Why.PLACE, id="line-bn-number-first"),
        pytest.param("তিন তলায় কাজ", "তিন তলায়", Why.PLACE, id="floor-bn"),
        pytest.param("लाइन 7 पर", "लाइन 7", Why.PLACE, id="line-hi"),
        pytest.param("दूसरी मंज़िल पर", "दूसरी मंज़िल", Why.PLACE, id="floor-hi"),
        pytest.param("லைன் 7 இல்", "லைன் 7", Why.PLACE, id="line-ta"),
        pytest.param("மாடி 3", "மாடி 3", Why.PLACE, id="floor-ta"),
        pytest.param("we of L-7", "L-7", Why.CARD, id="line-as-a-code"),
        pytest.param("২য় তলায় কাজ", "২য় তলায়", Why.PLACE, id="ordinal-bn"),
        pytest.param("7वीं मंज़िल पर", "7वीं मंज़िल", Why.PLACE, id="ordinal-hi"),
        pytest.param("3வது மாடி", "3வது மாடி", Why.PLACE, id="ordinal-ta"),
        pytest.param("on 12 March he came", "12 March", Why.DATE, id="date"),
        pytest.param("১২ মার্চ থেকে", "১২ মার্চ", Why.DATE, id="date-bn"),
        pytest.param("on 12/3/2026", "12/3/2026", Why.DATE, id="date-in-figures"),
        pytest.param("at 9:30 he came", "9:30", Why.TIME, id="clock"),
        pytest.param("till 10 pm each day", "10 pm", Why.TIME, id="clock-pm"),
        pytest.param("राज 9 बजे आया", "9 बजे", Why.TIME, id="clock-hi"),
        pytest.param("இரவு 9 மணிக்கு", "9 மணிக்கு", Why.TIME, id="clock-ta"),
        pytest.param("I am 24 years old", "24 years old", Why.AGE, id="age"),
        pytest.param("Rahim bhai shouts", "Rahim bhai", Why.NAME, id="called-behind"),
        pytest.param("রহিম ভাই খারাপ", "রহিম ভাই", Why.NAME, id="called-behind-bn"),
        pytest.param("अन्नू दीदी से", "अन्नू दीदी", Why.NAME, id="called-behind-hi"),
        pytest.param("கார்த்திக் அண்ணா", "கார்த்திக் அண்ணா", Why.NAME, id="behind-ta"),
        pytest.param("Mr. Karim hit me", "Mr. Karim", Why.NAME, id="title"),
        pytest.param("Mr. Karim Uddin hit", "Mr. Karim Uddin", Why.NAME, id="surname"),
        pytest.param("Mr Md. Karim H. Mia", "Mr Md. Karim H. Mia", Why.NAME, id="long"),
        pytest.param("মোঃ করিম উদ্দিন আমাকে", "মোঃ করিম উদ্দিন", Why.NAME, id="long-bn"),
        pytest.param("श्री राम कुमार ने", "श्री राम कुमार", Why.NAME, id="long-hi"),
        pytest.param("திரு கண்ணன் முருகன் என்னை", "திரு கண்ணன் முருகன்", Why.NAME, id="l-ta"),
        pytest.param("श्री राम ने मारा", "श्री राम", Why.NAME, id="no-surname-hi"),
        pytest.param("boss Karim Ullah", "boss Karim Ullah", Why.NAME, id="post-long"),
        pytest.param("Kabir Ullah bhai", "Kabir Ullah bhai", Why.NAME, id="behind-2"),
        pytest.param("supervisor Karim", "supervisor Karim", Why.NAME, id="post"),
        pytest.param("nasrin said it", "nasrin", Why.NAME, id="of-her-site"),
        pytest.param("রহিমা বলেছে", "রহিমা", Why.NAME, id="of-her-site-bn"),
        pytest.param("my husband works too", "my husband", Why.FAMILY, id="family"),
        pytest.param("আমার বোন কাটিং এ", "আমার বোন", Why.FAMILY, id="family-bn"),
        pytest.param("मेरे पति भी", "मेरे पति", Why.FAMILY, id="family-hi"),
        pytest.param("என் கணவர் அங்கே", "என் கணவர்", Why.FAMILY, id="family-ta"),
        pytest.param("at a.b@mill.example", "a.b@mill.example", Why.MAIL, id="mail"),
    ],
)  # fmt: skip
def test_what_may_tell_who_she_is_is_marked(text: str, piece: str, why: Why) -> None:
    assert (piece, why) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "They do not pay our overtime for three months.",
        "The supervisor shouts at all of us, and the manager laughs.",
        "There is no water on our floor and the toilets are locked.",
        "তিন মাস ধরে আমাদের বেতন দেয় না।",
        "हमें तीन महीने से ओवरटाइम नहीं मिला।",
        "மூன்று மாதமாக சம்பளம் வரவில்லை.",
    ],
)
def test_what_tells_of_nobody_is_left(text: str) -> None:
    assert marks(text, NAMES) == ()


def test_each_marked_piece_is_taken_out_and_said_to_be() -> None:
    text = "Rahim bhai of line 7 hit me"
    assert without(text, marks(text)) == "[…] of […] hit me"


_DIGITS = "0123456789০১২৩৪৫৬৭৮৯०१२३४५६७८९௦௧௨௩௪௫௬௭௮௯"
_TEXTS = st.text(
    st.sampled_from(list(_DIGITS) + list(" .-/:,\n") + list("line no লাইন মে ভাই bhai")),
    max_size=60,
) | st.text(max_size=80)


@given(_TEXTS, st.lists(st.text(max_size=12), max_size=4))
def test_marks_lie_in_the_text_in_order_and_never_overlap(
    text: str, names: list[str]
) -> None:
    at = 0
    for mark in marks(text, names):
        assert at <= mark.start < mark.end <= len(text)
        at = mark.end
    assert "".join(piece.text for piece in pieces(text, marks(text, names))) == text


@given(_TEXTS)
def test_every_run_of_four_digits_is_marked_in_any_script(text: str) -> None:
    covered = {n for mark in marks(text) for n in range(mark.start, mark.end)}
    for run in re.finditer(r"\d{4,}", text):
        assert covered.issuperset(range(*run.span()))


@given(_TEXTS)
def test_of_what_is_left_no_digits_of_a_number_remain(text: str) -> None:
    assert not re.search(r"\d{4}", without(text, marks(text)))


@pytest.mark.parametrize(
    "piece", ["1 ", "১", "1,", "a@", "...-", "a.b", "line ", "my ", "Mr. ", "লাইন "]
)
def test_no_text_however_odd_takes_long(piece: str) -> None:
    """A text of the longest kind is looked through in the blink of an eye."""
    text = piece * (12_000 // len(piece))
    began = time.process_time()
    marks(text, NAMES)
    assert time.process_time() - began < 2


@pytest.mark.parametrize("code", ["482170", "৪৮২১৭০", "४८२१७०", "௪௮௨௧௭௦"])
def test_the_code_on_her_places_poster_tells_nothing(code: str) -> None:
    assert marks(f"{code} no water", site="482170") == ()
    assert marks(f"{code} no water", site="615236") != ()
    assert marks(f"ID {code}", site="482170") != ()
