"""The founding programme's figures as they are published, and as the page says them."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from html import unescape

import httpx
import pytest

from app.actions.publish import Thresholds, publish
from app.demo.agt import load
from app.edge.application import bare_application
from app.edge.deps import NoBell, Parts
from app.edge.metrics import Metrics
from app.results.routes import ResultsRoom, results_routes
from app.runtime.settings import read_settings
from app.statistics.model import Cell, Told
from app.store import releases
from app.store.engine import Store

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
BASE = "https://hotline.example"
UNRECORDED = (
    *("confirmed", "declared", "confirmation_rate"),
    *("escalated_head", "escalated_brand", "brand_answered", "reopened", "paused"),
    *("reprisal_asked", "reprisal_yes"),
    *("acknowledge_in_time", "first_action_late", "resolve_in_time"),
    *("resolve_hours_median", "resolve_working_median", "acknowledge_hours_p90"),
    *("bypassed", "contacts", "test_calls", "sites", "silent_sites"),
    *("cases", "parts", "info", "people_affected", "complaints_per_1000"),
    *("escalated_committee", "escalated_partner", "escalated_first_tier"),
)


@pytest.fixture
async def published(store: Store) -> Store:
    await load(store, at=AT)
    made = await publish(store, at=AT, on=date(2026, 12, 1), thresholds=Thresholds())
    assert made is not None
    return store


@pytest.fixture
async def client(published: Store) -> AsyncIterator[httpx.AsyncClient]:
    """The public pages and nothing else."""
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        },
        generated=True,
    )
    parts = Parts(
        settings=settings,
        store=published,
        bell=NoBell(),
        metrics=Metrics(),
        now=lambda: AT,
    )
    app = bare_application(parts.metrics)
    app.router.routes.extend(results_routes(ResultsRoom(parts)))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=BASE, timeout=60
    ) as opened:
        yield opened


async def cells(
    store: Store, audience: str, *, by: str = "", period: str = "2019"
) -> dict[tuple[str, str], Cell]:
    async with store.transaction() as tx:
        found = await releases.cells(tx, audience=audience, periods=[period], by=[by])
    return {(cell.value, cell.figure): cell for cell in found}


@pytest.mark.parametrize("audience", ["public", "auditor"])
async def test_what_is_published_is_what_the_report_says(
    published: Store, audience: str
) -> None:
    whole = await cells(published, audience)
    told = {figure: cell.number for (_, figure), cell in whole.items()}
    for figure in ("complaints", "resolved", "history"):
        assert told[figure] == 83, figure
    assert (told["active_sites"], told["resolution_rate"]) == (13, 100)
    assert told["confirmation_unrecorded"] == 83
    for figure in ("not_resolved", "open", "withdrawn", "unfounded"):
        assert told[figure] == 0, figure
    for figure in UNRECORDED:
        cell = whole.get(("", figure))
        assert cell is None or cell.told is Told.UNRECORDED, cell
    assert whole["", "confirmed"].told is Told.UNRECORDED
    by_country = await cells(published, audience, by="country")
    sensitive = by_country.get(("", "sensitive_complaints"))
    assert sensitive is None or sensitive.told is Told.UNRECORDED
    assert whole["", "complaints"].has_history
    assert whole["", "active_sites"].has_history


@pytest.mark.parametrize("audience", ["public", "auditor"])
async def test_of_no_place_kind_or_quarter_anything_is_told(
    published: Store, audience: str
) -> None:
    async with published.transaction() as tx:
        found = await releases.cells(tx, audience=audience)
    assert [cell for cell in found if cell.value and cell.number] == []
    assert {cell.period for cell in found} == {"2019", "2020"}


async def test_the_indicators_stand_in_the_year_in_which_they_end(
    published: Store,
) -> None:
    told = await cells(published, "public", period="2020")
    assert {figure: cell.number for (_, figure), cell in told.items()} == {
        "indicator_workers_reached": 12_000,
        "indicator_sites_age_verification": 30,
        "indicator_committees_set_up": 13,
        "indicator_esi_registrations": 400,
        "indicator_workers_trained": 3_500,
        "indicator_children_trained": 2_000,
    }
    assert all(cell.has_history for cell in told.values())


async def page(client: httpx.AsyncClient, language: str, period: str) -> str:
    """Return the page as it is read, without its marks."""
    answer = await client.get(f"/results/{language}?period={period}")
    assert answer.status_code == 200, answer.text[:2000]
    body = re.sub(r"(?s)<(style|script|head).*?</\1>", " ", answer.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def test_the_page_prints_exactly_what_the_report_says(
    client: httpx.AsyncClient,
) -> None:
    said = await page(client, "en", "2019")
    assert (
        "83 of 83 complaints received in 13 factories in 2019 resolved: whether the"
        " workers confirmed it was not recorded; the time it took was not recorded."
    ) in said
    for number in ("12,000", "3,500", "2,000", "400", "30", "13"):
        assert re.search(rf"(?<![\d,.]){number}(?![\d,])", said), number
    assert "more than 400 workers registered under the Employees' State" in said


async def test_it_says_the_same_in_dutch(client: httpx.AsyncClient) -> None:
    said = await page(client, "nl", "2019")
    assert "83" in said
    assert "13 fabrieken" in said
    for number in ("12.000", "3.500", "2.000", "400", "30"):
        assert re.search(rf"(?<![\d,.]){re.escape(number)}(?![\d.])", said), number


@pytest.mark.parametrize(
    "gap",
    [
        "whether the worker confirmed that it was solved",
        "how long it took until resolved",
        "whether it was escalated, and to whom",
        "whether anybody made the worker pay for it",
        "what it was about",
        'what exactly was meant by "resolved"',
    ],
)
async def test_it_says_plainly_what_the_original_did_not_record(
    client: httpx.AsyncClient, gap: str
) -> None:
    said = await page(client, "en", "2019")
    _, _, gaps = said.partition("Of these nothing was written down at the time")
    assert gap in gaps.partition(". ")[0]


async def test_no_quarter_of_that_year_is_offered(client: httpx.AsyncClient) -> None:
    assert "Q1 2019" not in await page(client, "en", "2019")
    answer = await client.get("/results/en?period=2019-Q1")
    assert answer.status_code == 404


async def test_published_again_it_says_the_same(published: Store) -> None:
    async with published.transaction() as tx:
        before = await releases.cells(tx, audience="public")
    made = await publish(
        published, at=AT, on=date(2026, 12, 2), thresholds=Thresholds()
    )
    assert made is not None
    assert made.number == 2
    async with published.transaction() as tx:
        assert await releases.cells(tx, audience="public") == before
