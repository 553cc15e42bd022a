"""What is made of a release: once, beside the loop, and anew when charts come."""

import asyncio
import threading

import httpx
import pytest

from app.reports.document import Document
from app.reports.render import files_of
from app.reports.write import document
from app.results import routes
from app.statistics.model import Audience
from app.store import releases
from app.store.engine import Store
from tests.results.conftest import publish
from tests.results.issues import PLACES, lively


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads in which documents were written."""
    threads: list[str] = []

    def write(*given: object) -> Document:
        threads.append(threading.current_thread().name)
        return document(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(routes, "document", write)
    return threads


async def test_no_name_of_a_table_makes_anything_twice(
    store: Store, site: httpx.AsyncClient, written: list[str]
) -> None:
    await publish(store, lively())
    names = ["by-category", "outcomes", *(f"anything-{n}" for n in range(20))]
    answers = await asyncio.gather(
        *(site.get(f"/results/table/{name}.csv?period=2026") for name in names)
    )
    assert [each.status_code for each in answers] == [200, 200, *[404] * 20]
    for period in ("1999", "2031-Q2"):
        answer = await site.get(f"/results/table/outcomes.csv?period={period}")
        assert answer.status_code == 404
    assert len(written) == 1
    assert written[0] != threading.main_thread().name


async def test_many_who_ask_for_a_page_at_once_have_it_made_once(
    store: Store, site: httpx.AsyncClient, written: list[str]
) -> None:
    await publish(store, lively())
    shown = await asyncio.gather(*(site.get("/results/nl") for _ in range(6)))
    assert len({each.text for each in shown}) == 1
    assert (await site.get("/results/nl?period=1999")).status_code == 404
    assert len(written) == 1
    assert written[0] != threading.main_thread().name


async def test_a_page_that_was_shown_before_its_charts_has_them_afterwards(
    store: Store, site: httpx.AsyncClient
) -> None:
    issue = lively()
    await publish(store, issue)
    assert "<img" not in (await site.get("/results/en?period=2026")).text
    drawn = [f for f in files_of(issue, PLACES) if f.language == "en"]
    files = [releases.Kept(f.name, f.language, f.kind, f.content) for f in drawn]
    async with store.transaction() as tx:
        await releases.keep_files(
            tx, number=issue.number, audience=Audience.PUBLIC, files=files
        )
    assert "<img" in (await site.get("/results/en?period=2026")).text
