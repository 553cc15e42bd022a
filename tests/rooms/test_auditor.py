"""The auditor's room and the figures of the others, from what was published."""

import json
import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from app.actions.make_head import make_heads
from app.console.auditor.sample import worded
from app.console.look import Look
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.reports.age import new_identity
from app.statistics.model import Audience, Cell, Told
from app.statistics.sample import Step
from app.store import mandates, releases
from app.store.engine import Store
from app.store.releases import Header, digest, for_brand
from app.wording.catalog import Catalog
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
        assert await auditor.get(f"/room/auditor/{page}") == 200
        assert "No mandate of yours is in force today." in auditor.html
        assert 'href="/room/auditor/heads"' in auditor.html


async def test_an_ended_mandate_opens_nothing(hall: Hall, auditor: Browser) -> None:
    await give_mandate(hall, until=date(2026, 11, 30))
    assert await auditor.get("/room/auditor") == 200
    assert "Not in force today." in auditor.html
    assert await auditor.get("/room/auditor/coverage") == 200
    assert "No mandate of yours is in force today." in auditor.html
    assert GAZIPUR not in auditor.html


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


async def test_where_a_release_names_no_silent_site_the_page_counts_none(
    hall: Hall, auditor: Browser
) -> None:
    """A zero would say that every site has complaints."""
    await give_mandate(hall)
    await publish(hall, Audience.AUDITOR, FIRST, threshold=5)
    assert await auditor.get("/room/auditor/coverage") == 200
    assert "Which of them are silent is not told" in auditor.html
    assert "Silent: " not in auditor.html


async def test_a_small_site_is_neither_silent_nor_heard(
    hall: Hall, auditor: Browser
) -> None:
    await give_mandate(hall)
    await hall.store.pool.execute(
        "UPDATE site SET workers = 49 WHERE code = $1", GAZIPUR
    )
    await hall.store.pool.execute("UPDATE directory_version SET version = version + 1")
    await publish(hall, Audience.AUDITOR, FIRST, threshold=5, silent=[GAZIPUR])
    assert await auditor.get("/room/auditor/coverage") == 200
    assert "Silent: 0" in auditor.html
    assert "too small to be told" in auditor.html
    assert '<span class="tag">' not in auditor.html


@pytest.mark.parametrize("until", [None, date(2026, 11, 30)])
async def test_without_a_mandate_in_force_an_auditor_reads_what_is_public(
    hall: Hall, auditor: Browser, until: date | None
) -> None:
    if until:
        await give_mandate(hall, until=until)
    for number in (1, 2):
        told = (cell("complaints", 7000 + number),)
        await publish(hall, Audience.AUDITOR, told, number=number, threshold=5)
        await publish(hall, Audience.PUBLIC, FIRST, number=number)
    for page in ("figures", "auditor/compare"):
        assert await auditor.get(f"/room/{page}") == 200
        assert not re.search(r"7,?00[12]", auditor.html), page
    assert "Of the periods that both have, the two say the same." in auditor.html
    if not until:
        await give_mandate(hall)
        assert await auditor.get("/room/figures") == 200
        assert "7,002" in auditor.html
        assert await auditor.get("/room/auditor/compare") == 200
        assert "7,001" in auditor.html


async def test_two_releases_are_held_against_each_other(
    hall: Hall, auditor: Browser
) -> None:
    await give_mandate(hall)
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
    await give_mandate(hall)
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
    assert auditor.html.count("This is no head. Paste the whole text") == 2
    assert await auditor.get("/heads") == 200
    listed = auditor.answer.text
    assert set(json.loads(listed)) == {"heads"}
    await auditor.get("/room/auditor/heads")
    assert await auditor.post("/room/auditor/heads", text=listed) == 200
    assert "Head 1: agrees" in auditor.html
    assert "This is no head" not in auditor.html


async def test_a_period_that_only_one_release_has_is_named(
    hall: Hall, auditor: Browser
) -> None:
    await publish(hall, Audience.PUBLIC, FIRST)
    later = (*FIRST, cell("complaints", 20, period="2027-Q1"))
    await publish(hall, Audience.PUBLIC, later, number=2)
    assert await auditor.get("/room/auditor/compare") == 200
    assert "Of the periods that both have, the two say the same." in auditor.html
    assert "New in release 2: Q1 2027" in " ".join(auditor.html.split())
    assert "No longer in release" not in auditor.html
    assert " UTC</option>" in auditor.html


async def test_a_sample_of_too_few_is_said_in_the_page(
    hall: Hall, auditor: Browser
) -> None:
    await give_mandate(hall)
    quarter = cell("complaints", 20, period="2026-Q1")
    await publish(hall, Audience.AUDITOR, (*FIRST, quarter), threshold=5)
    for asked, said in (
        ("2026-Q1", "Fewer than 5 complaints of this quarter may be shown"),
        ("2031-Q1", "This quarter is not published yet."),
    ):
        assert await auditor.get(f"/room/auditor/sample?quarter={asked}") == 200
        assert said in auditor.html
        assert 'name="quarter"' in auditor.html


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (Step(1, "clock.met", "acknowledge"), "Acknowledged in time"),
        (Step(4, "clock.met", "acknowledge", is_late=True), "Acknowledged, late"),
        (Step(3, "clock.missed", "acknowledge"), "Not acknowledged in time"),
        (Step(9, "clock.missed", "first_action"), "First action: not in time"),
        (Step(9, "case.closed", "closed_confirmed"), "Closed, the worker says it is"),
        (Step(9, "case.escalated", "brand"), "Told to the brands"),
        (Step(9, "case.escalated", ""), "Climbed to the next rung"),
    ],
)
def test_a_step_of_a_sample_is_worded(step: Step, said: str, root: Path) -> None:
    look = Look(Catalog.load(root / "locales"))
    assert look.say(worded(step), language="en").startswith(said)


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
    await publish(hall, Audience.PUBLIC, FIRST)
    assert await auditor.get("/room/figures?period=2026") == 200
    assert await auditor.get("/room/figures?period=2031") == 404
