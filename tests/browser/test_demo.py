"""A visitor texts the hotline in Bengali and watches what comes of it."""

import os
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

BENGALI = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
ACKNOWLEDGED = "#thread li:nth-child(2)"
PIN = re.compile(r"(?<![\d-])\d{6}(?!\d)")
LAST_ANSWER = "#thread li:last-child"


async def text(page: Page, body: str) -> None:
    answers = page.locator("#thread li:not(.mine):not(.empty)")
    before = await answers.count()
    await page.fill("#body", body)
    await page.click("#send")
    await expect(answers).not_to_have_count(before)


async def press(page: Page, key: str) -> None:
    answers = page.locator("#thread li:not(.mine):not(.empty)")
    before = await answers.count()
    await page.click(f'[data-key="{key}"]')
    await page.click("#send")
    await expect(answers).not_to_have_count(before)


async def photograph(page: Page, name: str) -> None:
    """Keep a picture where `THREADLINE_SCREENSHOTS` names a folder."""
    folder = os.environ.get("THREADLINE_SCREENSHOTS")
    if folder:
        await page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


async def test_a_text_in_bengali_becomes_a_case_beside_the_phone(page: Page) -> None:
    await expect(page.locator("#none")).to_be_visible()
    await photograph(page, "first")

    await text(page, BENGALI)

    await expect(page.locator("#thread")).to_contain_text("পিন")
    await expect(page.locator("#case")).to_be_visible()
    await expect(page.locator("#site")).to_have_text("Megher Alo Apparels Ltd, Dhaka")
    await expect(page.locator("#route")).to_have_text(
        "the partner, outside the factory"
    )
    await expect(page.locator("#clocks .running")).not_to_have_count(0)
    await expect(page.locator("#mails")).to_contain_text("dhaka@partners.example")
    assert "তিন মাস" not in await page.inner_text("#case"), "no word of hers is shown"

    await press(page, "2")  # not about anybody on the committee

    await expect(page.locator("#route")).to_have_text("the worker-employer committee")
    await expect(page.locator("#mails")).to_contain_text("worker1.482170@sites.example")
    await photograph(page, "case")


async def test_the_visitor_acts_for_both_sides_of_the_committee(page: Page) -> None:
    await text(page, BENGALI)
    await press(page, "2")
    await press(page, "1")  # yes, this phone may be texted
    state, notice = page.locator("#state"), page.locator("#notice")
    acts = page.locator("#acts button")

    await acts.filter(has_text="Acknowledge").click()
    await expect(state).to_have_text("Acknowledged")
    await acts.filter(has_text="Take the first action").click()
    await expect(state).to_have_text("In review")
    await acts.filter(has_text="solved").first.click()
    await expect(notice).to_contain_text("management")
    await expect(state).to_have_text("In review")
    await acts.filter(has_text="as Management member").click()
    await expect(state).to_have_text("Declared solved, waits for the worker's word")
    await expect(page.locator("#hint")).to_contain_text("STATUS")
    await photograph(page, "solved")
    pin = await page.inner_text(ACKNOWLEDGED)
    await text(page, f"STATUS {PIN.findall(pin)[0]}")
    await press(page, "1")  # solved, says the worker
    await expect(state).to_have_text("Closed: the worker confirmed")


async def test_nobody_acts_and_the_first_promise_is_missed(page: Page) -> None:
    await text(page, f"{BENGALI}, আগুন লেগেছে")
    await expect(page.locator("#severity")).to_have_text("S1")
    await expect(page.locator("#clocks .missed")).not_to_have_count(0, timeout=40_000)
    await expect(page.locator("#rungs li")).not_to_have_count(0)
    await photograph(page, "missed")


async def test_the_visitor_writes_through_another_carrier(page: Page) -> None:
    await page.select_option('[data-carrier="bd"]', "infobip")
    await expect(page.locator('[data-line-of="bd"]')).to_have_text("+15550103880")
    await page.fill("#body", BENGALI)
    await page.click("#send")

    answers = page.locator("#thread li:not(.mine):not(.empty)")
    await expect(answers).to_have_count(2, timeout=20_000)
    await expect(page.locator("#thread")).to_contain_text("পিন")
    await expect(page.locator("#site")).to_have_text("Megher Alo Apparels Ltd, Dhaka")
    assert "reply" not in await page.inner_text("#mails")
    await photograph(page, "carrier-1280")

    await page.reload()
    await expect(page.locator('[data-carrier="bd"]')).to_have_value("infobip")
    await expect(answers).to_have_count(2)
    await page.select_option('[data-carrier="bd"]', "kannel")
    await press(page, "2")
    await expect(page.locator("#route")).to_have_text("the worker-employer committee")
    await page.set_viewport_size({"width": 360, "height": 800})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 360
    await photograph(page, "carrier-360")


@pytest.mark.parametrize("width", [360, 768])
async def test_nothing_hangs_over_the_edge_of_a_small_screen(
    page: Page, width: int
) -> None:
    await page.set_viewport_size({"width": width, "height": 800})
    await text(page, BENGALI)
    await expect(page.locator("#mails")).to_contain_text("partners.example")
    await page.click("summary")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    await photograph(page, f"small-{width}")


async def test_a_new_sim_card_is_a_stranger(page: Page) -> None:
    await text(page, BENGALI)
    await expect(page.locator("#case")).to_be_visible()
    await page.click("#new-sim")
    await expect(page.locator("#case")).to_be_hidden()
    await expect(page.locator("#thread .empty")).to_be_visible()


async def test_the_phone_keeps_its_messages_when_the_page_is_loaded_again(
    page: Page,
) -> None:
    await text(page, BENGALI)
    await expect(page.locator("#case")).to_be_visible()
    said = await page.locator("#thread li").all_inner_texts()
    await page.reload()
    await expect(page.locator("#case")).to_be_visible()
    assert await page.locator("#thread li").all_inner_texts() == said


async def test_the_other_phone_suggests_its_own_languages(page: Page) -> None:
    await page.click('[data-phone="in"]')
    tamil = page.locator('.example .words[lang="ta"]').first
    await expect(tamil).to_be_visible()
    await expect(page.locator('.example .words[lang="bn"]').first).to_be_hidden()
    await tamil.click()
    await page.click("#send")
    await expect(page.locator(LAST_ANSWER)).not_to_have_class("mine")
    await expect(page.locator("#site")).to_contain_text("Tiruppur")
