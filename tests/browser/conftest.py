"""A whole demo in this process, and a real browser in front of it."""

import asyncio
import os
import shutil
import socket
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import pytest
import uvicorn
from playwright.async_api import Browser, Page, async_playwright

from app.actions.deliver import deliver_due
from app.actions.sweep_deadlines import sweep_due
from app.demo.carriers import made_up
from app.demo.furnish import furnish
from app.gateways.send import gateways
from app.main import build
from app.runtime.clock import now
from app.runtime.settings import Settings, read_settings
from app.store.engine import Store
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from tests.conftest import Ground, on_server

_BEAT = 0.2


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture
def flags() -> list[str]:
    """Return how Chromium is started; a file of tests may ask for more."""
    return ["--no-sandbox"]


@pytest.fixture
async def browser(flags: list[str]) -> AsyncIterator[Browser]:
    """Chromium, or the words by which its absence is counted."""
    path = _chromium()
    if path is None:
        if os.environ.get("THREADLINE_REQUIRE_BROWSER") == "1":
            pytest.fail(
                "browser: not run, and THREADLINE_REQUIRE_BROWSER=1 asks for it"
            )
        pytest.skip("browser: not run")
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=path, args=flags)
        yield opened
        await opened.close()


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """A furnished demo that each test's own database is copied from."""
    name = f"demo_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    asyncio.run(_furnish(ground.database(name)))
    yield name
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _furnish(database_url: str) -> None:
    store = await Store.open(database_url, Keyring([bytes(range(32))], bytes(32)))
    async with store.transaction() as tx:
        await tx.connection.execute(
            "INSERT INTO programme (id, is_demo, created_at, key_check)"
            " VALUES (1, true, now(), '')"
        )
    await furnish(store, at=now())
    await store.close()


@pytest.fixture
async def demo_url(store: Store, root: Path) -> AsyncIterator[str]:
    """The address of a furnished demo whose clocks run."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        settings = _settings(url)
        catalog = Catalog.load(root / "locales")
        async with AsyncExitStack() as running:
            await running.enter_async_context(_beating(store, settings, catalog))
            app = build(settings, store, catalog, demo=True)
            server = uvicorn.Server(
                uvicorn.Config(app, log_config=None, lifespan="off")
            )
            serving = asyncio.create_task(server.serve(sockets=[listener]))
            while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
                await asyncio.sleep(0.01)
            yield url
            server.should_exit = True
            await serving


def _settings(url: str) -> Settings:
    """Return those of a demo, its simulated carriers on its own address."""
    bare = {
        "PUBLIC_BASE_URL": url,
        "THREADLINE_KEYS": "A" * 43 + "=",
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN": "t" * 32,
    }
    made = made_up(read_settings(bare, generated=True), url)
    return read_settings({**bare, **made}, generated=True)


@asynccontextmanager
async def _beating(
    store: Store, settings: Settings, catalog: Catalog
) -> AsyncIterator[None]:
    """Do what the worker process does: sweep and deliver, all the time."""
    senders = gateways(settings, is_demo=True)

    async def beat() -> None:
        while True:
            await sweep_due(store, at=now())
            await deliver_due(store, senders, catalog, at_clock=now)
            await asyncio.sleep(_BEAT)

    beating = asyncio.create_task(beat())
    yield
    beating.cancel()
    with suppress(asyncio.CancelledError):
        await beating
    await senders.aclose()


@pytest.fixture
async def page(browser: Browser, demo_url: str) -> AsyncIterator[Page]:
    """The demo page, wide; anything that it fetches elsewhere is a failure."""
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    shown = await context.new_page()
    strange: list[str] = []
    shown.on("request", lambda r: _note(strange, r.url, demo_url))
    shown.on("console", lambda m: strange.append(m.text) if m.type == "error" else None)
    shown.on("pageerror", lambda error: strange.append(str(error)))
    await shown.goto(f"{demo_url}/demo")
    yield shown
    await context.close()
    assert not strange, strange


def _note(strange: list[str], url: str, demo_url: str) -> None:
    if not url.startswith(demo_url):
        strange.append(url)
