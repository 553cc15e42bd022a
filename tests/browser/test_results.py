"""The results in a real browser: wide, narrow, dark, in every language."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.store.engine import Store
from tests.browser.test_form import look, visiting
from tests.results.conftest import publish
from tests.results.issues import lively

DRAWN = ("en", "bn")


@pytest.fixture
async def results(store: Store, demo_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr("app.reports.render.LANGUAGES", DRAWN)
    await publish(store, lively(), is_drawn=True)
    return f"{demo_url}/results"


async def test_every_language_fits_and_can_be_read_by_all(
    browser: Browser, results: str
) -> None:
    base = results.removesuffix("/results")
    for language in ("en", "nl", "bn", "hi", "ta"):
        for width in (360, 1280):
            async with visiting(browser, base, width=width) as page:
                await page.goto(f"{results}/{language}")
                over = await page.evaluate(
                    "document.documentElement.scrollWidth - innerWidth"
                )
                assert over <= 0, (language, width)
                if (language, width) in (("en", 1280), ("ta", 360)):
                    await look(page, f"results-{language}-{width}")
    async with visiting(browser, base, color_scheme="dark") as page:
        await page.goto(f"{results}/en")
        await look(page, "results-dark")
        await page.goto(f"{results}/definitions")
        await look(page, "results-definitions")


async def test_charts_come_when_they_are_looked_at_and_hold_their_place(
    browser: Browser, results: str
) -> None:
    base = results.removesuffix("/results")
    async with visiting(browser, base) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{results}/bn")
        pictures = page.locator("main img")
        many = await pictures.count()
        assert many > 10
        assert sum("/charts/" in url for url in asked) < many
        for index in range(many):
            picture = pictures.nth(index)
            before = await picture.bounding_box()
            await picture.scroll_into_view_if_needed()
            await page.wait_for_function(
                "image => image.complete && image.naturalWidth > 0",
                arg=await picture.element_handle(),
            )
            after = await picture.bounding_box()
            assert before
            assert after
            assert (before["width"], before["height"]) == pytest.approx(
                (after["width"], after["height"]), abs=1
            )
            assert await picture.get_attribute("alt")


async def test_a_definition_is_one_tap_away_and_the_paper_comes(
    browser: Browser, results: str, tmp_path: Path
) -> None:
    base = results.removesuffix("/results")
    async with visiting(browser, base, scripts=False) as page:
        await page.goto(f"{results}/en")
        await page.get_by_role("link", name="Confirmed by the worker").first.click()
        await page.wait_for_url("**/results/definitions#confirmed")
        assert await page.locator("#confirmed").is_visible()
        paper = await page.request.get(f"{results}/en/report.pdf?period=2026")
        assert (await paper.body()).startswith(b"%PDF")
        await page.goto(f"{results}/en?period=2026-Q4")
        await page.get_by_role("link", name="Nederlands").click()
        assert page.url.endswith("/results/nl?period=2026-Q4")
