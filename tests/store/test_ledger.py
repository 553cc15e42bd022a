"""The chain verifies after a life lived, and every single edit shows.

The edits are a superuser's: the guard's trigger is switched off first.
"""

import asyncio
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from app.domain.commands import Acknowledge, Resolve
from app.store.engine import Store
from app.store.ledger import verify
from app.store.sealing import Keyring
from tests.conftest import Ground, as_owner, on_server
from tests.store.conftest import IS_WHOLE, NOON
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling

EDITS = 1000 if IS_WHOLE else 200


async def live_three_lives(talk: Telling) -> None:
    """Let three cases live: one climbs, one is solved, one is withdrawn."""
    said = "482170 three months no overtime pay"
    phones = [f"+880171234567{n}" for n in range(3)]
    tickets = [
        await talk.open(said, "2", "no", line=ENGLISH_LINE, phone=phone)
        for phone in phones
    ]
    await talk.text(f"WITHDRAW {tickets[2].pin}", line=ENGLISH_LINE, phone=phones[2])
    await talk.run(hours=30)
    await talk.act(tickets[1].number, Acknowledge(), "gaz-com-w1")
    await talk.act(tickets[1].number, Resolve(note="paid"), "gaz-com-w1")
    await talk.act(tickets[1].number, Resolve(note="paid"), "gaz-com-m1")
    await talk.text(f"not solved {tickets[1].pin}", line=ENGLISH_LINE, phone=phones[1])
    await talk.run(days=20)


@pytest.fixture(scope="module")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The three lives are lived once, and each test gets a copy."""
    name = f"lived_{uuid4().hex[:10]}"

    async def live() -> None:
        keyring = Keyring([bytes(range(32))], pepper=bytes(32))
        store = await Store.open(ground.database(name), keyring)
        await live_three_lives(Telling(store, NOON))
        await store.close()

    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    asyncio.run(live())
    yield name
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


@pytest.fixture
def store_of_lives(store: Store) -> Store:
    return store


async def test_a_life_lived_verifies(store_of_lives: Store) -> None:
    verdict = await verify(store_of_lives)
    assert (verdict.ok, verdict.cases, verdict.problems) == (True, 3, [])
    assert verdict.events > 45


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE ledger_event SET kind = 'x' WHERE seq = 3", id="an-edit"),
        pytest.param("DELETE FROM ledger_event WHERE seq = 3", id="a-deletion"),
        pytest.param("TRUNCATE ledger_event", id="a-truncation"),
    ],
)
async def test_the_guard_refuses(store_of_lives: Store, statement: str) -> None:
    with pytest.raises(asyncpg.RaiseError, match="append-only"):
        async with as_owner(store_of_lives) as owner:
            await owner.execute(statement)
    assert (await verify(store_of_lives)).ok


# ---------------------------------------------------------- two hundred edits

# What an edit does to a value, and which columns it may touch.
_EVENT = ("case_id", "at", "kind", "leaf", "hash", "sealed")
_CASE = (
    *("site", "country", "category", "severity", "state", "route"),
    *("policy_version", "opened_at", "closed_at", "number", "data_key"),
)
_DEADLINE = ("opened_at", "due_at", "met_at", "missed_at", "name", "round")
_DETAIL = (
    *("is_raised", "is_withheld", "is_released", "round", "not_solved"),
    *("conflict", "may_text", "excluded"),
)


def edited(value: Any, chance: random.Random) -> Any:
    """Return another value of the same kind."""
    match value:
        case bytes():
            at = chance.randrange(len(value))
            changed = bytes([value[at] ^ (1 << chance.randrange(8))])
            return value[:at] + changed + value[at + 1 :]
        case str():
            return value[:-1] + chr(ord(value[-1]) ^ 1) if value else "x"
        case int():
            return value + 1
        case None:
            return None
    if isinstance(value, UUID):
        return UUID(int=value.int ^ (1 << chance.randrange(64)))
    return value + timedelta(seconds=chance.choice([-1, 1]) * chance.randint(1, 10**6))


async def _edit_one(connection: Any, chance: random.Random) -> str:
    """Edit one value of one random row; return which column of which table."""
    table, columns = chance.choice(
        [("ledger_event", _EVENT), ("cases", _CASE), ("deadline", _DEADLINE)]
    )
    rows = await connection.fetch(f"SELECT ctid::text AS place, * FROM {table}")
    row, column = chance.choice(rows), chance.choice(columns)
    value = row[column]
    if value is None:  # what never happened now has a date
        value = row["opened_at"] if column.endswith("_at") else "482170"
    changed = edited(value, chance)
    if column == "number":
        changed = f"{(int(value) + 1) % 10**8:08}"
    await connection.execute(
        f"UPDATE {table} SET {column} = $1 WHERE ctid = $2::text::tid",
        changed,
        row["place"],
    )
    return f"{table}.{column}"


async def test_every_one_of_two_hundred_edits_shows(
    store_of_lives: Store, database_url: str
) -> None:
    connection = await asyncpg.connect(database_url)
    await _switch_the_guard_off(connection)
    await _keep_a_copy(connection)
    chance, tried = random.Random(2026), 0
    unseen, crashed = set(), set()
    while tried < EDITS:
        try:
            what = await _edit_one(connection, chance)
        except asyncpg.UniqueViolationError:
            continue  # the database itself refused it
        tried += 1
        try:
            if (await verify(store_of_lives)).ok:
                unseen.add(what)
        except Exception as error:  # noqa: BLE001 - a verdict is no traceback
            crashed.add(f"{what}: {error!r}")
        await _put_back(connection)
    print(f"{tried} edits tried")
    assert unseen == set()
    assert crashed == set()
    assert (await verify(store_of_lives)).ok
    await connection.close()


async def _switch_the_guard_off(connection: Any) -> None:
    await connection.execute("ALTER TABLE ledger_event DISABLE TRIGGER ledger_guard")


_TABLES = ("cases", "deadline", "ledger_event")


async def _keep_a_copy(connection: Any) -> None:
    for table in _TABLES:
        await connection.execute(f"CREATE TABLE kept_{table} AS TABLE {table}")


async def _put_back(connection: Any) -> None:
    async with connection.transaction():
        for table in _TABLES:
            await connection.execute(f"DELETE FROM {table}")
            await connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")


@pytest.mark.parametrize(
    "flag",
    [pytest.param(name, id=name) for name in _DETAIL],
)
async def test_an_edit_of_what_only_the_rules_read_shows(
    store_of_lives: Store, flag: str
) -> None:
    values = {"conflict": '"yes"', "excluded": '["%s"]', "round": "7"}
    value = values.get(flag, "7" if flag == "not_solved" else "true")
    if flag == "excluded":
        someone = await store_of_lives.pool.fetchval("SELECT id FROM person LIMIT 1")
        value %= someone
    await store_of_lives.pool.execute(
        "UPDATE cases SET detail = jsonb_set(detail, $1, $2::text::jsonb)"
        " WHERE number = (SELECT min(number) FROM cases)",
        [flag],
        value,
    )
    assert not (await verify(store_of_lives)).ok


_TAMPERED = [
    (
        "an-event-in-the-middle-is-gone",
        "DELETE FROM ledger_event WHERE seq = (SELECT max(seq) / 2 FROM ledger_event)",
    ),
    (
        "the-tail-is-cut-off",
        "DELETE FROM ledger_event WHERE seq > (SELECT max(seq) - 3 FROM ledger_event)",
    ),
    (
        "the-tail-is-cut-off-and-the-head-put-back",
        """
        WITH cut AS (SELECT max(seq) - 5 AS seq FROM ledger_event),
        gone AS (DELETE FROM ledger_event e USING cut WHERE e.seq > cut.seq)
        UPDATE ledger_head h SET seq = e.seq, hash = e.hash
        FROM ledger_event e, cut WHERE e.seq = cut.seq
        """,
    ),
    ("the-head-is-moved", "UPDATE ledger_head SET seq = seq + 1"),
    (
        "the-first-event-is-gone",
        "DELETE FROM ledger_event WHERE seq = 1",
    ),
    (
        "a-case-is-gone",
        """
        WITH gone AS (SELECT id FROM cases ORDER BY number LIMIT 1),
        clocks AS (DELETE FROM deadline WHERE case_id IN (SELECT id FROM gone)),
        words AS (DELETE FROM message WHERE case_id IN (SELECT id FROM gone))
        DELETE FROM cases WHERE id IN (SELECT id FROM gone)
        """,
    ),
    (
        "a-case-nobody-opened",
        """
        INSERT INTO cases (id, number, pin_hash, data_key,
          phone_tag, phone_sealed, site, country, category, severity, state, route,
          language, channel, hotline, policy_version, opened_at, closed_at, detail)
        SELECT gen_random_uuid(), '99999999', pin_hash, data_key,
          phone_tag, phone_sealed, site, country, category, severity, state, route,
          language, channel, hotline, policy_version, opened_at, closed_at, detail
        FROM cases LIMIT 1
        """,
    ),
    (
        "a-due-time-is-put-off",
        "UPDATE deadline SET due_at = due_at + interval '1 day'"
        " WHERE name = 'resolve' AND case_id = (SELECT id FROM cases LIMIT 1)",
    ),
    (
        "a-missed-clock-reads-met",
        "UPDATE deadline SET met_at = due_at, missed_at = NULL"
        " WHERE missed_at IS NOT NULL",
    ),
    ("a-clock-is-gone", "DELETE FROM deadline WHERE name = 'resolve'"),
    (
        "a-message-is-gone",
        "DELETE FROM message WHERE id = (SELECT id FROM message LIMIT 1)",
    ),
    (
        "a-message-is-put-in",
        "INSERT INTO message (id, case_id, at, direction, channel, body)"
        " SELECT gen_random_uuid(), case_id, at, direction, channel, body"
        " FROM message LIMIT 1",
    ),
    (
        "what-the-worker-said-is-overwritten",
        "UPDATE message SET body = set_byte(body, 40, get_byte(body, 40) # 1)"
        " WHERE id = (SELECT id FROM message WHERE direction = 'in' LIMIT 1)",
    ),
    (
        "what-one-worker-said-is-put-into-another-case",
        "UPDATE message SET body = (SELECT body FROM message WHERE direction = 'in'"
        " ORDER BY id DESC LIMIT 1) WHERE id = (SELECT id FROM message"
        " WHERE direction = 'in' ORDER BY id LIMIT 1)",
    ),
]


@pytest.mark.parametrize(
    "statement", [pytest.param(sql, id=name) for name, sql in _TAMPERED]
)
async def test_tampering_shows(
    store_of_lives: Store, database_url: str, statement: str
) -> None:
    connection = await asyncpg.connect(database_url)
    await _switch_the_guard_off(connection)
    await connection.execute(statement)
    await connection.close()
    assert not (await verify(store_of_lives)).ok


async def test_the_verdict_says_which_case_was_changed(store_of_lives: Store) -> None:
    number = await store_of_lives.pool.fetchval("SELECT min(number) FROM cases")
    await store_of_lives.pool.execute(
        "UPDATE cases SET state = 'closed_confirmed' WHERE number = $1", number
    )
    verdict = await verify(store_of_lives)
    assert [problem.split(":")[0] for problem in verdict.problems] == [f"case {number}"]
