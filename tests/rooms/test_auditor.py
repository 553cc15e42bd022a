"""The auditor's room and the figures of the others, from what was published."""

import json
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.actions.make_head import make_heads
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.reports.age import new_identity
from app.statistics.model import Audience, Cell, Told
from app.store import mandates, releases
from app.store.engine import Store
from app.store.releases import Header, digest, for_brand
from tests.builders import GAZIPUR
from tests.rooms.hall import MEMBER, Browser, Hall, open_hall

AUDITOR = "auditor@example.org"
BRAND = "norda-buyer@example.org"


def cell(
    figure: str,
    number: float | None,
    *,
    by: str = "",
    value: str = "",
    told: Told = Told.EXACT,
    period: str = "2026",
) -> Cell:
    return Cell(period, by, value, figure, number, told)


FIRST = (
    cell("complaints", 83),
    cell("resolved", 80),
    cell("complaints", None, by="site", value=GAZIPUR, told=Told.FEWER),
)


async def publish(
    hall: Hall,
    audience: str,
    cells: tuple[Cell, ...],
    number: int = 1,
    threshold: int = 10,
    **detail: object,
) -> None:
    async with hall.store.transaction() as tx:
        header = Header(
            number, audience, hall.at, 1, "2026-12", threshold, digest(cells), detail
        )
        await releases.write(tx, header, cells, at=hall.at)


async def give_mandate(hall: Hall, *, until: date = date(2027, 12, 31)) -> Mandate:
    auditor = await hall.person(AUDITOR)
    mandate = Mandate(
        id=UUID(int=7),
        auditor=AUDITOR,
        person_id=auditor.id,
        sites=(GAZIPUR,),
        countries=(),
        since=date(2026, 1, 1),
        until=until,
        purpose="Yearly audit 2026",
        recipient=new_identity()[1],
        recorded_by="secretariat",
        at=hall.at,
    )
    async with hall.store.transaction() as tx:
        await mandates.add(tx, mandate)
    return mandate


@pytest.fixture
async def hall(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[Hall]:
    async with open_hall(store, root, monkeypatch) as opened:
        yield opened


@pytest.fixture
async def auditor(hall: Hall) -> Browser:
    browser = hall.browser()
    await hall.join(AUDITOR, browser)
    return browser


async def test_an_auditor_without_a_mandate_is_told_how_to_get_one(
    hall: Hall, auditor: Browser
) -> None:
    assert await auditor.get("/room") == 200
    assert auditor.path == "/room/auditor"
    assert "No mandate of yours is recorded yet." in auditor.html
    for page in ("coverage", "sample?quarter=2026-Q1"):
        assert await auditor.get(f"/room/auditor/{page}") == 409
        assert "No mandate of yours is in force today." in auditor.html


async def test_an_ended_mandate_opens_nothing(hall: Hall, auditor: Browser) -> None:
    await give_mandate(hall, until=date(2026, 11, 30))
    assert await auditor.get("/room/auditor") == 200
    assert "Not in force today." in auditor.html
    assert await auditor.get("/room/auditor/coverage") == 409


async def test_nobody_opens_the_mandate_of_another(
    hall: Hall, auditor: Browser
) -> None:
    await give_mandate(hall)
    assert await auditor.get(f"/room/auditor/coverage?mandate={UUID(int=8)}") == 404


async def test_coverage_names_silent_sites_and_never_a_hidden_number(
    hall: Hall, auditor: Browser
) -> None:
    await give_mandate(hall)
    hidden = cell("complaints", 3, by="site", value=GAZIPUR, told=Told.FEWER)
    await publish(
        hall, Audience.AUDITOR, (FIRST[0], hidden), threshold=5, silent=[GAZIPUR]
    )
    assert await auditor.get("/room/auditor/coverage") == 200
    assert "Silent: 1" in auditor.html
    assert "fewer than 5" in auditor.html
    assert '<td class="num">3</td>' not in auditor.html


async def test_two_releases_are_held_against_each_other(
    hall: Hall, auditor: Browser
) -> None:
    await publish(hall, Audience.AUDITOR, FIRST)
    assert await auditor.get("/room/auditor/compare") == 200
    assert "There are not two releases yet" in auditor.html
    later = (cell("complaints", 95), *FIRST[1:])
    await publish(hall, Audience.AUDITOR, later, number=2)
    assert await auditor.get("/room/auditor/compare") == 200
    assert "+12" in auditor.html
    assert auditor.html.count("<tr>") == 2
    assert await auditor.get("/room/auditor/compare?from=9") == 404


@pytest.mark.parametrize("number", ["0", "-1", "x", "9" * 40, "²"])
async def test_a_release_that_is_none_is_missing(
    hall: Hall, auditor: Browser, number: str
) -> None:
    await publish(hall, Audience.AUDITOR, FIRST)
    await publish(hall, Audience.AUDITOR, FIRST, number=2)
    assert await auditor.get(f"/room/auditor/compare?to={number}") == 404


async def test_a_head_that_she_keeps_agrees_or_is_said_to_differ(
    hall: Hall, auditor: Browser
) -> None:
    await make_heads(hall.store, SigningKey(b"k" * 32), at=hall.at)
    assert await auditor.get("/heads/1.json") == 200
    assert auditor.answer is not None
    mine = auditor.answer.json()
    forged = {**mine, "root": "0" * 64}
    unknown = {**mine, "number": 99}
    lines = "\n".join(map(json.dumps, (mine, forged, unknown, [], "x")))
    await auditor.get("/room/auditor/heads")
    assert await auditor.post("/room/auditor/heads", text=lines) == 200
    assert "Head 1: agrees" in auditor.html
    assert "Head 1: differs from what the programme has" in auditor.html
    assert "Head 99: the programme has no head of this number" in auditor.html
    assert auditor.html.count("this is no head") == 2


async def test_a_factory_reads_what_is_public_and_its_own_site(hall: Hall) -> None:
    await publish(hall, Audience.PUBLIC, FIRST)
    await publish(hall, Audience.AUDITOR, (cell("complaints", 7777),))
    member = hall.browser()
    await hall.join(MEMBER, member)
    assert await member.get("/room/figures") == 200
    assert "83" in member.html
    assert "Your site" in member.html
    assert "fewer than 10" in member.html
    assert "7,777" not in member.html
    assert await member.get("/room/auditor") == 404


async def test_a_brand_reads_its_own_sites_as_one(hall: Hall) -> None:
    brand = await hall.person(BRAND)
    slug = brand.org[0]
    own = cell("complaints", 31, by="brand", value=slug)
    await publish(hall, Audience.PUBLIC, FIRST)
    await publish(hall, for_brand(slug), (own,))
    await publish(hall, for_brand("another"), (cell("complaints", 4444, by="brand"),))
    browser = hall.browser()
    await hall.join(BRAND, browser)
    assert await browser.get("/room/figures") == 200
    assert "Your sites" in browser.html
    assert "<dd>31</dd>" in browser.html
    assert "4,444" not in browser.html


async def test_before_the_first_release_the_page_says_when_figures_come(
    hall: Hall, auditor: Browser
) -> None:
    assert await auditor.get("/room/figures") == 200
    assert "Nothing was published yet." in auditor.html
    assert await auditor.get("/room/figures/outcomes.csv") == 404


async def test_a_period_that_is_none_is_missing(hall: Hall, auditor: Browser) -> None:
    await publish(hall, Audience.AUDITOR, FIRST)
    assert await auditor.get("/room/figures?period=2026") == 200
    assert await auditor.get("/room/figures?period=2031") == 404
