"""One message is one turn: once, whoever repeats it, however late or often."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.actions.expire import expire_old
from app.actions.take_turn import Answer
from app.conversation import lines
from app.store.engine import Store
from app.store.ledger import verify
from app.store.sealing import Keyring
from tests.conftest import as_owner
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import DHAKA, Telling, catalog, ticket_in

SAID = "482170 three months no overtime pay"
PHONE, OTHER = "+8801712345678", "+8801798765432"


async def count(store: Store, table: str) -> int:
    found: int = await store.pool.fetchval(f"SELECT count(*) FROM {table}")
    return found


async def everything(store: Store) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    tables = await store.pool.fetch(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    return {
        table["name"]: [
            row["row"]
            for row in await store.pool.fetch(
                f"SELECT t::text AS row FROM {table['name']} t ORDER BY 1"
            )
        ]
        for table in tables
    }


async def english(talk: Telling, words: str, **how: Any) -> Answer:
    return await talk.answer(words, line=ENGLISH_LINE, **how)


async def test_one_message_opens_the_case_and_is_answered_at_once(
    talk: Telling,
) -> None:
    answer = await english(talk, SAID)
    acknowledged, question = answer.body.decode().split("\n\n")
    ticket = ticket_in(acknowledged)
    assert question == catalog().render(lines.ASK_CONFLICT, "en", DHAKA)
    case = await talk.case(ticket.number)
    assert (case["site"], case["category"]) == ("482170", "WAGE")
    assert (answer.is_repeat, answer.owed) == (False, True)
    assert (await verify(talk.store)).ok


async def test_a_repeat_gets_the_first_answer_byte_for_byte_and_writes_nothing(
    talk: Telling,
) -> None:
    first = await english(talk, SAID, sid="SM1")
    before = await everything(talk.store)
    talk.at += timedelta(hours=47, minutes=59)
    again = await english(talk, SAID, sid="SM1")
    assert again == Answer(first.body, is_repeat=True, owed=False)
    assert await everything(talk.store) == before


async def test_a_repeat_says_the_first_answer_even_after_others_came(
    talk: Telling,
) -> None:
    first = await english(talk, SAID, sid="SM1")
    for answer in ("2", "no"):
        await english(talk, answer)
    greeting = await english(talk, "hello", phone=OTHER, sid="SM2")
    assert (await english(talk, SAID, sid="SM1")).body == first.body
    assert (await english(talk, "hello", phone=OTHER, sid="SM2")).body == greeting.body


@pytest.mark.parametrize(
    "is_swept",
    [
        pytest.param(False, id="before-housekeeping-came-by"),
        pytest.param(True, id="after-housekeeping"),
    ],
)
async def test_after_48_hours_the_answer_is_gone_and_nothing_opens(
    talk: Telling, is_swept: bool
) -> None:
    await english(talk, SAID, sid="SM1")
    talk.at += timedelta(hours=48, seconds=1)
    if is_swept:
        assert await expire_old(talk.store, talk.at) > 0
        assert await talk.store.pool.fetchval("SELECT answer FROM claim") is None
    late = await english(talk, SAID, sid="SM1")
    assert late == Answer(b"", is_repeat=True, owed=False)
    assert await count(talk.store, "cases") == 1


async def test_a_claim_is_kept_for_a_year(talk: Telling) -> None:
    await english(talk, SAID, sid="SM1")
    talk.at += timedelta(days=365)
    await expire_old(talk.store, talk.at)
    assert (await english(talk, SAID, sid="SM1")).is_repeat
    talk.at += timedelta(days=2)
    await expire_old(talk.store, talk.at)
    assert await count(talk.store, "claim") == 0


async def test_twenty_of_the_same_message_at_once_open_one_case(
    talk: Telling,
) -> None:
    answers = await asyncio.gather(*(english(talk, SAID, sid="SM1") for _ in range(20)))
    assert len({answer.body for answer in answers}) == 1
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 19
    assert await count(talk.store, "cases") == 1
    assert await count(talk.store, "claim") == 1
    assert (await verify(talk.store)).ok


async def test_twenty_of_the_same_anonymous_message_at_once_open_one_case(
    talk: Telling,
) -> None:
    answers = await asyncio.gather(
        *(english(talk, SAID, phone=None, sid="SM1") for _ in range(20))
    )
    assert len({answer.body for answer in answers}) == 1
    assert await count(talk.store, "cases") == 1


async def test_two_messages_of_one_phone_at_once_are_heard_one_after_the_other(
    talk: Telling,
) -> None:
    """A long text that the carrier cut in two is one case, not two."""
    for n in range(10):
        phone = f"+88017000000{n:02}"
        halves = await asyncio.gather(
            english(talk, SAID, phone=phone),
            english(talk, "and the toilets are locked as well", phone=phone),
        )
        opened = [a for a in halves if a.body.decode().count("PIN")]
        assert len(opened) == 1
    assert await count(talk.store, "cases") == 10
    assert await count(talk.store, "message WHERE direction = 'in'") == 20
    verdict = await verify(talk.store)
    assert verdict.ok, verdict.problems


async def test_many_phones_at_once_are_all_heard(talk: Telling) -> None:
    phones = [f"+88017{n:08}" for n in range(60)]
    answers = await asyncio.gather(*(english(talk, SAID, phone=p) for p in phones))
    tickets = {ticket_in(answer.body.decode()) for answer in answers}
    assert len({ticket.number for ticket in tickets}) == len(phones)
    verdict = await verify(talk.store)
    assert (verdict.ok, verdict.cases) == (True, len(phones))


async def test_anonymous_senders_are_never_one_conversation(talk: Telling) -> None:
    one = ticket_in((await english(talk, SAID, phone=None)).body.decode())
    # What would answer the first one's question is a stranger's bare answer.
    stray = await english(talk, "2", phone=None)
    assert stray.body.decode() == catalog().render(lines.WELCOME, "en", DHAKA)
    other = ticket_in((await english(talk, SAID, phone=None)).body.decode())
    assert one.number != other.number
    assert await count(talk.store, "conversation") == 0
    # With number and PIN each reaches her own.
    status = await english(talk, f"STATUS {one.number} {one.pin}", phone=None)
    wrong = await english(talk, f"STATUS {one.number} {other.pin}", phone=None)
    assert status.body != wrong.body


async def test_all_of_a_turn_is_written_or_nothing(talk: Telling) -> None:
    """The ledger's event comes last: where it fails, nothing else stays."""
    before = await everything(talk.store)
    async with as_owner(talk.store) as owner:
        await owner.execute(
            "ALTER TABLE ledger_event ADD CONSTRAINT never CHECK (false) NOT VALID"
        )
        with pytest.raises(asyncpg.CheckViolationError):
            await english(talk, SAID, sid="SM1")
        await owner.execute("ALTER TABLE ledger_event DROP CONSTRAINT never")
    assert await everything(talk.store) == before
    answer = await english(talk, SAID, sid="SM1")
    assert not answer.is_repeat


# ------------------------------------------------------- statements of a turn


@pytest.fixture
async def counted(talk: Telling, database_url: str, keyring: Keyring) -> Any:
    """The same talk over connections that write down what is sent."""
    sent: list[str] = []

    def note(record: Any) -> None:
        sent.append(" ".join(record.query.split()))

    async def set_up(connection: Any) -> None:
        connection.add_query_logger(note)

    async def keep(_connection: Any) -> None:
        return None

    pool = await asyncpg.create_pool(
        database_url, min_size=1, max_size=1, init=set_up, reset=keep
    )
    counted = Telling(Store(pool, keyring), talk.at)
    await counted.text("hello", phone="+8801700000000")  # loads the directory
    sent.clear()
    yield counted, sent
    await pool.close()


_TURNS: list[tuple[str, list[str]]] = [
    ("a-stranger-greets", ["hello"]),
    ("a-text-opens-a-case", [SAID]),
    ("the-conflict-is-answered", [SAID, "2"]),
    ("texts-are-refused", [SAID, "2", "no"]),
    ("texts-are-allowed", [SAID, "2", "yes"]),
    ("more-is-said", [SAID, "2", "no", "and the canteen food is rotten"]),
    ("status-with-the-pin", [SAID, "STATUS {pin}"]),
    ("a-wrong-pin", [SAID, "STATUS 123987"]),
    ("withdrawn", [SAID, "2", "no", "WITHDRAW {pin}"]),
    ("stopped", [SAID, "STOP"]),
    ("a-call-is-asked-for", [SAID, "CALL ME"]),
]


@pytest.mark.parametrize(
    "texts", [pytest.param(texts, id=name) for name, texts in _TURNS]
)
async def test_a_turn_sends_at_most_five_statements(
    counted: tuple[Telling, list[str]], texts: list[str]
) -> None:
    talk, sent = counted
    pin = ""
    for words in texts:
        sent.clear()
        answer = await talk.text(words.format(pin=pin), line=ENGLISH_LINE)
        if words == SAID:
            pin = ticket_in(answer).pin
    statements = [s for s in sent if not s.startswith(("BEGIN", "COMMIT"))]
    # Three for most; one more for what waits to be read, or for joined cases.
    assert 2 <= len(statements) <= 5, "\n".join(statements)


async def test_a_repeat_sends_at_most_four_statements(
    counted: tuple[Telling, list[str]],
) -> None:
    talk, sent = counted
    await talk.text(SAID, line=ENGLISH_LINE, sid="SM1")
    sent.clear()
    await talk.text(SAID, line=ENGLISH_LINE, sid="SM1")
    statements = [s for s in sent if not s.startswith(("BEGIN", "COMMIT"))]
    assert 1 <= len(statements) <= 4, "\n".join(statements)
