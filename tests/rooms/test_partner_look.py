"""The partner's pages in a real browser: they fit a phone, and axe finds nothing."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser as Chromium, Page, Route

from app.actions.stream_voice import Purpose
from app.console.look import Look
from app.domain import commands as verbs
from app.domain.laws import Happening
from app.domain.taxonomy import Category
from app.store.engine import Store
from app.wording.catalog import Catalog
from tests.conftest import Ground
from tests.rooms.test_partner import (
    BASE,
    Browser,
    sent,
    signed_in,
    spoken,
    three,
)
from tests.stories.conftest import NIGHT
from tests.stories.programme import INDIA_LINE, database_with_programme
from tests.stories.telling import Telling
from tests.web.look_browser import chromium

_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Smaller than this a finger misses it; links within a sentence are exempt.
_SMALL = """
[...document.querySelectorAll("button, select, input:not([type=hidden]), summary")]
  .filter(e => e.checkVisibility())
  .filter(e => { const r = e.getBoundingClientRect();
    return r.width < 24 || r.height < 24 })
  .map(e => e.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def story(store: Store) -> Telling:
    return Telling(store, NIGHT)


@pytest.fixture(scope="session")
def rooms(root: Path) -> Look:
    return Look(Catalog.load(root / "locales"))


@pytest.fixture
async def browser() -> AsyncIterator[Chromium]:
    async with chromium() as opened:
        yield opened


async def look_at(chrome: Chromium, desk: Browser, path: str, name: str) -> None:
    """Hold a page to the width of a phone and of a desk, all of it unfolded."""

    async def answer(route: Route) -> None:
        got = await desk.client.get(route.request.url)
        headers = {"content-type": got.headers["content-type"]}
        await route.fulfill(
            status=got.status_code, body=got.content, headers=headers
        )  # fmt: skip

    for width in (360, 1280):
        page = await chrome.new_page(viewport={"width": width, "height": 740})
        await page.route("**/*", answer)
        await page.goto(BASE + path)
        await page.evaluate(
            "document.querySelectorAll('details').forEach(d => d.open = true)"
        )
        await _hold(page, f"{name}-{width}")
        await page.close()


async def _hold(page: Page, name: str) -> None:
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=f"{folder}/partner-{name}.png", full_page=True)
    over = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, name
    assert await page.evaluate(_SMALL) == [], name
    assert await page.locator("h1").count() == 1, name
    ids = await page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), name
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": _AA}})
    assert found.violations_count == 0, (name, found.generate_report())


async def test_the_desk_in_a_browser(
    story: Telling, rooms: Look, browser: Chromium
) -> None:
    main, other, _ = await three(story)
    await spoken(story, other)
    await sent(story, other, "photo", "image/jpeg")
    case = f"/room/cases/{other.number}"
    async with signed_in(story, rooms) as desk:
        await look_at(browser, desk, "/room/partner", "list")
        await look_at(browser, desk, "/room/clusters", "clusters")
        await look_at(browser, desk, f"{case}/release", "release")
        await look_at(browser, desk, f"{case}/desk", "asked")
        await desk.get(f"{case}/desk")
        await desk.post(f"{case}/voice", purpose=Purpose.CHECK.value)
        await look_at(browser, desk, f"{case}/desk", "desk")
        await look_at(browser, desk, case, "case")
        await story.act(other.number, verbs.Join(main.number), "partner-bd")
        await look_at(browser, desk, f"/room/cases/{main.number}/desk", "main")
        await look_at(browser, desk, f"{case}/desk", "part")


async def test_the_laws_way_in_a_browser(
    story: Telling, rooms: Look, browser: Chromium
) -> None:
    ticket = await story.open("615236 overtime is not paid", line=INDIA_LINE)
    for command in (
        verbs.SetCategory(Category.CHLD, note="A child."),
        verbs.Happened(Happening.CHILD_SEXUAL_OFFENCE, note="She told it."),
    ):
        await story.act(ticket.number, command, "partner-tn")
    async with signed_in(story, rooms, "partner-tn") as desk:
        await look_at(browser, desk, f"/room/cases/{ticket.number}/desk", "law")
        await look_at(browser, desk, f"/room/cases/{ticket.number}", "law-case")
