"""Postgres keeps every reader to her cases: the same ones as the rules do."""

import asyncio
import importlib.util
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest

from app.actions.import_policy import ensure_default_policy
from app.demo.furnish import furnish
from app.domain.authority import Hat, hats
from app.domain.case import CaseFile
from app.domain.directory import Directory, Person
from app.domain.taxonomy import Role
from app.store.cases import hold
from app.store.engine import Store
from app.store.mapping import CASE_COLUMNS
from app.store.sealing import Keyring
from tests.conftest import Ground, as_owner, on_server

NOW = datetime(2026, 11, 20, 6, tzinfo=UTC)
DAY = date(2026, 11, 20)
BESIDE = ("deadline", "ledger_event", "message", "escalation")


@pytest.fixture(scope="module")
def lived(ground: Ground, template: str) -> Iterator[str]:
    """A database with the demo's programme and its year: read only, shared."""
    name = f"lived_{uuid.uuid4().hex[:10]}"
    create = f'CREATE DATABASE "{name}" TEMPLATE "{template}"'
    asyncio.run(on_server(ground, create))
    # A copy of a database does not take over what was revoked from it.
    revoke = f'REVOKE TEMP ON DATABASE "{name}" FROM PUBLIC'
    asyncio.run(on_server(ground, revoke))
    asyncio.run(_live(ground.database(name)))
    yield ground.database(name)
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


def _keys() -> Keyring:
    return Keyring([bytes(range(32))], pepper=bytes(32))


async def _live(url: str) -> None:
    store = await Store.open(url, _keys(), max_size=4)
    try:
        await ensure_default_policy(store, at=NOW)
        await furnish(store, at=NOW, is_quick=False)
        # One member of each committee is recused from a case that it holds.
        await store.pool.execute(
            "UPDATE cases SET detail = jsonb_set(detail, '{excluded}',"
            " (SELECT jsonb_agg(p.id::text) FROM person p WHERE p.role = cases.route"
            "  AND cases.site = ANY (p.org) AND p.side = 'worker'))"
            " WHERE id IN (SELECT DISTINCT ON (site) id FROM cases"
            "  WHERE route = 'committee' ORDER BY site, id)"
        )
        # And a case whose place nobody knows.
        await store.pool.execute(
            "UPDATE cases SET site = NULL, route = 'partner' WHERE id IN"
            " (SELECT DISTINCT ON (country) id FROM cases WHERE route = 'partner'"
            "  ORDER BY country, id)"
        )
    finally:
        await store.close()


@pytest.fixture
async def rooms(lived: str) -> AsyncIterator[Store]:
    store = await Store.open(lived, _keys(), max_size=4)
    yield store
    await store.close()


async def _cases(store: Store) -> list[CaseFile]:
    async with store.transaction() as tx:
        rows = await tx.connection.fetch(f"SELECT {CASE_COLUMNS} FROM cases")
        return [held.file for held in await hold(store, tx, rows)]


def _is_hers(person: Person, case: CaseFile, directory: Directory, told: Any) -> bool:
    """What the rules say: a body's own, a partner's care, what was told."""
    if not person.serves_on(DAY) or person.id in case.excluded:
        return False
    if person.role is Role.BRAND:
        return any(slug in told["brands"].get(case.id, ()) for slug in person.org)
    if person.role is Role.FACTORY_HEAD:
        is_told = str(person.id) in told["people"].get(case.id, ())
        return is_told and case.route.is_factory_side and case.site in person.org
    worn = hats(person, case, directory, DAY)
    return bool(worn & {Hat.HOLDER, Hat.PARTNER, Hat.SECRETARIAT})


async def _told(store: Store, directory: Directory) -> dict[str, Any]:
    """Who was told of a case, read from the rungs and from nowhere else."""
    brands: dict[Any, set[str]] = {}
    people: dict[Any, set[str]] = {}
    brand_of = {str(p.id): p.org for p in directory.people if p.role is Role.BRAND}
    rows = await store.pool.fetch(
        "SELECT case_id, r->>'kind' AS kind, r->>'key' AS key FROM escalation,"
        " jsonb_array_elements(recipients) r"
    )
    for row in rows:
        if row["kind"] in ("brand", "brand_webhook"):
            brands.setdefault(row["case_id"], set()).add(row["key"])
        else:
            people.setdefault(row["case_id"], set()).add(row["key"])
            for slug in brand_of.get(row["key"], ()):
                brands.setdefault(row["case_id"], set()).add(slug)
    return {"brands": brands, "people": people}


async def _seen(store: Store, person: Person) -> set[Any]:
    async with store.as_person(person.id, day=DAY) as tx:
        return {row["id"] for row in await tx.connection.fetch("SELECT id FROM cases")}


async def _mismatches(store: Store) -> list[str]:
    directory, cases = await store.directory(), await _cases(store)
    told = await _told(store, directory)
    wrong = []
    for person in directory.people:
        hers = {c.id for c in cases if _is_hers(person, c, directory, told)}
        if await _seen(store, person) != hers:
            wrong.append(f"{person.role} {person.org}")
    return wrong


async def test_each_person_is_shown_the_cases_that_the_rules_give_her(
    rooms: Store,
) -> None:
    directory = await rooms.directory()
    shown = {p.role: 0 for p in directory.people}
    for person in directory.people:
        shown[person.role] += len(await _seen(rooms, person))
    # Every role but the auditor's sees something, so that equality says something.
    assert {role for role, count in shown.items() if count} >= {
        Role.COMMITTEE, Role.PARTNER, Role.BRAND, Role.FACTORY_HEAD,
    }  # fmt: skip
    assert await _mismatches(rooms) == []


async def test_what_stands_beside_a_case_goes_with_it(rooms: Store) -> None:
    directory = await rooms.directory()
    for person in directory.people:
        seen = await _seen(rooms, person)
        async with rooms.as_person(person.id, day=DAY) as tx:
            for table in BESIDE:
                rows = await tx.connection.fetch(
                    f"SELECT DISTINCT case_id FROM {table}"
                )
                assert {row["case_id"] for row in rows} <= seen, table


@pytest.mark.parametrize("role", ["brand", "factory_head", "auditor"])
@pytest.mark.parametrize("table", ["message", "recording", "attachment"])
async def test_no_word_is_there_for(rooms: Store, role: str, table: str) -> None:
    directory = await rooms.directory()
    for person in directory.people:
        if person.role == role:
            async with rooms.as_person(person.id, day=DAY) as tx:
                count = f"SELECT count(case_id) FROM {table}"
                assert await tx.connection.fetchval(count) == 0


async def test_nobody_is_shown_anything_without_saying_who(rooms: Store) -> None:
    async with rooms.transaction() as tx:
        await tx.connection.fetchval("SELECT set_config('role', $1, true)", ROLE)
        for table in ("cases", *BESIDE, "brand_case"):
            column = "id" if table == "cases" else "case_id"
            seen = await tx.connection.fetchval(f"SELECT count({column}) FROM {table}")
            assert seen == 0, table


async def test_whose_term_is_over_sees_nothing(rooms: Store) -> None:
    directory = await rooms.directory()
    member = next(p for p in directory.people if p.role is Role.COMMITTEE)
    assert await _seen(rooms, member)
    long_before = date(1990, 1, 1)
    if member.since is not None:
        async with rooms.as_person(member.id, day=long_before) as tx:
            assert not await tx.connection.fetch("SELECT id FROM cases")
    async with rooms.as_person(uuid.uuid4(), day=DAY) as tx:
        assert not await tx.connection.fetch("SELECT id FROM cases")


ROLE = "threadline_rooms"
_WRITES = (
    "UPDATE cases SET state = 'received'",
    "DELETE FROM cases",
    "TRUNCATE cases CASCADE",
    "DELETE FROM ledger_event",
    "UPDATE ledger_event SET leaf = ''",
    "INSERT INTO message (case_id, id, at, direction, channel, body)"
    " VALUES (gen_random_uuid(), gen_random_uuid(), now(), 'in', 'sms', '')",
    "SELECT phone_sealed FROM cases",
    "SELECT phone_tag FROM cases",
    "SELECT contact_tag FROM cases",
    "SELECT pin_hash FROM cases",
    "SELECT * FROM cases",
    "SELECT * FROM person",
    "SELECT * FROM account",
    "SELECT * FROM room_session",
    "SELECT * FROM outbox",
    "SELECT * FROM conversation",
    "SELECT * FROM callback",
    "SELECT * FROM page",
    "SELECT * FROM call",
    "SELECT sid_sealed FROM recording",
    "ALTER TABLE cases DISABLE ROW LEVEL SECURITY",
    "DROP POLICY partner_sees ON cases",
    "CREATE TABLE mine (id int)",
    "CREATE TEMP TABLE person (id uuid, role text)",
)


@pytest.mark.parametrize("statement", _WRITES)
async def test_the_readers_role_may_not(rooms: Store, statement: str) -> None:
    directory = await rooms.directory()
    partner = next(p for p in directory.people if p.role is Role.PARTNER)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with rooms.as_person(partner.id, day=DAY) as tx:
            await tx.connection.execute(statement)


async def test_what_a_reader_makes_is_asked_by_no_function_of_ours(
    rooms: Store,
) -> None:
    """Were a table of hers found first, she would be whoever she writes there."""
    directory = await rooms.directory()
    member = next(p for p in directory.people if p.role is Role.COMMITTEE)
    async with as_owner(rooms) as connection:
        attempt = connection.transaction()
        await attempt.start()
        try:
            await connection.execute(
                "CREATE TEMP TABLE person AS SELECT * FROM public.person;"
                "UPDATE pg_temp.person SET role = 'partner', org = '{}'"
            )
            await connection.execute(f"GRANT SELECT ON pg_temp.person TO {ROLE}")
            await connection.fetchval(
                "SELECT set_config('app.person', $1, true),"
                " set_config('app.day', $2, true), set_config('role', $3, true)",
                str(member.id), DAY.isoformat(), ROLE,
            )  # fmt: skip
            assert await connection.fetchval("SELECT room_role()") == "committee"
        finally:
            await attempt.rollback()


async def test_our_functions_are_for_the_readers_role_alone(rooms: Store) -> None:
    rows = await rooms.pool.fetch(
        "SELECT proname AS name, proconfig AS settings,"
        " has_function_privilege($1, oid, 'EXECUTE') AS is_hers,"
        " EXISTS (SELECT FROM aclexplode(proacl) a WHERE a.grantee = 0) AS is_anybodys"
        " FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        " AND proname LIKE 'room\\_%'",
        ROLE,
    )
    assert len(rows) >= 10
    for row in rows:
        assert row["settings"] == ["search_path=pg_catalog, public, pg_temp"], row
        assert row["is_hers"], row
        assert not row["is_anybodys"], row


async def test_a_cut_connection_gives_nobody_elses_rights_on(rooms: Store) -> None:
    """Readers that are cancelled at any moment leave the pool as it was."""
    directory = await rooms.directory()
    people = [p for p in directory.people if p.role in (Role.COMMITTEE, Role.PARTNER)]
    expected = {p.id: await _seen(rooms, p) for p in people[:8]}

    async def read(person: Person) -> None:
        assert await _seen(rooms, person) == expected[person.id]

    for turn in range(60):
        tasks = [asyncio.create_task(read(p)) for p in people[:8]]
        await asyncio.sleep(turn % 12 / 2_000)
        for task in tasks[turn % 3 :: 3]:
            task.cancel()
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(o is None or isinstance(o, asyncio.CancelledError) for o in outcomes)
    async with rooms.transaction() as tx:
        row = await tx.connection.fetchrow(
            "SELECT current_setting('app.person', true) AS who, current_user AS me"
        )
    assert not row["who"]
    assert row["me"] != ROLE


def _migration() -> ModuleType:
    path = next(Path("migrations/versions").glob("*_the_rooms.py"))
    spec = importlib.util.spec_from_file_location("the_rooms", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(_migration().POLICIES))
async def test_without_its_policy_a_role_would_be_noticed(
    rooms: Store, name: str
) -> None:
    """Each policy bears weight: dropped, or opened to all, the proof fails."""
    directory, cases = await rooms.directory(), await _cases(rooms)
    told = await _told(rooms, directory)
    async with as_owner(rooms) as connection:
        attempt = connection.transaction()
        await attempt.start()
        try:
            await connection.execute(f"DROP POLICY {name}_sees ON cases")
            changed = False
            for person in directory.people:
                hers = {c.id for c in cases if _is_hers(person, c, directory, told)}
                await connection.fetchval(
                    "SELECT set_config('app.person', $1, true),"
                    " set_config('app.day', $2, true),"
                    " set_config('role', $3, true)",
                    str(person.id), DAY.isoformat(), ROLE,
                )  # fmt: skip
                rows = await connection.fetch("SELECT id FROM cases")
                changed = changed or {row["id"] for row in rows} != hers
                await connection.execute("RESET ROLE")
            assert changed, f"nobody would notice that {name} is gone"
        finally:
            await attempt.rollback()


@pytest.mark.parametrize("table", sorted({*_migration().BESIDE, "cases", "brand_case"}))
async def test_every_table_of_a_case_has_its_wall(rooms: Store, table: str) -> None:
    is_on = await rooms.pool.fetchval(
        "SELECT relrowsecurity FROM pg_class WHERE oid = $1::regclass", table
    )
    assert is_on


async def test_the_readers_role_owns_nothing_and_bypasses_nothing(
    rooms: Store,
) -> None:
    row = await rooms.pool.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole FROM pg_roles"
        " WHERE rolname = $1",
        ROLE,
    )
    assert not any(row.values())
    owned = await rooms.pool.fetchval(
        "SELECT count(*) FROM pg_class WHERE relowner = $1::regrole", ROLE
    )
    assert owned == 0
