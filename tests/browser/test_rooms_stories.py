"""Each room's main story, from end to end, in a real browser."""

from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page

from app.wording.catalog import Catalog
from app.wording.line import Line
from tests.browser.room_house import (
    DESK,
    PHONE,
    House,
    Ready,
    enter,
    join_by_hand,
    look,
    open_house,
    press,
    ready,
    send,
    sign_in_by_hand,
    sitting,
    tab_to,
)
from tests.builders import GAZIPUR
from tests.conftest import Ground

Speak = Callable[..., str]
STATE = "SELECT state FROM cases WHERE number = $1"


@pytest.fixture(scope="module")
def made(ground: Ground) -> Iterator[Ready]:
    with ready(ground) as one:
        yield one


@pytest.fixture
async def house(ground: Ground, made: Ready, root: Path) -> AsyncIterator[House]:
    async with open_house(ground, made, root) as opened:
        yield opened


@pytest.fixture(scope="module")
def catalog(root: Path) -> Catalog:
    return Catalog.load(root / "locales")


def speaking(catalog: Catalog, language: str) -> Speak:
    """Return how a sentence of ours is said in that language."""

    def speak(message: str, **params: Any) -> str:
        return catalog.render(Line(message, params), language, ZoneInfo("UTC"))

    return speak


async def unfold(page: Page, summary: str) -> None:
    await page.locator("main summary", has_text=summary).first.click()


async def kinds(house: House, number: str) -> list[str]:
    rows = await house.store.pool.fetch(
        "SELECT e.kind FROM ledger_event e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = $1 ORDER BY e.seq",
        number,
    )
    return [row["kind"] for row in rows]


@pytest.mark.parametrize(
    ("language", "size"),
    [pytest.param("bn", PHONE, id="bn-360"), pytest.param("en", DESK, id="en-1280")],
)
async def test_a_committee_works_a_case_until_both_sides_have_signed(
    browser: Browser,
    house: House,
    catalog: Catalog,
    language: str,
    size: tuple[int, int],
) -> None:
    _ = speaking(catalog, language)
    case = f"{house.url}/room/cases/{house.new}"
    async with sitting(browser, house, language=language, size=size) as page:
        key = await join_by_hand(page, house, "gaz-com-w1")
        await page.goto(f"{house.url}/room/me")
        await page.select_option("select[name=language]", language)
        await send(page)
        await press(page, _("Sign out"), within="header")
        await look(page, f"story-in-{language}-{size[0]}")
        await sign_in_by_hand(page, house, "gaz-com-w1", key)
        assert page.url == f"{house.url}/room"
        row = page.locator("li", has=page.locator(f"a[href='/room/cases/{house.new}']"))
        async with page.expect_navigation():
            await row.get_by_role("button").click()
        await page.goto(case)
        await unfold(page, _("Write to the worker"))
        await page.locator("input[name=phrase][value=since-when]").check()
        await look(page, f"story-asking-{language}-{size[0]}")
        await press(page, _("Send it to the worker"))
        await step(page, _, "start", "Record the first action")
        await step(page, _, "propose", "Propose a remedy")
        await step(page, _, "resolve", "Declare it solved")
    assert await house.store.pool.fetchval(STATE, house.new) == "remedy_proposed"
    house.at += timedelta(minutes=5)
    async with sitting(
        browser, house, "gaz-com-m1", language=language, size=size
    ) as page:
        await page.goto(case)
        await look(page, f"story-signing-{language}-{size[0]}")
        await step(page, _, "resolve", "Declare it solved")
        await look(page, f"story-solved-{language}-{size[0]}")
        said = await page.locator("main").inner_text()
        assert _("The worker is asked whether it is solved.") in said
    assert await house.store.pool.fetchval(STATE, house.new) == "resolved"


async def step(page: Page, _: Speak, verb: str, name: str) -> None:
    """Fill in one form of the case's page, unfolding it where it is folded."""
    form = page.locator(f"form[action$='/acts/{verb}']")
    if not await form.is_visible():
        await unfold(page, _(name))
    await form.locator("textarea").fill("We looked into it, and it is paid.")
    sure = form.locator("input[name=sure]")
    if await sure.count():
        await sure.check()
    async with page.expect_navigation():
        await form.get_by_role("button").click()


async def test_a_partner_listens_writes_down_and_lets_go_what_harms_nobody(
    browser: Browser, house: House
) -> None:
    case = house.street.cases["a"]
    async with sitting(browser, house, "partner-bd") as page:
        await page.goto(f"{house.url}/room/cases/{case.number}/desk")
        await page.locator("input[name=purpose]").first.check()
        await press(page, "Go on")
        async with page.expect_response(lambda r: "/voice/" in r.url) as heard:
            await page.evaluate("document.querySelector('audio').play()")
        assert (await heard.value).status in (200, 206)
        assert "recording.heard" in await kinds(house, case.number)
        await look(page, "story-desk-en-1280")
        await page.goto(f"{house.url}/room")
        link = f"a[href='/room/cases/{house.new}/release']"
        async with page.expect_navigation():
            await page.locator(link).first.click()
        offered = await page.input_value("textarea[name=note]")
        assert "Karim" not in offered
        assert "line 7" not in offered
        await page.fill("textarea[name=note]", "Wages were not paid; line 7 was told.")
        await press(page, "See what they will read")
        await look(page, "story-preview-en-1280")
        said = await page.locator("main [role=status]").inner_text()
        assert "line 7" in said
        await press(page, "Change it")
        await page.fill("textarea[name=note]", "Wages were not paid to a whole line.")
        await press(page, "See what they will read")
        await press(page, "Release exactly this")
    async with sitting(browser, house, "gaz-com-w1", size=PHONE) as page:
        await page.goto(f"{house.url}/room/cases/{house.new}")
        said = await page.locator("main").inner_text()
        assert "Wages were not paid to a whole line." in said
        assert "Karim" not in said


async def test_a_brand_promises_answers_writes_and_plans_by_keys_alone(
    browser: Browser, house: House
) -> None:
    number = house.street.cases["told"].number
    async with sitting(browser, house, "kesto-desk") as page:
        await page.goto(f"{house.url}/room/brand")
        await tab_to(page, f"a[href='/room/brand/{number}']")
        await enter(page)
        await look(page, "story-promise-en-1280")
        await tab_to(page, "main form button")
        await enter(page)
        await tab_to(page, "summary")
        await page.keyboard.press("Enter")
        await tab_to(page, "textarea[name=note]")
        await page.keyboard.type("We go there on Monday.")
        await tab_to(page, "form[action$='/answer'] button")
        await enter(page)
        await tab_to(page, "section#remedies > details > summary")
        await page.keyboard.press("Enter")
        await tab_to(page, "select[name=root_cause]")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "select[name=kind]")
        await page.keyboard.press("ArrowDown")
        await tab_to(page, "textarea[name=action]")
        await page.keyboard.type("We pay within thirty days.")
        await tab_to(page, "input[name=due_on]")
        await page.keyboard.type("01012027")
        await tab_to(page, "form[action$='/remedies'] button")
        await enter(page)
        await tab_to(page, "textarea[name=word]")
        await page.keyboard.type("We buy from there until May.")
        await tab_to(page, "form[action$='/word'] button")
        await enter(page)
        await look(page, "story-brand-en-1280")
        said = await page.locator("main").inner_text()
        assert "We pay within thirty days." in said
        assert "We buy from there until May." in said
    done = set(await kinds(house, number))
    assert "rung.answered" in done
    assert {"brand.promised", "brand.word_written", "remedy.planned"} <= done


async def test_the_secretariat_sets_a_calendar_takes_holidays_and_invites_somebody(
    browser: Browser, house: House
) -> None:
    async with sitting(browser, house, "admin") as page:
        await page.goto(f"{house.url}/room/admin/sites/{GAZIPUR}/edit")
        await page.fill("[name=hours]", "09:00-12:00;13:00-17:00")
        await press(page, "Save")
        await page.goto(f"{house.url}/room/admin/sites/{GAZIPUR}")
        assert "13:00-17:00" in await page.locator("main").inner_text()
        await page.goto(f"{house.url}/room/admin/calendars")
        await press(page, "Show the list")
        await page.select_option("select[name=year]", "2027")
        await press(page, "Show the list")
        await look(page, "story-holidays-en-1280")
        await press(page, "Import the days that are ticked")
        assert await page.locator("main tbody tr").count() > 3
        await look(page, "story-taken-en-1280")
        await page.goto(f"{house.url}/room/admin/people/new")
        await page.fill("[name=email]", "new-member@example.org")
        await page.fill("[name=name]", "New Member")
        await page.select_option("[name=role]", "committee")
        await page.fill("[name=org]", GAZIPUR)
        await page.select_option("[name=side]", "worker")
        await page.fill("[name=languages]", "bn;en")
        await press(page, "Save")
        await page.goto(f"{house.url}/room/admin/people?q=New+Member")
        async with page.expect_navigation():
            await page.locator("main tbody a").first.click()
        await press(page, "Invite")
        await look(page, "story-invited-en-1280")
    owed = "SELECT count(*) FROM outbox WHERE template = 'room_invite'"
    assert await house.store.pool.fetchval(owed) == 1
    audited = await house.store.pool.fetch("SELECT DISTINCT kind FROM audit_event")
    assert {row["kind"].split(".")[0] for row in audited} >= {"site", "person"}


async def test_a_member_chooses_how_she_is_told(browser: Browser, house: House) -> None:
    async with sitting(browser, house, "gaz-com-w1", size=PHONE) as page:
        await page.goto(f"{house.url}/room/me/notices")
        await page.locator("input[name=how][value=daily]").check()
        await page.fill("input[name=daily_at]", "08:30")
        await page.fill("input[name=quiet_from]", "21:00")
        await page.fill("input[name=quiet_to]", "06:00")
        await press(page, "Keep this")
        await look(page, "story-notices-en-360")
        assert await page.input_value("input[name=daily_at]") == "08:30"
    row = await house.store.pool.fetchrow("SELECT daily_at, quiet FROM preference")
    assert tuple(row) == ("08:30", "21:00-06:00")


async def test_a_link_leads_there_after_signing_in(
    browser: Browser, house: House
) -> None:
    async with sitting(browser, house) as page:
        await page.goto(f"{house.url}/room/cases/{house.new}")
        assert "/in?to=" in page.url
        await look(page, "story-door-en-1280")
