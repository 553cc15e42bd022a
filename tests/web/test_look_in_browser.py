"""The pages in a real browser: narrow, dark, at twice the size, by keyboard alone.

Sentences are padded to the length of another tongue; JavaScript is off wherever
the test itself needs none.
"""

import os
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from app.channels.web.look import Look
from tests.web.look_browser import ORIGIN, Site, chromium, visited
from tests.web.look_samples import echoing, pages

_PADDED = 0.6
_TARGET = 44  # CSS pixels; what a thumb hits
_TOP = 160  # the way out and our name, below each other
_LEFT = "left"  # it goes away by itself


@cache
def padded() -> Site:
    look = Look(echoing(_PADDED))
    return Site(look, pages(look))


def plain() -> Site:
    look = Look(echoing())
    return Site(look, pages(look))


def names() -> list[str]:
    return [name for name in padded().pages if name != _LEFT]


async def photograph(page: Page, name: str) -> None:
    """Keep a picture where `THREADLINE_SCREENSHOTS` names a folder."""
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


async def overflow(page: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return await page.evaluate(
        "Math.max(0, document.documentElement.scrollWidth - innerWidth,"
        " -Math.min(0, ...[...document.querySelectorAll('body *:not(.enter)')]"
        ".map(e => e.getBoundingClientRect().left)))"
    )


async def magnify(page: Page) -> None:
    """Set the text twice as large as it was."""
    await page.evaluate("document.documentElement.style.fontSize = '225%'")


@pytest.mark.parametrize("width", [240, 360, 1280])
async def test_nothing_has_to_be_scrolled_sideways(width):
    wide = []
    async with chromium() as browser, visited(browser, padded(), width) as page:
        for name in names():
            await page.goto(f"{ORIGIN}/{name}")
            if await overflow(page):
                wide.append(name)
            if await page.locator(".top").evaluate("e => e.offsetHeight") > _TOP:
                wide.append(f"{name}, whose top is squeezed")
            await photograph(page, f"web-{name}-{width}")
            if width >= 360:
                await magnify(page)
                if await overflow(page):
                    wide.append(f"{name}, twice as large")
    assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing(scheme):
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found: dict[str, str] = {}
    async with (
        chromium() as browser,
        visited(browser, padded(), color_scheme=scheme) as page,
    ):
        for name in names():
            await page.goto(f"{ORIGIN}/{name}")
            results = await Axe().run(page, options=options)
            if results.violations_count:
                found[name] = results.generate_report()
            await photograph(page, f"web-{name}-{scheme}")
    assert found == {}


async def test_leaving_is_in_sight_on_a_small_phone_and_targets_are_large():
    missed = []
    async with chromium() as browser, visited(browser, padded()) as page:
        for name in names():
            await page.goto(f"{ORIGIN}/{name}")
            box = await page.locator(".quit").bounding_box()
            assert box is not None
            if box["y"] + box["height"] > 120:
                missed.append(f"{name}: leaving")
            small = await page.evaluate(
                "least => [...document.querySelectorAll("
                "'button:not(.enter), a.on, .tongues a, select, textarea, .row,"
                " input:not([type=hidden]):not([type=radio])')]"
                ".filter(e => e.getBoundingClientRect().height < least)"
                ".map(e => e.outerHTML)",
                _TARGET,
            )
            missed += [f"{name}: {element}" for element in small]
    assert missed == []


async def test_leaving_stays_in_sight_below_and_hides_nothing_that_has_the_focus():
    async with chromium() as browser, visited(browser, padded()) as page:
        await page.goto(f"{ORIGIN}/follow")
        for _ in range(40):
            await page.keyboard.press("Tab")
            hidden = await page.evaluate(
                "() => { const e = document.activeElement;"
                " if (e === document.body || e.closest('.top')) return false;"
                " const bar = document.querySelector('.top').getBoundingClientRect();"
                " return e.getBoundingClientRect().top < bar.bottom }"
            )
            assert not hidden
        await page.evaluate("scrollTo(0, document.body.scrollHeight)")
        box = await page.locator(".quit").bounding_box()
        assert box is not None
        assert box["y"] >= 0


TURN = {"talk": "t" * 22, "turn": "3", "l": "en"}


def sent(site: Site) -> tuple[str, dict[str, str]]:
    """Return the one form that was posted, wherever its button stood."""
    ((path, body),) = site.posted
    return path, dict(parse_qsl(body, keep_blank_values=True))


async def focused(page: Page) -> str:
    """Return what has the focus, in one word."""
    return await page.evaluate(
        "(e => e.name + (e.value && e.tagName === 'BUTTON' ? ':' + e.value : '')"
        " || e.className || e.tagName)(document.activeElement)"
    )


async def test_the_keyboard_goes_through_a_page_from_the_way_out_to_the_last_button():
    order = []
    async with chromium() as browser, visited(browser, plain()) as page:
        await page.goto(f"{ORIGIN}/receipt")
        for _ in range(7):
            await page.keyboard.press("Tab")
            order.append(await focused(page))
    assert order == [
        *("quit", "speak:bn", "speak:hi", "speak:ta"),
        *("pin", "do:check", "do:decline"),
    ]


async def test_without_javascript_the_key_enter_sends_the_pin_that_was_typed():
    site = plain()
    async with (
        chromium() as browser,
        visited(browser, site, java_script_enabled=False) as page,
    ):
        await page.goto(f"{ORIGIN}/receipt")
        await page.fill("#pin", "730915")
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/talk")
    assert sent(site) == ("/talk", {**TURN, "pin": "730915", "do": "check"})


async def test_without_javascript_leaving_sends_no_word_that_was_typed():
    site = plain()
    async with (
        chromium() as browser,
        visited(browser, site, java_script_enabled=False) as page,
    ):
        await page.goto(f"{ORIGIN}/what-mended")
        await page.fill("#words", "They beat us.")
        await page.click(".quit")
        await page.wait_for_url("**/leave")
    assert sent(site) == ("/leave", TURN)


async def test_another_language_takes_what_was_typed_along():
    site = plain()
    async with (
        chromium() as browser,
        visited(browser, site, java_script_enabled=False) as page,
    ):
        await page.goto(f"{ORIGIN}/where")
        await page.fill("#code", "104728")
        await page.click('[name="speak"][value="bn"]')
        await page.wait_for_url("**/talk")
    typed = {"code": "104728", "name": "", "speak": "bn"}
    assert sent(site) == ("/talk", TURN | typed)


async def test_a_page_asks_for_the_style_and_nothing_else():
    site = plain()
    async with chromium() as browser, visited(browser, site) as page:
        await page.goto(f"{ORIGIN}/what")
        await page.wait_for_load_state("networkidle")
    assert site.asked == [f"{ORIGIN}/what", ORIGIN + site.look.style_path]


async def test_on_paper_a_card_stands_alone():
    async with chromium() as browser, visited(browser, plain()) as page:
        await page.goto(f"{ORIGIN}/proof")
        await page.emulate_media(media="print")
        seen = await page.evaluate(
            "[...document.querySelectorAll('main > *, .top, .tongues')]"
            ".filter(e => e.offsetHeight).map(e => e.className)"
        )
    assert seen == ["card"]
