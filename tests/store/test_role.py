"""The service's role appends to the ledger, and alters nothing of it (F11)."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
import pytest

from app.actions.make_head import make_heads
from app.actions.outsider_findings import outsider_findings
from app.domain.errors import Refused
from app.receipts.keys import SigningKey
from app.store.engine import SERVICE, Store
from app.store.ledger import verify
from app.store.sealing import Keyring
from tests.builders import GAZIPUR
from tests.conftest import as_owner
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling

SIGNING = SigningKey(bytes(range(32)))

# What would alter what is written once, and what would open a way to it.
DENIED = (
    "UPDATE ledger_event SET kind = 'x' WHERE seq = 1",
    "UPDATE ledger_event SET sealed = ''",
    "DELETE FROM ledger_event WHERE seq = 1",
    "DELETE FROM ledger_event",
    "TRUNCATE ledger_event",
    "TRUNCATE cases, ledger_event CASCADE",
    "DROP TABLE ledger_event",
    "INSERT INTO ledger_event SELECT seq + 9, case_id, at, kind, leaf, hash, sealed"
    " FROM ledger_event LIMIT 1",
    "UPDATE ledger_head SET seq = 0",
    "DELETE FROM ledger_head",
    "UPDATE ledger_offer SET kinds = '{}'",
    "DELETE FROM ledger_offer",
    "UPDATE ledger_link SET seq = 1",
    "DELETE FROM ledger_tip",
    "UPDATE ledger_root SET body = ''",
    "TRUNCATE ledger_root",
    "UPDATE audit_event SET through = 'x'",
    "DELETE FROM audit_event",
    "UPDATE programme_key SET data_key = ''",
    "DELETE FROM export_made",
    "UPDATE release SET sha256 = ''",
    "DELETE FROM release",
    "UPDATE published_cell SET number = 0",
    "DELETE FROM published_cell",
    "UPDATE release_file SET content = ''",
    "DELETE FROM release_file",
    "UPDATE history_file SET rows = 0",
    "DELETE FROM history_file",
    "UPDATE told_row SET site = 'x'",
    "UPDATE told_row SET said = NULL",
    "DELETE FROM told_row",
    "UPDATE mandate SET recipient = 'age1another'",
    "UPDATE mandate SET sites = '{}'",
    "DELETE FROM mandate",
    "SELECT told_row_freeze()",
    "ALTER TABLE ledger_event DISABLE TRIGGER ledger_guard",
    "ALTER TABLE ledger_event DISABLE ROW LEVEL SECURITY",
    "CREATE RULE gone AS ON INSERT TO ledger_offer DO INSTEAD NOTHING",
    "CREATE TRIGGER mine BEFORE INSERT ON ledger_event FOR EACH ROW"
    " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    # Granting what one has not is a warning only, and grants nothing.
    "GRANT UPDATE ON ledger_event TO CURRENT_USER; UPDATE ledger_event SET kind = 'x'",
    "ALTER TABLE ledger_event OWNER TO CURRENT_USER",
    "ALTER FUNCTION ledger_fold() OWNER TO CURRENT_USER",
    "CREATE OR REPLACE FUNCTION ledger_fold() RETURNS trigger LANGUAGE plpgsql AS"
    " $$ BEGIN RETURN NULL; END $$",
    "DROP FUNCTION ledger_is_append_only() CASCADE",
    "CREATE SCHEMA mine",
    "SET session_replication_role = replica",
    "ALTER ROLE threadline_app SUPERUSER",
    "SELECT ledger_fold()",
    "COPY ledger_event TO PROGRAM 'cat'",
)


@pytest.fixture
async def lived(talk: Telling) -> Telling:
    await talk.open(f"{GAZIPUR} no water", line=ENGLISH_LINE)
    await make_heads(talk.store, SIGNING, at=talk.at)
    return talk


async def test_nothing_that_is_written_once_is_altered_by_the_service(
    lived: Telling,
) -> None:
    allowed = []
    for statement in DENIED:
        try:
            async with lived.store.transaction() as tx:
                await tx.connection.execute(statement)
            allowed.append(statement)
        except asyncpg.InsufficientPrivilegeError:
            pass
    assert allowed == []
    assert len(DENIED) >= 20
    assert (await verify(lived.store)).ok


async def test_every_connection_of_the_service_has_its_role(lived: Telling) -> None:
    async with lived.store.pool.acquire() as connection:
        for statement in ("SELECT 1", "RESET ROLE", "RESET ALL", "DISCARD TEMP"):
            await connection.execute(statement)
            assert await connection.fetchval("SELECT current_user") == SERVICE


async def test_the_role_owns_nothing_and_logs_in_nowhere(store: Store) -> None:
    row = await store.pool.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolinherit,"
        " rolcreatedb FROM pg_roles WHERE rolname = $1",
        SERVICE,
    )
    assert not any(row.values())
    owned = await store.pool.fetchval(
        "SELECT count(*) FROM pg_class WHERE relowner = $1::regrole", SERVICE
    )
    assert owned == 0


async def test_every_table_is_open_to_the_service_or_closed_on_purpose(
    store: Store,
) -> None:
    rows = await store.pool.fetch(
        "SELECT relname, has_table_privilege($1, oid, 'SELECT') AS reads,"
        " has_table_privilege($1, oid, 'INSERT') AS adds,"
        " has_table_privilege($1, oid, 'UPDATE') AS edits,"
        " has_table_privilege($1, oid, 'DELETE') AS removes FROM pg_class"
        " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
        SERVICE,
    )
    assert all(row["reads"] for row in rows)
    assert {row["relname"] for row in rows if not row["adds"]} == {
        *("alembic_version", "ledger_event", "ledger_head"),
    }
    once = {
        *("ledger_offer", "ledger_chain", "ledger_link", "ledger_tip", "ledger_root"),
        *("ledger_stamp", "ledger_witness", "programme_key", "export_made"),
        *("alembic_version", "ledger_event", "ledger_head", "audit_event"),
        *("release", "published_cell", "release_file", "history_file"),
        *("told_row", "mandate"),
    }
    for right in ("edits", "removes"):
        assert {row["relname"] for row in rows if not row[right]} == once


async def test_a_table_of_a_later_migration_is_open_to_the_service(
    store: Store,
) -> None:
    async with as_owner(store) as owner:
        await owner.execute("CREATE TABLE later (id int)")
    await store.pool.execute("INSERT INTO later VALUES (1)")
    assert await store.pool.fetchval("SELECT count(*) FROM later") == 1


@pytest.mark.parametrize("table", ["ledger_link", "ledger_root", "ledger_witness"])
async def test_what_outsiders_rely_on_is_guarded_from_its_owner_too(
    lived: Telling, table: str
) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with as_owner(lived.store) as owner:
                await owner.execute(statement)


async def test_a_login_without_the_role_is_told_what_to_grant(
    own_login: str, store: Store, keyring: Keyring
) -> None:
    name = urlsplit(own_login).username
    async with as_owner(store) as owner:
        await owner.execute(f"REVOKE {SERVICE} FROM {name}")
    with pytest.raises(Refused, match=f"GRANT {SERVICE} TO"):
        await Store.open(own_login, keyring)


_LAST = "(SELECT max(seq) FROM public.ledger_event)"
_COPY = "last_seq, width, secret, body, signature, made_at FROM public.ledger_root"
# What would go into the heads that are made from then on.
FOREIGN = (
    f"INSERT INTO public.ledger_link VALUES (1, 999999, {_LAST})",
    f"INSERT INTO public.ledger_link VALUES (99, 2, {_LAST})",
    f"INSERT INTO public.ledger_link VALUES (1, 0, {_LAST})",
    "INSERT INTO public.ledger_link SELECT chain, max(n) + 1, 99999"
    " FROM public.ledger_link GROUP BY 1",
    "INSERT INTO public.ledger_tip SELECT chain, 99, n, tip FROM public.ledger_tip",
    "INSERT INTO public.ledger_tip SELECT chain, head + 1, n + 7, tip"
    " FROM public.ledger_tip",
    *(
        f"INSERT INTO public.ledger_root SELECT number + {number},"
        f" hour + interval '{hours} hours', {_COPY}"
        for number, hours in ((2, 1), (1, 2), (1, 0), (0, 1), (-1, -1))
    ),
)


@pytest.mark.parametrize("hiding", [(), ("ledger_link", "ledger_root", "ledger_event")])
async def test_a_chain_and_the_heads_only_go_on_where_they_ended(
    lived: Telling, hiding: tuple[str, ...]
) -> None:
    """Nor are they misled by a table of the same name in a session of its own."""
    await lived.open(f"{GAZIPUR} no lamp", line=ENGLISH_LINE, phone="+8801700000009")
    for statement in FOREIGN:
        async with lived.store.connection() as link:
            for table in hiding:
                await link.connection.execute(
                    f"CREATE TEMP TABLE IF NOT EXISTS {table}"
                    f" AS SELECT * FROM public.{table} WHERE false"
                )
            with pytest.raises(asyncpg.CheckViolationError):
                await link.connection.execute(statement)
            await link.connection.execute("DISCARD TEMP")
    at = lived.at + timedelta(hours=1)
    assert len(await make_heads(lived.store, SIGNING, at=at)) == 1


async def test_no_head_is_made_after_one_that_is_not_its_own(lived: Telling) -> None:
    async with lived.store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO ledger_root SELECT number + 1, hour + interval '1 hour',"
            " last_seq, width, secret, body, signature, made_at FROM ledger_root"
        )
    at = lived.at + timedelta(hours=2)
    with pytest.raises(Refused, match=r"Head 2 .* restore the database"):
        await make_heads(lived.store, SIGNING, at=at)
    async with lived.store.transaction() as tx:
        directory = await lived.store.directory_now(tx)
        found = await outsider_findings(tx, directory, lived.at)
    assert found[0].is_grave
    assert "Head 2 of the ledger does not say its own number" in found[0].what
    assert "last backup" in found[0].mend


async def test_a_mandate_is_ended_once_and_never_changed(store: Store) -> None:
    await store.pool.execute(
        "INSERT INTO mandate VALUES (gen_random_uuid(), 'auditor', NULL, '{482170}',"
        " '{}', '2026-01-01', '2026-12-31', 'why', 'age1', 'cli', now())"
    )
    with pytest.raises(asyncpg.CheckViolationError):
        async with as_owner(store) as owner:
            await owner.execute("UPDATE mandate SET ended_at = now(), until = now()")
    await store.pool.execute("UPDATE mandate SET ended_at = now()")
    for ended in ("NULL", "now() + interval '1 year'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await store.pool.execute(f"UPDATE mandate SET ended_at = {ended}")


@pytest.fixture
async def own_login(database_url: str, store: Store) -> AsyncIterator[str]:
    """The address of the database for a login that the doctor asks for."""
    name, secret = f"service_{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    async with as_owner(store) as owner:
        await owner.execute(
            f"CREATE ROLE {name} LOGIN PASSWORD '{secret}' IN ROLE {SERVICE}"
        )
    parts = urlsplit(database_url)
    place = parts.netloc.rpartition("@")[2]
    login = f"{name}:{quote(secret)}@{place}"
    yield urlunsplit(parts._replace(netloc=login))
    async with as_owner(store) as owner:
        await owner.execute(f"DROP OWNED BY {name}; DROP ROLE {name}")


async def test_the_service_works_whole_under_a_login_of_its_own(
    lived: Telling, own_login: str, keyring: Keyring
) -> None:
    """And there is no way back to the owner from there."""
    async with lived.store.transaction() as tx:
        directory = await lived.store.directory_now(tx)
        warned = await outsider_findings(tx, directory, lived.at)
    opened = await Store.open(own_login, keyring, max_size=3)
    try:
        talk = Telling(opened, lived.at)
        ticket = await talk.open(
            f"{GAZIPUR} the pay", line=ENGLISH_LINE, phone="+8801700000009"
        )
        await talk.run(days=3, deliver=True)
        assert len(await make_heads(opened, SIGNING, at=talk.at)) > 1
        for person in directory.people:
            async with opened.as_person(person.id, day=talk.at.date()) as tx:
                await tx.connection.fetch("SELECT number FROM cases")
        assert (await talk.case(ticket.number))["site"] == GAZIPUR
        assert (await verify(opened)).ok
        async with opened.transaction() as tx:
            found = await outsider_findings(tx, directory, talk.at)
        async with opened.pool.acquire() as connection:
            await connection.execute("SET ROLE NONE")
            for statement in DENIED:
                with pytest.raises(asyncpg.InsufficientPrivilegeError):
                    await connection.execute(statement)
            await connection.execute("RESET ROLE")
    finally:
        await opened.close()
    assert ["owner" in each.what for each in warned] == [True]
    assert found == []
