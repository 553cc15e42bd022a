"""Without the database a text is answered 503, never 200, and is not lost."""

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.actions.import_policy import ensure_default_policy
from app.main import create_app
from app.runtime.clock import now
from app.runtime.embedded import services
from app.runtime.keys import read_local_settings
from app.runtime.settings import Settings, read_settings
from app.store.engine import Store
from app.store.ledger import verify
from app.store.migrate import migrate
from app.store.sealing import Keyring
from tests.chaos.conftest import LINE
from tests.chaos.processes import IS_WHOLE, Ledger, Stimulus, environment
from tests.conftest import as_owner

URL = "http://web/twilio/sms"


def stimuli(n: int, *, first: int = 0) -> list[Stimulus]:
    return [
        Stimulus(f"SM{i:032x}", f"+88017{i:08}", LINE, "৪৮২১৭০ তিন মাস টাকা পাই না")
        for i in range(first, first + n)
    ]


def settings_for(database_url: str, home: Path) -> Settings:
    env = environment(database_url, home, redis_url="", smtp_port=9, port=8000)
    env["REDIS_URL"] = ""
    assert len(base64.urlsafe_b64decode(env["THREADLINE_KEYS"])) == 32
    return read_settings(env)


@asynccontextmanager
async def web(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx.ASGITransport(app=app)
        yield await stack.enter_async_context(
            httpx.AsyncClient(transport=transport, base_url="http://web", timeout=60)
        )


async def test_while_postgres_is_stopped_every_answer_is_503(tmp_path: Path) -> None:
    home = tmp_path / "home"
    local = read_local_settings(
        {"THREADLINE_HOME": str(home), "REDIS_URL": "redis://nowhere"}
    )
    before, during = stimuli(5), stimuli(5, first=5)
    ledger = Ledger([*before, *during])
    with ExitStack() as first:
        postgres = first.enter_context(services(local))
        settings = settings_for(postgres.database_url, tmp_path)
        await asyncio.to_thread(migrate, postgres.database_url)
        keyring = Keyring(settings.keys, settings.pepper)
        store = await Store.open(postgres.database_url, keyring)
        await ensure_default_policy(store, at=now())
        await store.close()
        async with web(settings) as client:
            for one in before:
                await ledger.send(client, one, URL)
            await asyncio.to_thread(first.close)  # Postgres stops here
            for one in [*before, *during]:
                await ledger.send(client, one, URL)
            assert ledger.classes == {"acked": 5, "status 503": 10}

            with services(local) as again:
                assert again.database_url == postgres.database_url
                started = asyncio.get_running_loop().time()
                for one in [*during, *before]:
                    await ledger.send(client, one, URL)
                took = asyncio.get_running_loop().time() - started
                assert ledger.classes == {"acked": 15, "status 503": 10}
                assert took < 5
                assert {len(set(a)) for a in ledger.answers.values()} == {1}
                store = await Store.open(again.database_url, keyring)
                verdict = await verify(store)
                await store.close()
                assert (verdict.ok, verdict.cases) == (True, 10)


async def test_connections_that_are_cut_lose_nothing_acknowledged(
    programme: Store, database_url: str, tmp_path: Path
) -> None:
    """Every backend of the web process is ended, again and again, in a burst."""
    sent = stimuli(150)
    ledger, stop = Ledger(sent), asyncio.Event()

    async def cut() -> int:
        cuts = 0
        while not stop.is_set():
            async with as_owner(programme) as owner:
                cuts += await owner.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            await asyncio.sleep(0.15)
        return cuts

    async with web(settings_for(database_url, tmp_path)) as client:
        cutting = asyncio.create_task(cut())
        for start in range(0, len(sent), 10):
            await asyncio.gather(
                *(ledger.send(client, one, URL) for one in sent[start : start + 10])
            )
        stop.set()
        print(f"{await cutting} connections cut: {dict(ledger.classes)}")
        assert ledger.classes["status 503"] > 0
        assert set(ledger.classes) == {"acked", "status 503"}
        claimed = await programme.pool.fetch("SELECT provider_id FROM claim")
        acked = {programme.keyring.message_tag(sid) for sid in ledger.acked}
        assert acked <= {row["provider_id"] for row in claimed}
        for _ in range(2):
            for one in sent:
                await ledger.send(client, one, URL)
    assert ledger.acked == {one.sid for one in sent}
    assert {len(set(a)) for a in ledger.answers.values()} == {1}
    verdict = await verify(programme)
    assert (verdict.ok, verdict.cases) == (True, len(sent)), verdict.problems[:5]


@pytest.mark.parametrize(
    "table",
    [
        pytest.param("ledger_head", id="the-ledger-is-locked"),
        *([pytest.param("cases", id="the-cases-are-locked")] if IS_WHOLE else []),
    ],
)
async def test_a_lock_that_others_hold_ends_in_503_not_in_500(
    programme: Store, database_url: str, tmp_path: Path, table: str
) -> None:
    one, classes = stimuli(1)[0], Counter[str]()
    settings = settings_for(database_url, tmp_path)
    async with web(settings) as client:
        ledger = Ledger([one])
        async with as_owner(programme) as other, other.transaction():
            await other.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            await ledger.send(client, one, URL)
            classes = ledger.classes.copy()
        await ledger.send(client, one, URL)
    assert classes == {"status 503": 1}
    assert ledger.acked == {one.sid}
