"""Whoever holds the phone may not be the worker.

Once a talk has rested for 30 minutes, every answer is, byte for byte, the one
that a stranger's phone gets for the same words at the same time, until the
PIN comes. Both phones are on the same line and are heard side by side.
"""

from datetime import timedelta
from itertools import product

import pytest

from app.conversation.vocabulary import KEYWORDS
from tests.store.conftest import IS_WHOLE
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, INDIA_LINE
from tests.stories.telling import Telling, Ticket

SAID = "482170 three months no overtime pay"
RESTED = timedelta(minutes=30)

# How far the talk had come before it rested.
TALKS: dict[str, tuple[str, ...]] = {
    "the-conflict-was-asked": (SAID,),
    "a-wrong-answer-was-asked-again": (SAID, "7"),
    "it-was-asked-whether-to-text": (SAID, "2"),
    "everything-was-answered": (SAID, "2", "no"),
    "texts-are-allowed": (SAID, "2", "yes"),
    "the-site-was-asked": ("three months no overtime pay",),
    "the-topic-was-asked": ("482170 it is not right here at all", "2"),
    "another-language-was-asked-for": (SAID, "LANGUAGE"),
    "a-new-one-was-begun": (SAID, "2", "no", "NEW"),
    "a-call-was-asked-for": (SAID, "CALL ME"),
    "it-was-stopped": (SAID, "STOP"),
}

WORDS = (
    *("hello", "ok thank you", "", "assalamu alaikum", "good morning"),
    *("test", "is this number working"),
    *("STATUS", "HELP", "STOP", "LANGUAGE", "WITHDRAW", "UNDO", "CALL ME", "NEW"),
    *("yes", "no", "don't know", "1", "2", "3", "7", "0"),
    *("123987", "482170"),
)


async def rested(talk: Telling, said: tuple[str, ...], phone: str, line: str) -> None:
    for words in said:
        await talk.text(words, phone=phone, line=line)
        talk.at += timedelta(minutes=1)
    talk.at += RESTED


async def side_by_side(
    talk: Telling, words: tuple[str, ...], phone: str, stranger: str, line: str
) -> tuple[list[str], list[str]]:
    """Say the same on both phones, a minute apart, and return what each gets."""
    heard: tuple[list[str], list[str]] = ([], [])
    for each in words:
        heard[0].append(await talk.text(each, phone=phone, line=line))
        heard[1].append(await talk.text(each, phone=stranger, line=line))
        talk.at += timedelta(minutes=1)
    return heard


def phones(n: int) -> tuple[str, str]:
    return f"+88017{n:08}", f"+88018{n:08}"


@pytest.mark.parametrize("said", [pytest.param(t, id=n) for n, t in TALKS.items()])
async def test_a_rested_phone_hears_what_a_strangers_phone_hears(
    talk: Telling, said: tuple[str, ...]
) -> None:
    different = {}
    for n, words in enumerate(WORDS):
        phone, stranger = phones(n)
        await rested(talk, said, phone, ENGLISH_LINE)
        mine, theirs = await side_by_side(talk, (words,), phone, stranger, ENGLISH_LINE)
        if mine != theirs:
            different[words] = (mine, theirs)
    assert not different


async def test_bare_digits_of_any_length_tell_nothing(talk: Telling) -> None:
    different = []
    tried = ("48", "482", "4821", "48217", "4821701", "12345678", "1234-5678")
    for n, words in enumerate(tried):
        phone, stranger = phones(n)
        await rested(talk, (SAID, "2", "no"), phone, ENGLISH_LINE)
        mine, theirs = await side_by_side(talk, (words,), phone, stranger, ENGLISH_LINE)
        if mine != theirs:
            different.append(words)
    assert not different


# What somebody who picks up the phone may try one after the other.
TRIED = ("hello", "1", "2", "no", "yes", "STATUS", "HELP", "NEW", "ok", "123987")
PAIRS = list(product(TRIED, TRIED))


@pytest.mark.parametrize(
    "talks",
    [
        pytest.param(name, id=name)
        for name in (TALKS if IS_WHOLE else list(TALKS)[:4:3])
    ],
)
async def test_two_words_in_a_row_wake_nothing(talk: Telling, talks: str) -> None:
    """The first one must not make the phone count as the worker's again."""
    pairs = PAIRS if IS_WHOLE else PAIRS[::3]
    different = []
    for n, pair in enumerate(pairs):
        phone, stranger = phones(n)
        await rested(talk, TALKS[talks], phone, ENGLISH_LINE)
        mine, theirs = await side_by_side(talk, pair, phone, stranger, ENGLISH_LINE)
        if mine != theirs:
            different.append(pair)
    print(f"{len(pairs)} pairs of words tried")
    assert not different


@pytest.mark.parametrize(
    ("line", "said"),
    [
        pytest.param(
            INDIA_LINE,
            "615236 तीन महीने से ओवरटाइम का पैसा नहीं मिला",
            id="hindi-on-a-tamil-line",
        ),
        pytest.param(
            DHAKA_LINE,
            "482170 amar tin maser overtime er taka pai nai",
            id="romanised-bengali-on-the-bengali-line",
        ),
        pytest.param(
            INDIA_LINE,
            "615236 மூன்று மாதமாக ஓவர்டைம் பணம் தரவில்லை",
            id="tamil-on-the-tamil-line",
        ),
    ],
)
@pytest.mark.parametrize(
    "hours",
    [pytest.param(0.5, id="half-an-hour"), pytest.param(25, id="a-day")],
)
async def test_the_language_of_the_talk_does_not_tell_either(
    talk: Telling, line: str, said: str, hours: float
) -> None:
    different = []
    for n, words in enumerate(("hello", "STATUS", "test", "1", "HELP")):
        phone, stranger = phones(n)
        await talk.text(said, phone=phone, line=line)
        talk.at += timedelta(hours=hours)
        mine, theirs = await side_by_side(talk, (words,), phone, stranger, line)
        if mine != theirs:
            different.append(words)
    assert not different


async def test_every_keyword_in_every_language_reads_as_on_a_strangers_phone(
    talk: Telling,
) -> None:
    different = []
    words = [word for listed in KEYWORDS.values() for word in sorted(listed)]
    for n, word in enumerate(words if IS_WHOLE else words[::4]):
        phone, stranger = phones(n)
        await rested(talk, (SAID, "2", "no"), phone, ENGLISH_LINE)
        mine, theirs = await side_by_side(talk, (word,), phone, stranger, ENGLISH_LINE)
        if mine != theirs:
            different.append(word)
    assert not different


async def test_an_answer_after_the_rest_changes_nothing_that_guards_her(
    talk: Telling,
) -> None:
    """A bare "no" from somebody else must not send the case to the committee
    and be told so; and a "yes" is no leave to text."""
    first = await talk.open(SAID, line=ENGLISH_LINE)
    talk.at += RESTED
    await talk.text("hello", line=ENGLISH_LINE)
    for _ in range(3):
        await talk.text("yes", line=ENGLISH_LINE)
    case = await talk.case(first.number)
    assert '"may_text": true' not in case["detail"]


async def test_substance_is_filed_and_answered_by_one_neutral_sentence(
    talk: Telling,
) -> None:
    ticket = await talk.open(SAID, "2", "no", line=ENGLISH_LINE)
    before = await _messages(talk, ticket)
    talk.at += RESTED
    answer = await talk.text("and the canteen food is rotten", line=ENGLISH_LINE)
    assert answer == "We have your message. Thank you."
    assert await _messages(talk, ticket) == before + 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param("no {pin}", id="with-the-word"),
        pytest.param("{pin} 2", id="with-the-digit"),
    ],
)
async def test_with_the_pin_the_worker_is_back_at_once(
    talk: Telling, answer: str
) -> None:
    ticket = await talk.open(SAID, line=ENGLISH_LINE)
    talk.at += RESTED
    await talk.text(answer.format(pin=ticket.pin), line=ENGLISH_LINE)
    assert (await talk.case(ticket.number))["route"] == "committee"


async def _messages(talk: Telling, ticket: Ticket) -> int:
    found: int = await talk.store.pool.fetchval(
        "SELECT count(*) FROM message m JOIN cases c ON c.id = m.case_id"
        " WHERE c.number = $1",
        ticket.number,
    )
    return found
