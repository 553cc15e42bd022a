"""The founding programme from its files to its page, through everything between."""

import html
import re

import httpx
import pytest

from app.actions.draw import draw_due
from app.actions.publish import Thresholds, publish
from app.demo.agt import load
from app.store.engine import Store
from tests.results.conftest import NOW


async def shown(site: httpx.AsyncClient, address: str) -> str:
    """Return the words of a page."""
    page = await site.get(address)
    assert page.status_code == 200, address
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.text)).split())


@pytest.fixture
async def published(store: Store) -> None:
    await load(store, at=NOW, may_mix=True)
    await publish(store, at=NOW, on=NOW.date(), thresholds=Thresholds())


async def test_the_page_prints_the_founding_figures(
    published: None, site: httpx.AsyncClient
) -> None:
    said = await shown(site, "/results/en")
    assert (
        "83 of 83 complaints received in 13 factories in 2019 resolved: whether the"
        " workers confirmed it was not recorded; the time it took was not recorded."
    ) in said
    for figure in (
        "Workers reached 12,000",
        "Workers trained 3,500",
        "Children trained 2,000",
        "Workers registered for health insurance (ESI) 400",
        "child-friendly age verification 30",
    ):
        assert figure in said
    assert (
        "nothing is guessed: whether the worker confirmed that it was solved; how long"
        " it took until resolved; whether promises were kept in time; whether it was"
        " escalated, and to whom; whether it was opened again; whether anybody made the"
        " worker pay for it; how often the clocks were paused; on which day of the year"
        " it was received; what it was about; how grave it was; in which"
        " country it was; by which way and in which language it came; who filed it;"
        ' what exactly was meant by "resolved".'
    ) in said
    assert "Contacts" not in said
    assert (
        "Resolved; whether the worker confirmed was not recorded 83 Not resolved 0"
    ) in said
    assert "No remedy was recorded of this period." in said
    assert "A silent site is one to visit" not in said
    assert "Nine in ten resolved within: not recorded" in said


async def test_in_dutch(published: None, site: httpx.AsyncClient) -> None:
    said = await shown(site, "/results/nl")
    assert "83 van 83 klachten uit 13 fabrieken in 2019 opgelost" in said
    assert "Bereikte werknemers 12.000" in said
    assert "Getrainde kinderen 2.000" in said


async def test_no_quarter_says_that_nothing_came(
    published: None, site: httpx.AsyncClient
) -> None:
    """Of when in 2019 they came no more is known."""
    assert (await site.get("/results/en?period=2019-Q2")).status_code == 404
    assert "Q2 2019" not in await shown(site, "/results/en")


async def test_its_report_is_drawn_in_every_language(
    published: None, store: Store, site: httpx.AsyncClient
) -> None:
    await draw_due(store)
    for language in ("en", "nl", "bn", "hi", "ta"):
        paper = await site.get(f"/results/{language}/report.pdf")
        assert paper.content.startswith(b"%PDF"), language
