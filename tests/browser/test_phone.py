"""A visitor calls the hotline from the demo's button phone and is heard."""

import os
import re
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Locator, Page, expect

from app.demo.places import BANGLADESH_LINE

_LONG = 30_000  # milliseconds: prompts are heard out at their real length


@pytest.fixture
def flags(flags: list[str]) -> list[str]:
    """A microphone that beeps, and leave to use it."""
    return [
        *flags,
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    ]


@pytest.fixture
async def handset(page: Page, demo_url: str) -> Page:
    """The handset's page; what it fetches elsewhere or complains of is a failure."""
    await page.goto(f"{demo_url}/demo/phone")
    await expect(page.locator("#big-clock")).not_to_be_empty()
    return page


def caption(page: Page) -> Locator:
    return page.locator("#caption")


async def photograph(page: Page, name: str) -> None:
    """Keep a picture where `THREADLINE_SCREENSHOTS` names a folder."""
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


async def reach_the_beep(page: Page) -> None:
    """Call, take the first language, press 1, and wait for the tone."""
    await page.click("#green")
    await expect(caption(page)).to_contain_text("বাংলা", timeout=_LONG)
    await page.click('[data-key="1"]')
    await expect(caption(page)).to_contain_text("হেল্পলাইন", timeout=_LONG)
    await expect(page.locator("#means")).to_contain_text("We do not ask your name")
    await page.keyboard.press("1")
    await expect(page.locator("#voice")).to_be_visible(timeout=_LONG)


async def answer(page: Page, about: str, keys: str) -> None:
    """Wait for a question by its English words and key in an answer."""
    await expect(page.locator("#means")).to_contain_text(about, timeout=_LONG)
    for key in keys:
        await page.keyboard.press(key)


async def test_a_sample_voice_becomes_a_case_with_its_number_and_pin(
    handset: Page,
) -> None:
    page = handset
    await expect(page.locator("#none")).to_be_visible()
    await photograph(page, "phone-idle")
    await reach_the_beep(page)
    await expect(page.locator('#steps [data-step="call"]')).to_have_class("done")

    await page.click('.sample[data-clip="bn"]')
    await expect(page.locator("#voice-says")).to_contain_text("sample voice speaks")
    await photograph(page, "phone-speaking")
    await expect(page.locator("#voice-says")).to_contain_text("#", timeout=_LONG)
    await page.click('[data-key="#"]')

    await answer(page, "it is safe", "")
    await answer(page, "To go on, press 1", "1")
    await answer(page, "What is it about?", "4")
    await answer(page, "Key in the 6 digits", "482170")
    await answer(page, "If that is right", "1")
    await answer(page, "So that the wrong person does not hear it", "2")

    number, pin = page.locator("#note-number"), page.locator("#note-pin")
    await expect(number).to_have_text(re.compile(r"^\d{4} \d{4}$"), timeout=_LONG)
    await expect(pin).to_have_text(re.compile(r"^(\d ?){6}$"), timeout=_LONG)
    for digit in (await pin.inner_text()).replace(" ", ""):
        await page.keyboard.press(digit)
    await answer(page, "May we reach you on this phone later?", "3")

    await expect(page.locator("#case")).to_be_visible()
    await expect(page.locator("#number")).to_have_text(
        re.compile((await number.inner_text()).replace(" ", ".?"))
    )
    await expect(page.locator("#site")).to_have_text("Megher Alo Apparels Ltd, Dhaka")
    await expect(page.locator("#voices")).to_contain_text(
        "only the partner may listen", timeout=_LONG
    )
    assert await page.locator("audio, video").count() == 0, "nothing to be played"
    await expect(page.locator('#steps [data-step="file"]')).to_have_class("done")
    await photograph(page, "phone-case")


async def test_hanging_up_while_speaking_into_the_microphone_files_a_case(
    handset: Page,
) -> None:
    page = handset
    await reach_the_beep(page)
    await expect(page.locator("#voice-lasts")).to_have_text("00:02", timeout=_LONG)
    await page.keyboard.press("Escape")
    await expect(page.locator("#asks")).to_have_text("Call ended")
    await expect(page.locator("#case")).to_be_visible(timeout=_LONG)
    await expect(page.locator("#voices li")).to_have_count(1, timeout=_LONG)


async def test_a_key_cuts_the_voice_off_and_the_line_goes_on(handset: Page) -> None:
    page = handset
    await page.keyboard.press("Enter")
    await expect(caption(page)).to_contain_text("বাংলা", timeout=_LONG)
    await page.keyboard.press("2")
    await expect(caption(page)).to_contain_text("helpline", timeout=_LONG)
    await expect(page.locator("#means")).to_be_hidden()
    await page.keyboard.press("*")
    await expect(caption(page)).to_contain_text("press 1", timeout=_LONG)
    await page.click("#red")
    await expect(page.locator('[data-view="idle"]')).to_be_visible(timeout=_LONG)


async def test_the_phone_rings_and_is_answered(handset: Page, demo_url: str) -> None:
    page = handset
    sim = await page.evaluate("JSON.parse(localStorage['threadline.bd']).sim")
    hello = "<Response><Say>Good evening.</Say><Hangup/></Response>"
    account = "AC" + "0" * 32
    async with httpx.AsyncClient(auth=(account, "t" * 32)) as carrier:
        placed = await carrier.post(
            f"{demo_url}/demo/carrier/2010-04-01/Accounts/{account}/Calls.json",
            data={
                "To": f"+8801000{sim:06d}",
                "From": BANGLADESH_LINE,
                "Twiml": hello,
                "Timeout": "60",
            },
        )
    assert placed.status_code == 201, placed.text
    await expect(page.locator("#who-rings")).to_have_text(
        BANGLADESH_LINE, timeout=_LONG
    )
    await photograph(page, "phone-rings")
    await page.click("#green")
    await expect(caption(page)).to_have_text("Good evening.", timeout=_LONG)
    await expect(page.locator("#asks")).to_have_text("Call ended", timeout=_LONG)


async def test_the_phone_texts_too(handset: Page) -> None:
    page = handset
    await page.click("#soft-left")
    await page.fill("#body", "482170 no overtime pay for three months")
    await page.click("#green")
    await expect(page.locator("#thread li:not(.mine)")).not_to_have_count(0)
    await expect(page.locator("#case")).to_be_visible()
    await page.click("#red")
    await expect(page.locator('[data-view="idle"]')).to_be_visible()


@pytest.mark.parametrize("width", [360, 768, 1100])
async def test_nothing_hangs_over_the_edge(handset: Page, width: int) -> None:
    page = handset
    await page.set_viewport_size({"width": width, "height": 780})
    await page.click('[data-phone="in"]')
    await page.click("#green")
    await expect(caption(page)).not_to_be_empty(timeout=_LONG)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    await photograph(page, f"phone-{width}")
    if width < 896:
        await expect(page.locator("#side-case")).to_be_hidden()
        await page.click("#tab-case")
        await expect(page.locator("#side-case")).to_be_visible()
        await expect(page.locator("#side-phone")).to_be_hidden()
