"""A database in which a release lies, and pages in front of it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from app.edge.application import bare_application
from app.edge.deps import NoBell, Parts
from app.edge.metrics import Metrics
from app.reports.book import Issue
from app.reports.render import files_of
from app.results.routes import ResultsRoom, results_routes
from app.runtime.settings import read_settings
from app.statistics.model import Audience
from app.store import releases
from app.store.engine import Store
from tests.results.issues import PLACES

NOW = datetime(2027, 1, 10, tzinfo=UTC)


async def publish(store: Store, issue: Issue, *, is_drawn: bool = False) -> None:
    """Keep a release as publishing does."""
    header = releases.Header(
        number=issue.number,
        audience=Audience.PUBLIC,
        as_of=issue.as_of,
        last_seq=1,
        definitions=issue.definitions,
        threshold=issue.threshold,
        sha256=bytes.fromhex(issue.sha256),
        detail=issue.detail,
    )
    drawn = files_of(issue, PLACES) if is_drawn else ()
    files = [releases.Kept(f.name, f.language, f.kind, f.content) for f in drawn]
    async with store.transaction() as tx:
        await releases.write(tx, header, issue.cells, at=issue.as_of)
        await releases.keep_files(
            tx, number=issue.number, audience=Audience.PUBLIC, files=files
        )


@pytest.fixture
async def site(store: Store, root: Path) -> AsyncIterator[httpx.AsyncClient]:
    """The public pages and nothing else."""
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": "http://results.example",
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        },
        generated=True,
    )
    parts = Parts(
        settings=settings,
        store=store,
        bell=NoBell(),
        metrics=Metrics(),
        now=lambda: NOW,
    )
    app = bare_application(parts.metrics)
    app.router.routes.extend(results_routes(ResultsRoom(parts)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://results.example"
    ) as client:
        yield client
