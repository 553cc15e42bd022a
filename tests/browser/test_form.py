"""The web form in a real browser, in front of the whole service."""

import os
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from app.store.engine import Store

SITE = "482170"
WORDS = {
    "bn": "তিন মাস ধরে ওভারটাইমের টাকা পাই না।",
    "hi": "तीन महीने से ओवरटाइम का पैसा नहीं मिला।",
    "ta": "மூன்று மாதமாக ஓவர்டைம் பணம் தரவில்லை.",
    "en": "For three months no overtime money.",
}
_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@asynccontextmanager
async def visiting(
    browser: Browser, url: str, *, width: int = 360, scripts: bool = True, **more: Any
) -> AsyncIterator[Page]:
    """A phone of that width; anything that it fetches elsewhere is a failure."""
    context = await browser.new_context(
        viewport={"width": width, "height": 640}, java_script_enabled=scripts, **more
    )
    page = await context.new_page()
    strange: list[str] = []
    page.on(
        "request", lambda r: None if r.url.startswith(url) else strange.append(r.url)
    )
    page.on("console", lambda m: strange.append(m.text) if m.type == "error" else None)
    yield page
    cookies = await context.cookies()
    await context.close()
    assert not [each for each in strange if not each.startswith("data:")], strange
    assert cookies == []


async def look(page: Page, name: str) -> None:
    """Hold the page to its width and to WCAG 2.2 AA; keep a picture where asked."""
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(
            path=str(Path(folder) / f"form-{name}.png"), full_page=True
        )
    over = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    assert over <= 0, name
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": _AA}})
    assert found.violations_count == 0, (name, found.generate_report())


async def press(page: Page, do: str) -> None:
    async with page.expect_navigation():
        await page.locator(f"button[name=do][value={do}]:not(.enter)").first.click()


async def digits(page: Page, length: int) -> str:
    half = length // 2
    text = await page.locator("main").inner_text()
    found = re.search(rf"(?<!\d)(\d{{{half}}})\s?(\d{{{half}}})(?!\d)", text)
    assert found is not None, text
    return found[1] + found[2]


async def complain(page: Page, url: str, language: str, *, look_at: str = "") -> Any:
    """Go from the poster to the end; return number and PIN."""

    async def seen(name: str) -> None:
        if look_at:
            await look(page, f"{name}-{look_at}")

    await page.goto(f"{url}/s/{SITE}?l={language}")
    await seen("what")
    await page.fill("textarea[name^=words]", WORDS[language])
    async with page.expect_navigation():
        await page.locator("form:has(textarea[name^=words]) button.main").click()
    await seen("about")
    await page.locator("input[name=answer][value=no]").check()
    await press(page, "next")
    await seen("danger")
    await page.locator("input[name=answer][value=no]").check()
    await press(page, "next")
    await seen("reach")
    await page.locator("input[name=how][value=text]").check()
    await page.fill("input[name=phone]", "01712345678")
    await press(page, "next")
    await seen("receipt")
    number, pin = await digits(page, 8), await digits(page, 6)
    await page.fill("input[name=pin]", pin)
    await press(page, "check")
    await seen("kept")
    return number, pin


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("width", [240, 360, 1280])
async def test_a_complaint_in_each_language_and_width(
    browser: Browser, demo_url: str, language: str, width: int
) -> None:
    name = f"{language}-{width}"
    async with visiting(browser, demo_url, width=width) as page:
        number, pin = await complain(page, demo_url, language, look_at=name)
        await press(page, "proof")
        await look(page, f"proof-{name}")
        await page.goto(f"{demo_url}/follow?l={language}")
        await look(page, f"door-{name}")
        await page.fill("input[name=number]", number)
        await page.fill("input[name=pin]", pin)
        async with page.expect_navigation():
            await page.locator("form:has(input[name=number]) button.main").click()
        await look(page, f"follow-{name}")
        assert WORDS[language] in await page.locator("main").inner_text()
        await press(page, "withdraw")
        await look(page, f"withdraw-{name}")
        for path in ("/rights", "/rights/harassment", "/verify"):
            await page.goto(f"{demo_url}{path}?l={language}")
            await look(page, f"{path.strip('/').replace('/', '-')}-{name}")


@pytest.mark.parametrize("language", WORDS)
async def test_the_same_without_scripts(
    browser: Browser, demo_url: str, store: Store, language: str
) -> None:
    async with visiting(browser, demo_url, scripts=False) as page:
        number, _ = await complain(page, demo_url, language)
    row = await store.pool.fetchrow(
        "SELECT language, site, route FROM cases WHERE number = $1", number
    )
    assert tuple(row) == (language, SITE, "committee")


@pytest.mark.parametrize("language", WORDS)
async def test_without_a_poster_and_for_somebody_else(
    browser: Browser, demo_url: str, language: str
) -> None:
    """The pages that a complaint from a poster does not come to."""
    async with visiting(browser, demo_url, width=240) as page:
        await page.goto(f"{demo_url}/?l={language}&for=other")
        await look(page, f"what-other-{language}-240")
        await page.select_option("select[name=by]", "union")
        await page.fill("textarea[name^=words]", WORDS[language])
        async with page.expect_navigation():
            await page.locator("form:has(textarea[name^=words]) button.main").click()
        await look(page, f"where-{language}-240")
        await page.fill("input[name=name]", "Megher Alo")
        await press(page, "next")
        await look(page, f"pick-{language}-240")
        await page.locator(f"input[name=site][value='{SITE}']").check()
        await press(page, "next")
        await page.locator("input[name=answer][value=no]").check()
        await press(page, "next")
        await page.locator("input[name=answer][value=yes]").check()
        await press(page, "next")
        await look(page, f"reach-danger-{language}-240")
        await page.locator("input[name=how][value=none]").check()
        await press(page, "next")
        number, pin = await digits(page, 8), await digits(page, 6)
        await page.goto(f"{demo_url}/follow?l={language}")
        await page.fill("input[name=number]", number)
        await page.fill("input[name=pin]", pin)
        async with page.expect_navigation():
            await page.locator("form:has(input[name=number]) button.main").click()
        await look(page, f"who-{language}-240")
        await press(page, "mine")
        await look(page, f"receipt-mine-{language}-240")


async def test_a_page_is_one_request_and_the_sheet_is_fetched_once(
    browser: Browser, demo_url: str
) -> None:
    async with visiting(browser, demo_url) as page:
        asked: dict[str, str] = {}
        cached: set[str] = set()
        network = await page.context.new_cdp_session(page)
        await network.send("Network.enable")
        network.on(
            "Network.requestWillBeSent",
            lambda e: asked.update({e["requestId"]: e["request"]["url"]}),
        )
        network.on(
            "Network.requestServedFromCache", lambda e: cached.add(e["requestId"])
        )
        network.on(
            "Network.responseReceived",
            lambda e: e["response"].get("fromDiskCache") and cached.add(e["requestId"]),
        )
        await complain(page, demo_url, "en")
    fetched = [
        url
        for request, url in asked.items()
        if request not in cached and not url.startswith("data:")
    ]
    assert sum("/web.css" in url for url in fetched) == 1
    assert sum("/web.css" not in url for url in fetched) == 6


async def test_a_lost_connection_and_back_lose_nothing_that_was_typed(
    browser: Browser, demo_url: str, store: Store
) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 640})
    page = await context.new_page()
    await page.goto(f"{demo_url}/s/{SITE}?l=en")
    await page.fill("textarea[name^=words]", WORDS["en"])
    await context.set_offline(True)
    await page.locator("form:has(textarea[name^=words]) button.main").click()
    await page.wait_for_timeout(500)
    await context.set_offline(False)
    await page.go_back()
    assert await page.input_value("textarea[name^=words]") == WORDS["en"]
    async with page.expect_navigation():
        await page.locator("form:has(textarea[name^=words]) button.main").click()
    # She goes back and sends it once more: it is still one case.
    await page.go_back()
    assert await page.input_value("textarea[name^=words]") == WORDS["en"]
    async with page.expect_navigation():
        await page.locator("form:has(textarea[name^=words]) button.main").click()
    count = await store.pool.fetchval(
        "SELECT count(*) FROM cases WHERE channel = 'web'"
    )
    assert count == 1
    await context.close()


async def test_leave_quickly_shows_something_else(
    browser: Browser, demo_url: str
) -> None:
    context = await browser.new_context(viewport={"width": 360, "height": 640})
    page = await context.new_page()
    await context.route(
        "https://www.google.com/**", lambda route: route.fulfill(body="elsewhere")
    )
    await context.route(
        "https://www.google.com", lambda route: route.fulfill(body="elsewhere")
    )
    await page.goto(f"{demo_url}/s/{SITE}?l=en")
    await page.fill("textarea[name^=words]", WORDS["en"])
    async with page.expect_navigation():
        await page.locator("form:has(textarea[name^=words]) button.main").click()
    await page.locator("form[action='/leave'] button").first.click()
    await page.wait_for_url("https://www.google.com/**")
    assert "elsewhere" in await page.content()
    await context.close()


async def test_the_demo_makes_posters(browser: Browser, demo_url: str) -> None:
    context = await browser.new_context()
    for file, start in (("a4.pdf", b"%PDF"), ("card.png", b"\x89PNG")):
        reply = await context.request.get(f"{demo_url}/demo/poster/{SITE}/{file}")
        assert reply.ok
        assert (await reply.body()).startswith(start)
    assert (await context.request.get(f"{demo_url}/demo/poster/1/a4.pdf")).status == 404
    await context.close()
