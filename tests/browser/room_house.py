"""The rooms in front of a real browser: the street, a clock, and who signs in."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import uuid4

import pyotp
import uvicorn
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from app.actions.invite import invite
from app.actions.sessions import begin
from app.console.frame import COOKIE
from app.main import build
from app.runtime.settings import read_settings
from app.store import accounts
from app.store.engine import Store
from app.store.migrate import migrate
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.conftest import Ground, on_server
from tests.rooms.street import MORNING, Street, furnish_street, who
from tests.stories.programme import ENGLISH_LINE, database_with_programme
from tests.stories.telling import Telling

PASSWORD = "four kites above the river"
PHONE, DESK = (360, 740), (1280, 800)
LARGEST_PAGE, LARGEST_ON_THE_WIRE = 30_000, 10_000
NEW = f"{GAZIPUR} wages were not paid, Karim bhai of line 7 says go home"
_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True, slots=True)
class Ready:
    """A furnished database to copy; `new` came just now, nobody has read it."""

    name: str
    street: Street
    new: str


@dataclass
class House:
    """The service of the rooms; `at` is what time it is in it."""

    url: str
    store: Store
    street: Street
    new: str
    at: datetime

    async def cookie(self, name: str, language: str = "en") -> str:
        """Seat somebody, as after signing in, and return what her cookie holds."""
        person = await who(self.store, name)
        async with self.store.transaction() as tx:
            await accounts.ensure(tx, person.id, self.at)
            await accounts.set_language(tx, person.id, language)
            return await begin(tx, person, is_whole=True, device="test", at=self.at)

    async def invited(self, name: str) -> str:
        person = await who(self.store, name)
        made = await invite(self.store, person, by=None, at=self.at)
        return f"{self.url}/in/join?k={made.secret}"


@contextmanager
def ready(ground: Ground) -> Iterator[Ready]:
    """Let the street happen once; each test copies what came of it."""
    bare = f"bare_{uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{bare}"'))
    migrate(ground.database(bare))
    with database_with_programme(ground, bare) as name:
        street, new = asyncio.run(_furnish(ground.database(name)))
        yield Ready(name, street, new)
    asyncio.run(on_server(ground, f'DROP DATABASE "{bare}" WITH (FORCE)'))


def _keys() -> Keyring:
    return Keyring([bytes(range(32))], pepper=bytes(32))


async def _furnish(url: str) -> tuple[Street, str]:
    store = await Store.open(url, _keys(), max_size=2)
    try:
        street = await furnish_street(store)
        story = Telling(store, MORNING - timedelta(minutes=5))
        how = {"phone": "+8801712999123", "line": ENGLISH_LINE}
        ticket = await story.open(NEW, "2", "2", **how)
        return street, ticket.number
    finally:
        await store.close()


@asynccontextmanager
async def open_house(ground: Ground, made: Ready, root: Path) -> AsyncIterator[House]:
    """Serve a copy of the street at an address of its own."""
    name = f"house_{uuid4().hex[:10]}"
    await on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{made.name}"')
    store = await Store.open(ground.database(name), _keys(), max_size=4)
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            house = House(url, store, made.street, made.new, MORNING)
            async with _serving(house, listener, Catalog.load(root / "locales")):
                yield house
    finally:
        await store.close()
        await on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)')


@asynccontextmanager
async def _serving(
    house: House, listener: socket.socket, catalog: Catalog
) -> AsyncIterator[None]:
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": house.url,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        },
        generated=True,
    )
    app = build(settings, house.store, catalog, clock=lambda: house.at)
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:  # noqa: ASYNC110 - uvicorn sets no event
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await serving


@asynccontextmanager
async def sitting(
    browser: Browser,
    house: House,
    name: str = "",
    *,
    language: str = "en",
    size: tuple[int, int] = DESK,
    scheme: Literal["light", "dark"] = "light",
) -> AsyncIterator[Page]:
    """Somebody's browser; what it fetches elsewhere, or says amiss, is a failure."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale=language,
        color_scheme=scheme,
    )
    if name:
        secret = await house.cookie(name, language)
        await context.add_cookies(
            [
                {
                    "name": COOKIE,
                    "value": secret,
                    "url": house.url.replace("http:", "https:"),
                    "secure": True,
                    "httpOnly": True,
                    "sameSite": "Lax",
                }
            ]
        )
    page = await context.new_page()
    strange: list[str] = []
    page.on(
        "request",
        lambda r: None if r.url.startswith(house.url) else strange.append(r.url),
    )
    page.on("console", lambda m: strange.append(m.text) if m.type == "error" else None)
    yield page
    await context.close()
    strange = [each for each in strange if not each.startswith("data:")]
    assert not [each for each in strange if not _is_refusal(each)], strange


def _is_refusal(said: str) -> bool:
    """A page of ours with status 4xx is an error to the browser's console."""
    return said.startswith("Failed to load resource: the server responded with")


async def look(page: Page, name: str, *, axe: bool = True) -> None:
    """Hold a page to its width, its weight and WCAG 2.2 AA; keep a picture of it."""
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        path = Path(folder) / f"room-{name}.png"
        await page.screenshot(path=str(path), full_page=True)
    over = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, (name, over, await _widest(page))
    assert await page.locator("h1").count() == 1, name
    if axe:
        only = {"runOnly": {"type": "tag", "values": _AA}}
        found = await Axe().run(page, options=only)
        assert found.violations_count == 0, (name, found.generate_report())


async def _widest(page: Page) -> object:
    return await page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e =>"
        " e.getBoundingClientRect().right > innerWidth)"
        ".slice(0, 4).map(e => e.outerHTML.slice(0, 160))"
    )


async def press(page: Page, name: str, *, within: str = "main") -> None:
    """Press a button by what it says, and wait for the page that follows."""
    async with page.expect_navigation():
        button = page.locator(within).get_by_role("button", name=name, exact=True)
        await button.first.click()


async def send(page: Page) -> None:
    """Send the first form of a page, in whatever language it is."""
    async with page.expect_navigation():
        await page.locator("main form button").first.click()


def code(key: str, at: datetime) -> str:
    return pyotp.TOTP(key).at(at)


async def join_by_hand(page: Page, house: House, name: str) -> str:
    """Come in with an invitation, as she does it; return the key of her phone."""
    await page.goto(await house.invited(name))
    await page.fill("input[name=password]", PASSWORD)
    await page.fill("input[name=again]", PASSWORD)
    await send(page)
    text = await page.locator("main code").first.inner_text()
    key = re.sub(r"\s", "", text)
    await page.fill("input[name=code]", code(key, house.at))
    await send(page)
    return key


async def sign_in_by_hand(page: Page, house: House, name: str, key: str) -> None:
    """Type address, password and the code of the moment; a code is good once."""
    house.at += timedelta(seconds=31)
    await page.goto(f"{house.url}/in")
    await page.fill("input[name=who]", f"{name}@example.org")
    await page.fill("input[name=password]", PASSWORD)
    await send(page)
    await page.fill("input[name=code]", code(key, house.at))
    await send(page)


async def tab_to(page: Page, target: str, *, most: int = 120) -> None:
    """Go on by the Tab key alone until that element has the focus."""
    for _ in range(most):
        await page.keyboard.press("Tab")
        if await page.evaluate(
            "t => document.activeElement.matches(t)"
            " && document.activeElement.checkVisibility()",
            target,
        ):
            return
    raise AssertionError(f"The Tab key does not come to {target}.")


async def enter(page: Page) -> None:
    """Press Enter on what has the focus, and wait for the page that follows."""
    async with page.expect_navigation():
        await page.keyboard.press("Enter")
