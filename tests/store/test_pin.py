"""The PIN is the secret: what it opens, for whom, and how guessing is slowed."""

from datetime import timedelta
from itertools import count

import pytest

from app.conversation import lines
from app.domain.pins import FREE_TRIES, MOST_OVERALL
from app.domain.reference import is_valid
from app.wording.line import Line
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import DHAKA, Telling, Ticket, catalog

SAID = "482170 three months no overtime pay"
OTHER = "+8801798765432"


def english(line: Line, **values: object) -> str:
    return catalog().render(line.using(**values), "en", DHAKA)


async def opened(talk: Telling, phone: str = "+8801712345678") -> Ticket:
    return await talk.open(SAID, "2", "no", line=ENGLISH_LINE, phone=phone)


async def ask(talk: Telling, words: str, phone: str = "+8801712345678") -> str:
    return await talk.text(words, line=ENGLISH_LINE, phone=phone)


def wrong(ticket: Ticket, n: int = 1) -> str:
    """Return six digits that are neither the PIN nor a site code."""
    guesses = (
        f"{(int(ticket.pin) + 7919 * k) % 900_000 + 100_000}" for k in count(10 * n + 1)
    )
    return next(
        guess for guess in guesses if not is_valid(guess) and guess != ticket.pin
    )


async def test_status_needs_the_pin_and_the_pin_is_enough_on_her_own_phone(
    talk: Telling,
) -> None:
    ticket = await opened(talk)
    talk.at += timedelta(days=1)
    assert await ask(talk, "STATUS") == english(lines.NEED_PIN)
    status = await ask(talk, f"STATUS {ticket.pin}")
    assert status.startswith(english(lines.STATUS_RECEIVED, date="*").split("*")[0])
    assert await ask(talk, ticket.pin) == status


async def test_from_another_phone_it_takes_number_and_pin(talk: Telling) -> None:
    ticket = await opened(talk)
    mine = await ask(talk, f"STATUS {ticket.pin}")
    assert await ask(talk, f"STATUS {ticket.pin}", OTHER) == english(
        lines.DIGITS_UNKNOWN
    )
    for words in (
        f"STATUS {ticket.number} {ticket.pin}",
        f"{ticket.number[:4]}-{ticket.number[4:]} {ticket.pin}",
    ):
        assert await ask(talk, words, OTHER) == mine
    number_alone = await ask(talk, f"STATUS {ticket.number}", OTHER)
    assert number_alone == english(lines.DIGITS_UNKNOWN)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("{number} PIN {pin}", id="with-the-word-pin"),
        pytest.param("Number {number}, PIN {pin}", id="with-both-words"),
    ],
)
async def test_number_and_pin_as_the_acknowledgement_writes_them(
    talk: Telling, words: str
) -> None:
    ticket = await opened(talk)
    mine = await ask(talk, f"STATUS {ticket.pin}")
    said = words.format(number=ticket.number, pin=ticket.pin)
    assert await ask(talk, said, OTHER) == mine


async def test_one_cases_pin_does_not_open_another(talk: Telling) -> None:
    mine, theirs = await opened(talk), await opened(talk, OTHER)
    answer = await ask(talk, f"STATUS {theirs.number} {mine.pin}", "+8801700000001")
    assert answer == english(lines.DIGITS_UNKNOWN)


async def test_among_several_open_cases_the_pin_chooses(talk: Telling) -> None:
    first = await opened(talk)
    await ask(talk, "NEW")
    second = await talk.open(
        "482170 the door to the stairs is kept locked", line=ENGLISH_LINE
    )
    assert first.number != second.number
    for ticket in (first, second):
        await ask(talk, f"{ticket.pin} this one is about {ticket.number}")
    counts = {
        row["number"]: row["n"]
        for row in await talk.store.pool.fetch(
            "SELECT c.number, count(*) AS n FROM message m"
            " JOIN cases c ON c.id = m.case_id WHERE direction = 'in' GROUP BY 1"
        )
    }
    assert counts[first.number] == 2
    assert counts[second.number] == 2


async def test_wrong_pins_slow_the_case_and_never_lock_it(talk: Telling) -> None:
    ticket = await opened(talk)
    right = f"STATUS {ticket.number} {ticket.pin}"
    for n in range(FREE_TRIES):
        answer = await ask(
            talk, f"STATUS {ticket.number} {wrong(ticket, n + 1)}", OTHER
        )
        assert answer == english(lines.DIGITS_UNKNOWN)
    # Too soon: even the right one is not looked at, and reads like a wrong one.
    assert await ask(talk, right, OTHER) == english(lines.DIGITS_UNKNOWN)
    talk.at += timedelta(minutes=2, seconds=1)
    assert await ask(talk, right, OTHER) != english(lines.DIGITS_UNKNOWN)


async def test_guessing_gets_few_looks_a_day(talk: Telling) -> None:
    """A try that comes too soon is not looked at, and does not count."""
    ticket = await opened(talk)
    for n in range(24 * 12):
        await ask(talk, f"STATUS {ticket.number} {wrong(ticket, n)}", OTHER)
        talk.at += timedelta(minutes=5)
    assert 20 < await _tries(talk) < 40


async def _tries(talk: Telling) -> int:
    found: int = await talk.store.pool.fetchval("SELECT count(*) FROM pin_try")
    return found


async def test_others_guesses_never_keep_the_worker_out(talk: Telling) -> None:
    """Whoever knows the number may guess all day: her own phone does not wait."""
    ticket = await opened(talk)
    for n in range(30):
        await ask(talk, f"STATUS {ticket.number} {wrong(ticket, n + 1)}", OTHER)
        talk.at += timedelta(minutes=1)
    answer = await ask(talk, f"STATUS {ticket.pin}")
    assert answer != english(lines.DIGITS_UNKNOWN)


async def test_her_own_wrong_tries_make_her_wait_and_no_longer(talk: Telling) -> None:
    ticket = await opened(talk)
    for n in range(7):
        await ask(talk, f"STATUS {wrong(ticket, n + 1)}")
    right = f"STATUS {ticket.pin}"
    assert await ask(talk, right) == english(lines.DIGITS_UNKNOWN)
    talk.at += timedelta(minutes=10)
    assert await ask(talk, right) != english(lines.DIGITS_UNKNOWN)


async def test_strangers_tries_are_braked_across_all_cases(talk: Telling) -> None:
    ticket = await opened(talk)
    await talk.store.pool.execute(
        "INSERT INTO pin_try (case_id, at, is_own)"
        " SELECT gen_random_uuid(), $1, false FROM generate_series(1, $2)",
        talk.at - timedelta(minutes=10),
        MOST_OVERALL,
    )
    right = f"STATUS {ticket.number} {ticket.pin}"
    assert await ask(talk, right, OTHER) == english(lines.DIGITS_UNKNOWN)
    assert await ask(talk, f"STATUS {ticket.pin}") != english(lines.DIGITS_UNKNOWN)
    talk.at += timedelta(hours=1)
    assert await ask(talk, right, OTHER) != english(lines.DIGITS_UNKNOWN)


async def test_a_strangers_digits_are_no_tries(talk: Telling) -> None:
    await opened(talk)
    await ask(talk, "123987", "+8801700000077")
    assert await _tries(talk) == 0


async def test_a_pin_is_stored_only_as_a_hash_bound_to_its_number(
    talk: Telling,
) -> None:
    ticket = await opened(talk)
    case = await talk.case(ticket.number)
    keyring = talk.store.keyring
    assert case["pin_hash"] == keyring.pin_hash(ticket.number, ticket.pin)
    assert case["pin_hash"] != keyring.pin_hash("00000000", ticket.pin)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param("STOP {pin}", id="stop"),
        pytest.param("HELP {pin}", id="help"),
        pytest.param("CALL ME {pin}", id="call-me"),
        pytest.param("LANGUAGE {pin}", id="language"),
    ],
)
async def test_keywords_beside_a_pin_do_what_they_say(
    talk: Telling, words: str
) -> None:
    ticket = await opened(talk)
    with_pin = await ask(talk, words.format(pin=ticket.pin))
    assert with_pin == await ask(talk, words.format(pin="").strip(), OTHER)
