"""arq's own command finds everything it needs in `WorkerSettings`."""

import asyncio
from datetime import timedelta

import pytest
from arq.worker import create_worker

from app.gateways.bell import broker
from app.store.engine import Store
from tests.workers.debts import owe, row_of
from workers.settings import WorkerSettings


async def test_arqs_own_command_delivers_too(
    store: Store, database_url: str, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "THREADLINE_KEYS": "A" * 43 + "=",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "token",
        "PUBLIC_BASE_URL": "https://hotline.example",
        "SWEEP_SECONDS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    owed_id = await owe(
        store,
        "person",
        "nobody",
        template="case_new",
        expires_in=timedelta(days=36_500),  # the clock here is the real one
    )
    worker = create_worker(
        dict(vars(WorkerSettings)), redis_pool=broker(redis_url), handle_signals=False
    )
    running = asyncio.create_task(worker.async_run())
    async with asyncio.timeout(10):
        while (await row_of(store, owed_id))["state"] == "owed":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await worker.close()
    await asyncio.gather(running, return_exceptions=True)
    assert (await row_of(store, owed_id))["last_error"] == "gone"
