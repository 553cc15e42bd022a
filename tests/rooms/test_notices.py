"""The page on which people choose how they are told."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.actions.preferences import wishes_of
from app.actions.sessions import begin
from app.domain.wishes import AT_ONCE, Wishes, parse_wishes
from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.rooms.hall import HEAD, MEMBER, PARTNER, PHONE, Browser, Hall, open_hall
from tests.stories.programme import import_people

PAGE = "/room/me/notices"
_SINCE = "2025-01-01"


@pytest.fixture
async def hall(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[Hall]:
    async with open_hall(store, root, monkeypatch) as opened:
        yield opened


async def sits(hall: Hall, key: str) -> Browser:
    """Return the browser of somebody who has signed in with both factors."""
    person, browser = await hall.person(key), hall.browser()
    async with hall.store.transaction() as tx:
        secret = await begin(tx, person, is_whole=True, device="x", at=hall.at)
    browser.client.cookies.set("__Host-room", secret, domain="hotline.example")
    return browser


async def chosen(hall: Hall, key: str) -> Wishes:
    return await wishes_of(hall.store, await hall.person(key))


async def choose(browser: Browser, **said: str) -> int:
    await browser.get(PAGE)
    blank = {"how": "once", "daily_at": "", "quiet_from": "", "quiet_to": ""}
    return await browser.post(PAGE, **{**blank, **said})


@pytest.mark.parametrize(
    ("said", "wishes"),
    [
        pytest.param({}, AT_ONCE, id="nothing"),
        pytest.param(
            {"how": "daily", "daily_at": "18:30"},
            parse_wishes("18:30", "", by_text=False),
            id="once-a-day",
        ),
        pytest.param(
            {"quiet_from": "21:00", "quiet_to": "07:00"},
            parse_wishes("", "21:00-07:00", by_text=False),
            id="quiet-hours",
        ),
        pytest.param(
            {"how": "once", "daily_at": "18:30"}, AT_ONCE, id="an-hour-not-asked-for"
        ),
        pytest.param(
            {"how": "daily", "daily_at": "18:30", "by_text": "yes"},
            parse_wishes("18:30", "", by_text=True),
            id="by-text-as-well",
        ),
    ],
)
async def test_what_is_chosen_is_kept_and_shown(
    hall: Hall, said: dict[str, str], wishes: Wishes
) -> None:
    browser = await sits(hall, MEMBER)
    assert await choose(browser, **said) == 200
    assert browser.path == PAGE
    assert browser.answer is not None
    assert "__Host-note" in browser.answer.history[0].headers["set-cookie"]
    assert await chosen(hall, MEMBER) == wishes
    await browser.get(PAGE)
    for name in said.keys() - {"how", "by_text"}:
        if said.get("how", "once") == "daily" or name.startswith("quiet"):
            assert f'name="{name}" type="time" value="{said[name]}"' in browser.html


@pytest.mark.parametrize(
    ("said", "why"),
    [
        pytest.param({"how": "daily"}, "Write the hour", id="daily-without-an-hour"),
        pytest.param(
            {"how": "daily", "daily_at": "half six"}, "Write the hour", id="no-hour"
        ),
        pytest.param(
            {"quiet_from": "21:00"}, "Write both ends", id="quiet-without-an-end"
        ),
        pytest.param(
            {"quiet_from": "00:00", "quiet_to": "00:00"},
            "Write both ends",
            id="quiet-for-ever",
        ),
        pytest.param(
            {
                "how": "daily",
                "daily_at": "23:00",
                "quiet_from": "21:00",
                "quiet_to": "07:00",
            },
            "choose one outside them",
            id="the-hour-within-the-quiet-hours",
        ),
    ],
)
async def test_what_cannot_be_is_said_beside_what_was_written(
    hall: Hall, said: dict[str, str], why: str
) -> None:
    browser = await sits(hall, MEMBER)
    assert await choose(browser, **said) == 400
    assert why in browser.html
    for name in said.keys() - {"how"}:
        assert f'value="{said[name]}"' in browser.html
    assert await chosen(hall, MEMBER) == AT_ONCE


@pytest.mark.parametrize("key", [MEMBER, PARTNER, HEAD, PHONE, "auditor@example.org"])
async def test_everybody_has_the_page_in_their_own_hours(hall: Hall, key: str) -> None:
    browser = await sits(hall, key)
    assert await browser.get(PAGE) == 200
    assert len(re.findall("<h1", browser.html)) == 1
    place = "Kolkata" if key == "auditor@example.org" else "Dhaka"
    assert f"All hours are those of {place}." in browser.html
    assert browser.answer is not None
    assert len(browser.answer.content) < 30_000


async def test_a_text_as_well_is_offered_to_who_has_mail_and_phone(hall: Hall) -> None:
    row = (MEMBER, "Mina", "committee", GAZIPUR, "worker", PHONE, "en", _SINCE, "")
    browser = await sits(hall, MEMBER)
    await browser.get(PAGE)
    assert 'name="by_text"' not in browser.html
    await import_people(hall.store, [row])
    await browser.get(PAGE)
    assert 'name="by_text"' in browser.html


async def test_nobody_chooses_without_signing_in(hall: Hall) -> None:
    browser = hall.browser()
    await browser.get(PAGE)
    assert browser.path == "/in"
    await browser.post(PAGE, how="daily", daily_at="18:30")
    assert await hall.one("SELECT count(*) FROM preference") == 0


async def test_a_form_from_elsewhere_is_not_taken(hall: Hall) -> None:
    browser = await sits(hall, MEMBER)
    answer = await browser.client.post(
        PAGE,
        data={"how": "daily", "daily_at": "18:30"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 403
    assert await hall.one("SELECT count(*) FROM preference") == 0


async def test_every_field_has_its_label(hall: Hall) -> None:
    browser = await sits(hall, MEMBER)
    await browser.get(PAGE)
    ids = re.findall(r'<input id="(\w+)"', browser.html)
    assert ids
    assert set(ids) <= set(re.findall(r'<label for="(\w+)"', browser.html))
