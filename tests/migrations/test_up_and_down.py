"""Up, down and up again, with rows in the tables; and what the models say."""

import asyncio
import random
from array import array
from datetime import time, timedelta
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

import app.store.rows  # noqa: F401 (describes the tables to SQLModel)
from app.actions.api_tokens import make_token
from app.actions.brand_room import promise, say_to_brands
from app.actions.compare_figures import compare_tonight
from app.actions.count import catch_up
from app.actions.deliver import deliver_due
from app.actions.import_directory import import_directory
from app.actions.keep_files import keep_files
from app.actions.owe_ring_back import owe_ring_back
from app.actions.page import SentPage
from app.actions.preferences import choose
from app.actions.recheck import recheck_tonight
from app.actions.remedy import plan_remedy
from app.actions.take_page import take_page
from app.conversation.calls.spoken import PROMPTS
from app.directory_files.kinds import Kind as FileKind
from app.domain.remedies import Owner, Planned, RootCause
from app.domain.scopes import SCOPES
from app.domain.wishes import Wishes
from app.scrubbing.verdict import Clean, Kind
from app.store import api_tokens, migrate as migration, programme_ledger, prompts
from app.store.engine import Store
from app.store.ledger import verify
from app.store.migrate import LIMITS, MIGRATIONS, check_head, head, migrate
from app.wording.audio import to_wav
from app.wording.sounds import Book, Manifest
from tests.calls.telephone import telephone
from tests.stories.conftest import NIGHT
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, import_programme
from tests.stories.telling import WORKER, Telling, catalog

# A second of something that can be heard.
A_SECOND = to_wav(array("h", [9000, -9000] * 4000))


async def on_engine(database_url: str, work: Any) -> Any:
    """Run `work` on a synchronous SQLAlchemy connection, as alembic has it."""
    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=lambda: asyncpg.connect(database_url, server_settings=LIMITS),
        poolclass=NullPool,
    )
    try:
        async with engine.connect() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def alembic(database_url: str, verb: str, revision: str) -> None:
    def run(connection: Any) -> None:
        config = migration._config()
        config.attributes["connection"] = connection
        getattr(command, verb)(config, revision)

    await on_engine(database_url, run)


async def shape(database_url: str) -> set[tuple[str, ...]]:
    """Return every column, index, constraint, trigger and function there is."""
    connection = await asyncpg.connect(database_url)
    try:
        rows = await connection.fetch(
            """
            SELECT 'column', table_name, column_name, data_type || is_nullable
              || coalesce(column_default, '') FROM information_schema.columns
              WHERE table_schema = 'public'
            UNION ALL SELECT 'index', tablename, indexname, indexdef FROM pg_indexes
              WHERE schemaname = 'public'
            UNION ALL SELECT 'constraint', conrelid::regclass::text, conname,
              pg_get_constraintdef(oid) FROM pg_constraint
              WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname,
              pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'function', proname, '', prosrc FROM pg_proc
              WHERE pronamespace = 'public'::regnamespace
            """
        )
        return {tuple(row) for row in rows}
    finally:
        await connection.close()


async def live_a_little(store: Store) -> None:
    """Leave rows in every kind of table."""
    await import_programme(store)
    talk = Telling(store, NIGHT)
    await talk.open("482170 no pay", "2", "yes", "CALL ME", "STOP", line=ENGLISH_LINE)
    await talk.text("STATUS 123987", line=ENGLISH_LINE)
    window = timedelta(minutes=15)
    await deliver_due(
        store, talk.mouth, catalog(), at_clock=lambda: talk.at, window=window
    )
    await talk.run(days=20, deliver=True)
    quiet = talk.at.replace(hour=3)
    assert await recheck_tonight(store, at_clock=lambda: quiet) is not None
    await ring_a_little(store)
    await write_a_little(store)
    await ask_a_little(store)
    await share_a_little(store)
    await sign_in_a_little(store)
    await show_a_little(store)
    await count_a_little(store)


async def count_a_little(store: Store) -> None:
    """The same for the figures, and for what was published of them."""
    assert (await catch_up(store, at_clock=lambda: NIGHT)).is_all
    night = NIGHT.replace(hour=3)
    assert await compare_tonight(store, at_clock=lambda: night) is not None
    rows = (
        "INSERT INTO stat_difference VALUES (gen_random_uuid(), now(), 'cells', 'key',"
        " 'held', 'reckoned')",
        "INSERT INTO release VALUES (1, 'public', now(), 1, '2026-12', 10, 'digest',"
        " '{}', now())",
        "INSERT INTO published_cell VALUES ('public', 1, '2026', '', '', 'complaints',"
        " 12, 'exact', NULL, false)",
        "INSERT INTO release_file VALUES (1, 'public', 'trend', 'en', 'svg', 'drawn')",
        "INSERT INTO indicator VALUES (gen_random_uuid(), 'workers_reached', NULL,"
        " '2026-01-01', '2026-12-31', 12, 'people', '', 'a list', NULL, now(), NULL,"
        " false)",
        "INSERT INTO history_file VALUES ('digest', 'history.csv', 1, now(), 'cli')",
    )
    for row in rows:
        await store.pool.execute(row)


async def show_a_little(store: Store) -> None:
    """The same for what outsiders get of the ledger."""
    rows = (
        "INSERT INTO ledger_chain VALUES (1, 'site', '482170', 7)",
        "INSERT INTO ledger_link VALUES (1, 1, 1)",
        "INSERT INTO ledger_tip VALUES (1, 1, 1, 'tip')",
        "INSERT INTO ledger_root VALUES (1, now(), 1, 1024, 'secret', 'body', 's',"
        " now())",
        "INSERT INTO ledger_stamp VALUES (1, now(), 'token')",
        "INSERT INTO ledger_witness VALUES (1, 'brand', 'norda', gen_random_uuid(),"
        " now())",
        "INSERT INTO mandate VALUES (gen_random_uuid(), 'auditor', NULL, '{482170}',"
        " '{}', '2026-01-01', '2026-12-31', 'why', 'age1', 'cli', now())",
        "INSERT INTO export_made VALUES (gen_random_uuid(), NULL, 'ledger', now(), 1,"
        " 1, 'digest', 'cli')",
        "INSERT INTO told_row VALUES (gen_random_uuid(), '2026-Q3', 0, 1, 'BD')",
        "INSERT INTO text_claim VALUES ('tag', now(), 1)",
        "INSERT INTO carrier_text VALUES ('exotel', 'ack-bn-1', '11070', now())",
        "INSERT INTO medium VALUES (gen_random_uuid(), NULL, now(), 'voice', NULL,"
        " 'audio/ogg', 'owed', now(), NULL, 0)",
    )
    for row in rows:
        await store.pool.execute(row)
    async with store.transaction() as tx:
        await programme_ledger.record(store, tx, "export.made", {}, "system", NIGHT)


async def sign_in_a_little(store: Store) -> None:
    """The same for who may come in, and what was chosen there."""
    people = (await store.directory()).people
    member = next(person for person in people if person.name == "gaz-com-w1")
    rows = (
        "INSERT INTO account (person_id, takes_codes, tries, created_at)"
        " VALUES ($1, true, 0, $2)",
        "INSERT INTO invitation (tag, person_id, created_at, expires_at)"
        " VALUES ('tag', $1, $2, $2)",
        "INSERT INTO room_session (tag, id, person_id, is_whole, device, created_at,"
        " seen_at, expires_at, detail)"
        " VALUES ('tag', gen_random_uuid(), $1, true, '', $2, $2, $2, '{}')",
        "INSERT INTO known_device (tag, person_id, seen_at, tries)"
        " VALUES ('tag', $1, $2, 0)",
        "INSERT INTO sign_in (id, person_id, at, kind, device)"
        " VALUES (gen_random_uuid(), $1, $2, 'signed_in', '')",
        "INSERT INTO one_time_code (person_id, code_hash, created_at, expires_at,"
        " tries) VALUES ($1, 'hash', $2, $2, 0)",
        "INSERT INTO staff_list (person_id, short, case_id, at)"
        " SELECT $1, 1, id, $2 FROM cases LIMIT 1",
    )
    for row in rows:
        await store.pool.execute(row, member.id, NIGHT)
    await choose(store, member, Wishes(daily_at=time(8)), at=NIGHT)
    rule = "scope,body,fewest,fewest_workers,women_percent,quorum,parity,source\n"
    content = f"{rule}482170,committee,4,2,30,3,,the programme\n".encode()
    await import_directory(store, FileKind.COMMITTEES, content, at=NIGHT)


async def share_a_little(store: Store) -> None:
    """The same for what brands leave with a case."""
    number = await store.pool.fetchval(
        "SELECT number FROM cases JOIN brand_case ON case_id = id WHERE brand = 'norda'"
    )
    people = (await store.directory()).people
    buyer = next(person for person in people if person.name == "norda-buyer")
    day = NIGHT.date() + timedelta(days=30)
    plan = Planned(RootCause.PRICE, Owner.BRAND, day, "Pay more.")
    await promise(store, number, by=buyer, at=NIGHT)
    await say_to_brands(store, number, "We pay.", by=buyer, at=NIGHT)
    await plan_remedy(store, number, plan, by=buyer, at=NIGHT)


async def ask_a_little(store: Store) -> None:
    """The same for the API's tables."""
    person = (await store.directory()).people[0]
    made = await make_token(
        store, person, name="x", scopes=[SCOPES[person.role][0]], days=9, at=NIGHT
    )
    async with store.transaction() as tx:
        await api_tokens.begin_act(tx, made.token.id, "a key", b"asked", NIGHT)


async def write_a_little(store: Store) -> None:
    """The same for the tables of the web form."""
    fields = {"words": "No drinking water.", "site": "482170"}
    sent = SentPage("a token", 0, fields, has_files=True)
    taken = await take_page(store, sent, at=NIGHT)
    assert taken.case_id is not None

    async def as_photo(content: bytes) -> Clean:
        return Clean(Kind.PHOTO, "image/jpeg", content)

    assert not await keep_files(
        store, taken.case_id, [b"a picture"], scrub=as_photo, at=NIGHT
    )


async def ring_a_little(store: Store) -> None:
    """The same for the telephone's tables."""
    async with telephone(store) as line:
        caller = await line.ring(WORKER, ENGLISH_LINE)
        await caller.press("1")
        await caller.speak(5, then="hang_up")
    hotline = (await store.directory()).number(DHAKA_LINE)
    assert await owe_ring_back(
        store,
        sender=WORKER,
        hotline=hotline,
        call_sid="CA1",
        at=NIGHT,
        chance=random.Random(1),
    )
    book = Book.of(Manifest({}), catalog(), PROMPTS, allow_synthetic=False)
    spoken = prompts.spoken_from(A_SECOND, "safe", "en", "A voice", book)
    async with store.transaction() as tx:
        await prompts.keep(tx, [spoken], at=NIGHT)
        lent = prompts.StudioPass("bn", "A voice")
        tomorrow = NIGHT + timedelta(days=1)
        await prompts.open_studio(tx, b"code", lent, at=NIGHT, to=tomorrow)


def test_head_is_the_one_head_that_alembic_finds() -> None:
    check_head()
    scripts = ScriptDirectory.from_config(migration._config())
    assert scripts.get_heads() == [head()]


def test_every_migration_has_a_way_back() -> None:
    scripts = ScriptDirectory.from_config(migration._config())
    for script in scripts.walk_revisions():
        assert callable(script.module.downgrade)
        assert script.doc, f"{script.revision} does not say what it does"


async def test_the_tables_are_what_the_models_say(database_url: str) -> None:
    def differences(connection: Any) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return list(compare_metadata(context, SQLModel.metadata))

    assert await on_engine(database_url, differences) == []


async def test_up_down_up_with_rows_in_it(store: Store, database_url: str) -> None:
    await live_a_little(store)
    assert (await verify(store)).ok
    empty = [
        table
        for table in SQLModel.metadata.tables
        if not await store.pool.fetchval(f'SELECT count(*) FROM "{table}"')
        and table not in _MAY_BE_EMPTY
    ]
    assert empty == []
    await store.pool.expire_connections()
    whole = await shape(database_url)

    await alembic(database_url, "downgrade", "base")
    left = {row[1] for row in await shape(database_url)}
    assert left == {"alembic_version"}

    await asyncio.to_thread(migrate, database_url)
    assert await shape(database_url) == whole


async def test_only_with_the_rooms_is_TEMP_taken_away(  # noqa: N802
    database_url: str,
) -> None:
    async def may() -> bool:
        connection = await asyncpg.connect(database_url)
        try:
            return bool(
                await connection.fetchval(
                    "SELECT has_database_privilege('threadline_rooms',"
                    " current_database(), 'TEMP')"
                )
            )
        finally:
            await connection.close()

    await alembic(database_url, "downgrade", "20261201_the_pages")
    assert await may()
    await asyncio.to_thread(migrate, database_url)
    assert not await may()


# Filled by what the small programme has not, or empty again at each commit.
_MAY_BE_EMPTY = {
    *("holiday", "programme", "unrecognised_number", "ledger_offer"),
    "recheck_finding",
}


@pytest.mark.parametrize(
    "step",
    [
        pytest.param(script.revision, id=script.revision)
        for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    ],
)
async def test_each_step_goes_down_and_up_alone_with_rows_in_it(
    store: Store, database_url: str, step: str
) -> None:
    await live_a_little(store)
    await store.pool.expire_connections()
    scripts = ScriptDirectory(str(MIGRATIONS))
    script = scripts.get_revision(step)
    before = script.down_revision or "base"
    await alembic(database_url, "downgrade", step)
    above = await shape(database_url)
    await alembic(database_url, "downgrade", str(before))
    assert await shape(database_url) != above
    await alembic(database_url, "upgrade", step)
    assert await shape(database_url) == above
