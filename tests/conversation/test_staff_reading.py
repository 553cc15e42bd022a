"""Which texts are a member's work, and what is read out of them."""

import pytest
from hypothesis import given, strategies as st

from app.conversation.folding import fold
from app.conversation.reading import normal
from app.conversation.staff import vocabulary as words
from app.conversation.staff.reading import StaffText, read_staff_text

ALL_WORDS = {
    word
    for by_language in words.WORDS.values()
    for listed in by_language.values()
    for word in listed
}


@pytest.mark.parametrize(
    ("text", "verb", "pin", "short", "said"),
    [
        pytest.param("CASES 4711", words.CASES, "4711", None, "", id="the-list"),
        pytest.param("cases4711", words.CASES, "4711", None, "", id="without-a-space"),
        pytest.param("Take 4711 2", words.TAKE, "4711", 2, "", id="take"),
        pytest.param("ack, 4711, 2.", words.ACK, "4711", 2, "", id="with-marks"),
        pytest.param(
            "DONE 4711 2 Wages of May: paid, all 41.",
            *(words.DONE, "4711", 2, "Wages of May: paid, all 41."),
            id="what-was-done-as-it-was-written",
        ),
        pytest.param(
            "ask 482913 1\nWhen was it?",
            *(words.ASK, "482913", 1, "When was it?"),
            id="a-question-on-another-line",
        ),
        pytest.param("তালিকা ৪৭১১", words.CASES, "4711", None, "", id="Bengali"),
        pytest.param(
            "प्रस्ताव ४७११ ३ नया पंखा", *(words.PROPOSE, "4711", 3, "नया पंखा"), id="Hindi"
        ),
        pytest.param("எடுத்தேன் ௪௭௧௧ ௧", words.TAKE, "4711", 1, "", id="Tamil"),
        pytest.param("porechi 4711 1", words.ACK, "4711", 1, "", id="Latin-Bengali"),
        pytest.param("padh liya 4711 1", words.ACK, "4711", 1, "", id="Latin-Hindi"),
        pytest.param("HELP my pin 4711", words.HELP, "4711", None, "", id="PIN-named"),
        pytest.param("TAKE 4711", words.TAKE, "4711", None, "", id="number-forgotten"),
        pytest.param(
            "TAKE 4711 2nd", *(words.TAKE, "4711", None, "2nd"), id="no-number"
        ),
    ],
)
def test_a_members_text(
    text: str, verb: str, pin: str, short: int | None, said: str
) -> None:
    assert read_staff_text(text) == StaffText(verb, pin, short, said)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("CASES", id="no-PIN"),
        pytest.param("4711 CASES", id="the-PIN-before-the-word"),
        pytest.param("TAKE 471 2", id="too-few-digits"),
        pytest.param("TAKE 4711234 2", id="too-many-digits"),
        pytest.param("STATUS 482913", id="a-workers-word"),
        pytest.param("STOP", id="stop"),
        pytest.param("482170 three months no overtime pay", id="a-complaint"),
        pytest.param("they take 4711 taka from us", id="a-sentence"),
        pytest.param("help me, 4711 taka are missing", id="a-cry"),
        pytest.param("we were done 4711 times", id="the-word-in-the-midst"),
        pytest.param("পাই নাই ৪৭১১ টাকা", id="Bengali"),
    ],
)
def test_a_workers_text(text: str) -> None:
    assert read_staff_text(text) is None


@pytest.mark.parametrize(
    ("text", "may"),
    [
        pytest.param("HELP 482170 three months no pay", True, id="a-posters-digits"),
        pytest.param("solved 482913", True, id="her-own-cases-PIN"),
        pytest.param("SOLVED 482913 1", False, id="a-number-behind-it"),
        pytest.param("SOLVED 482913 1 paid", True, id="words-behind-the-number"),
        pytest.param("take 5000 10 days not paid", True, id="a-sum-and-days"),
        pytest.param("TAKE 482171 2", False, id="bare"),
        pytest.param("take 4711 taka every month", True, id="a-sentence"),
        pytest.param("HELP 4711", False, id="four-digits"),
        pytest.param("TAKE 482913", False, id="no-workers-word"),
    ],
)
def test_what_a_worker_may_write_as_well(text: str, may: bool) -> None:
    asked = read_staff_text(text)
    assert asked is not None
    assert asked.may_be_workers is may


def test_no_word_means_two_things() -> None:
    meant: dict[str, str] = {}
    for verb, by_language in words.WORDS.items():
        for listed in by_language.values():
            for word in listed:
                assert meant.setdefault(fold(normal(word)), verb) == verb, word


@pytest.mark.parametrize("verb", sorted(words.WORDS))
def test_every_word_is_understood_in_every_language(verb: str) -> None:
    for language in ("en", "bn", "hi", "ta"):
        for word in words.WORDS[verb][language]:
            asked = read_staff_text(f"{word} 4711 2 x")
            assert asked is not None, word
            assert asked.verb == verb


def test_neither_PIN_nor_words_show_in_a_repr() -> None:  # noqa: N802
    asked = read_staff_text("DONE 4711 2 paid")
    assert "4711" not in repr(asked)
    assert "paid" not in repr(asked)


@given(st.text(max_size=400))
def test_whatever_comes_is_read_or_left(text: str) -> None:
    asked = read_staff_text(text)
    if asked is not None:
        assert asked.pin.isascii()
        assert 4 <= len(asked.pin) <= 6


@given(
    verb=st.sampled_from(sorted(ALL_WORDS)),
    digits=st.integers(1000, 999999),
    said=st.lists(
        st.one_of(
            st.text(st.characters(categories=["L"]), min_size=1, max_size=9),
            st.integers(0, 10**12).map(str),
        ),
        min_size=3,
    ),
    between=st.sampled_from([" ", ", ", ". ", "\n", " - "]),
)
def test_no_text_with_words_of_its_own_is_a_members_alone(
    verb: str, digits: int, said: list[str], between: str
) -> None:
    """With a wrong PIN it goes on as a worker's: no complaint is lost."""
    asked = read_staff_text(f"{verb} {digits} {between.join(said)}")
    assert asked is None or asked.may_be_workers


@given(
    verb=st.sampled_from(["TAKE", "নিলাম", "लिया", "எடுத்தேன்"]),
    pin=st.integers(1000, 999999),
    short=st.integers(0, 99),
    said=st.text(st.characters(categories=["L"]), min_size=1, max_size=30),
)
def test_what_is_written_in_order_is_read_in_order(
    verb: str, pin: int, short: int, said: str
) -> None:
    asked = read_staff_text(f"{verb} {pin} {short} {said}")
    assert asked == StaffText(words.TAKE, str(pin), short, said)
