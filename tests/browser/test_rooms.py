"""The rooms in a real browser: their width, their contrast, their labels."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from app.actions.sessions import begin
from app.console.frame import COOKIE
from app.domain.taxonomy import Role
from app.runtime.clock import now
from app.store.engine import Store

_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_OPEN_ALL = "document.querySelectorAll('details').forEach(d => { d.open = true })"
_OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@asynccontextmanager
async def seated(
    browser: Browser, store: Store, url: str, role: Role, width: int
) -> AsyncIterator[Page]:
    """Sit somebody of that role, who has cases, before a browser of that width."""
    at = now()
    directory = await store.directory()
    busy = await store.pool.fetchval("SELECT site FROM cases WHERE route = 'committee'")
    person = next(
        p
        for p in directory.people
        if p.role is role
        and p.serves_on(at.date())
        and (role is not Role.COMMITTEE or busy in p.org)
    )
    async with store.transaction() as tx:
        secret = await begin(tx, person, is_whole=True, device="a browser", at=at)
    context = await browser.new_context(viewport={"width": width, "height": 800})
    # A browser takes such a cookie from localhost without TLS, and from nowhere else.
    cookie = {"name": COOKIE, "value": secret, "url": url.replace("http", "https")}
    await context.add_cookies([{**cookie, "secure": True, "httpOnly": True}])  # type: ignore[typeddict-item]
    yield await context.new_page()
    await context.close()


async def look(page: Page, name: str) -> None:
    """Hold the page to its width and to WCAG 2.2 AA, with everything unfolded."""
    await page.evaluate(_OPEN_ALL)
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        path = str(Path(folder) / f"rooms-{name}.png")
        await page.screenshot(path=path, full_page=True)
    assert await page.evaluate(_OVER) <= 0, name
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": _AA}})
    assert found.violations_count == 0, (name, found.generate_report())
    assert len((await page.content()).encode()) < 30_000, name


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.PARTNER, Role.ADMIN])
async def test_the_rooms_can_be_read_and_used(
    browser: Browser, store: Store, demo_url: str, role: Role, width: int
) -> None:
    url = demo_url.replace("127.0.0.1", "localhost")
    async with seated(browser, store, url, role, width) as page:
        paths = ["/room", "/room/cases?state=all"]
        paths += ["/room/committee"] if role is not Role.ADMIN else []
        for path in paths:
            answered = await page.goto(url + path)
            assert answered is not None
            assert answered.status == 200, path
            await look(
                page,
                f"{role}-{path.split('?')[0].strip('/')}-{width}".replace("/", "-"),
            )
        await page.goto(url + "/room/cases?state=all")
        links = page.locator(".cases .head a")
        for each in range(min(2, await links.count())):
            await page.goto(url + "/room/cases?state=all")
            await links.nth(each).click()
            await page.wait_for_selector("#facts")
            await look(page, f"{role}-case-{each}-{width}")
